import {
  fingerprintOf,
  type ItemStepResult,
  type ItemVerification,
  parseVerifierKey,
  readProvenItem,
  titleOf,
  verifyItem,
} from '@ai-assurance/evidence';
import { counted, exitCodes, Output, printable, UsageError } from '../words';
import { isFingerprint, readKeyOption } from './options';

const titles: Record<ItemStepResult['step'], string> = {
  payload: 'The payload is the one that was committed to',
  leaf: 'The item is the one in the leaf',
  hash: 'The leaf has the hash that is stated',
  head: 'The head of the log is signed by the key',
  path: 'The path leads from the leaf to the root of the head',
  position: 'It stands at the position that is stated',
};

const marks = { holds: '✓', fails: '✕', erased: '–', 'not-reached': '–' };

const details = (step: ItemStepResult) =>
  ({
    holds: Object.entries(step.facts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    fails: '',
    erased: 'erased; nothing is left to check here',
    'not-reached': 'not run',
  }[step.result]);

/**
 * `ai-assurance verify` of one item, saved from the evidence page or from `GET /evidence/{evidenceId}`: whether it stands in a
 * signed log as it is. Needs no network and no server.
 */
export async function verifyItemFile(
  path: string,
  text: string,
  options: { key?: string; json?: boolean },
  output: Output,
): Promise<number> {
  const proven = readProvenItem(text);
  if (typeof proven === 'string')
    throw new UsageError(
      `${printable(
        path,
      )} is neither a pack nor an item with its proof: ${printable(proven)}`,
    );
  const trusted = await readKeyOption(options.key);
  const verification = verifyItem(proven);
  const isKey = isKeyOf(verification, trusted);
  const holds = verification.holds && isKey !== false;
  const { evidence, message } = {
    evidence: `${titleOf(proven.item.type)} about ${
      proven.item.subject
    }, observed at ${proven.item.time}`,
    message: verification.holds
      ? 'the head is signed with another key than the one you trust'
      : verification.message,
  };
  if (options.json) {
    output.write(
      `${JSON.stringify(
        {
          file: path,
          ...verification,
          holds,
          message: holds ? undefined : message,
          isKeyTrusted: isKey === true,
        },
        undefined,
        2,
      )}\n`,
    );
    return holds ? exitCodes.ok : exitCodes.failed;
  }
  const lines = [
    printable(path),
    '',
    ...verification.steps.flatMap(step => [
      `  ${marks[step.result]} ${titles[step.step]}`,
      ...(details(step) ? [`      ${printable(details(step))}`] : []),
    ]),
    '',
    ...(holds
      ? [
          `VERIFIED with ${
            isKey ? 'the key you gave' : 'the key in the file'
          }: ${printable(evidence)}.`,
          `  It stands at position ${
            verification.index
          } of a signed log with ${counted(
            verification.size,
            'entry',
            'entries',
          )}.`,
          `  Fingerprint of the key  ${verification.fingerprint}`,
          ...(isKey
            ? []
            : [
                '  This proves that the item stands in a log, not in whose. Compare the fingerprint with one from a source that',
                '  you trust, or run again with --key.',
              ]),
        ]
      : [
          'NOT VERIFIED',
          `  What     ${printable(message ?? '')}`,
          '  Do not rely on this item. Ask for it again from whoever gave it to you.',
        ]),
    '',
  ];
  output.write(lines.join('\n'));
  return holds ? exitCodes.ok : exitCodes.failed;
}

/** Whether the head is signed with the trusted key; `undefined` without one. */
function isKeyOf(
  { fingerprint }: ItemVerification,
  trusted: string | undefined,
): boolean | undefined {
  if (trusted === undefined) return undefined;
  return (
    fingerprint ===
    (isFingerprint(trusted)
      ? trusted
      : fingerprintOf(parseVerifierKey(trusted)))
  );
}
