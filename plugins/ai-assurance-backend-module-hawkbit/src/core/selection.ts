import type { SelectionReading } from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** Names a distribution set whose rollouts are about the subject: `name`, or `name:version`. */
export const DISTRIBUTION_SET_ANNOTATION =
  'hawkbit.eclipse.org/distribution-set';
/** Names rollouts about the subject by their own name; `*` stands for anything. */
export const ROLLOUT_NAME_ANNOTATION = 'hawkbit.eclipse.org/rollout-name';

/** Which rollouts are about a subject. */
export interface Selection {
  readonly setName: string | undefined;
  readonly setVersion: string | undefined;
  readonly rolloutName: string | undefined;
}

// hawkBit reads `*` as a wildcard, and quotes, backslashes, commas and semicolons belong to its query language. Nothing that
// could change the meaning of the question is let through.
const plain = /^[A-Za-z0-9][A-Za-z0-9 ._+@/-]{0,126}$/;
const pattern = /^[A-Za-z0-9*][A-Za-z0-9 ._+@/:*-]{0,126}$/;

/** Whether a name may stand in a question. */
export const isPlain = (name: string): boolean => plain.test(name);

/** Reads the annotations of a subject. */
export function selectionOf(
  annotations: Readonly<Record<string, string>>,
): SelectionReading<Selection> {
  const set = annotations[DISTRIBUTION_SET_ANNOTATION];
  const rolloutName = annotations[ROLLOUT_NAME_ANNOTATION];
  if (set === undefined && rolloutName === undefined) return undefined;
  const at = set === undefined ? -1 : set.indexOf(':');
  const setName = at < 0 ? set : set!.slice(0, at);
  const setVersion = at < 0 ? undefined : set!.slice(at + 1);
  for (const part of [setName, setVersion]) {
    if (part !== undefined && !plain.test(part))
      return {
        ok: false,
        problem: `${DISTRIBUTION_SET_ANNOTATION}: write name or name:version, each of letters, digits, spaces and ._+@/-`,
      };
  }
  if (
    rolloutName !== undefined &&
    (!pattern.test(rolloutName) || /^\**$/.test(rolloutName))
  )
    return {
      ok: false,
      problem: `${ROLLOUT_NAME_ANNOTATION}: write a name of letters, digits, spaces and ._+@/:-, with * for anything but not alone`,
    };
  return { ok: true, selection: { setName, setVersion, rolloutName } };
}

/** The question in hawkBit's query language (FIQL/RSQL), for the parameter `q`. */
export function queryOf(selection: Selection): string {
  const { setName, setVersion, rolloutName } = selection;
  return [
    setName === undefined ? [] : [`distributionset.name=='${setName}'`],
    setVersion === undefined
      ? []
      : [`distributionset.version=='${setVersion}'`],
    rolloutName === undefined ? [] : [`name=='${rolloutName}'`],
  ]
    .flat()
    .join(';');
}

/**
 * Whether an answer is about what was asked. hawkBit compares without regard to case on some databases; a set that only
 * looks alike is somebody else's.
 */
export function isSelected(
  selection: Selection,
  rollout: { name: string; setLabel: string | undefined },
): boolean {
  const { setName, setVersion, rolloutName } = selection;
  if (rolloutName !== undefined && !matches(rolloutName, rollout.name))
    return false;
  if (setName === undefined) return true;
  // Without its label there is no telling; the question named the set, and hawkBit answered.
  if (rollout.setLabel === undefined) return true;
  return setVersion === undefined
    ? rollout.setLabel.startsWith(`${setName}:`)
    : rollout.setLabel === `${setName}:${setVersion}`;
}

/** Whether a text is what a pattern with `*` describes, without regard to case. Never backtracks beyond the text's length. */
function matches(wanted: string, text: string): boolean {
  const parts = wanted.toLowerCase().split('*');
  const given = text.toLowerCase();
  if (parts.length === 1) return parts[0] === given;
  const last = parts[parts.length - 1];
  if (!given.startsWith(parts[0])) return false;
  let from = parts[0].length;
  for (const part of parts.slice(1, -1)) {
    const found = given.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return given.length - last.length >= from && given.endsWith(last);
}

/** The version in a label `name:version`, when the selection names the set; else what follows the last colon. */
export function versionOf(
  selection: Selection,
  setLabel: string | undefined,
): string | undefined {
  if (setLabel === undefined) return undefined;
  const { setName } = selection;
  const at =
    setName !== undefined && setLabel.startsWith(`${setName}:`)
      ? setName.length
      : setLabel.lastIndexOf(':');
  return at < 0 ? undefined : setLabel.slice(at + 1);
}
