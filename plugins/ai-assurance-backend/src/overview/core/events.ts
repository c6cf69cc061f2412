import type {
  ChangeEvent,
  ChangeGroup,
  Drift,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** The least of a stored item that {@link changeEvents} needs. */
export interface RecordedItem {
  evidenceId: string;
  timeMs: number;
  item: { type: string; data: { payload: Record<string, unknown> } };
  /** The payload was redacted: that something happened is still known, what is not. */
  isErased?: true;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const name = (ref: unknown) => text(ref).replace(/^.*\//, '');
const hyphens = (value: unknown) => text(value).replaceAll('-', ' ');

type Payload = Record<string, unknown>;
interface Told {
  group: ChangeGroup;
  title: string;
  releaseId?: string;
  link?: string;
  startMs?: number;
  endMs?: number;
}

function deploymentTold(payload: Payload): Told {
  const to = `version ${text(payload.version)}`;
  const where = ` in ${text(payload.environment)}`;
  const titles: Record<string, string> = {
    running: 'began',
    succeeded: 'done',
    failed: 'failed',
    'rolled-back': 'rolled back',
    cancelled: 'cancelled',
  };
  const outcome = titles[text(payload.outcome)] ?? '';
  if (payload.cause === 'configuration')
    return {
      group: 'configuration',
      title: `Configuration changed${where}, ${outcome}`,
    };
  const what =
    payload.cause === 'rollback' ? `Rollback to ${to}` : `Deployment of ${to}`;
  return { group: 'deployment', title: `${what}${where} ${outcome}` };
}

const orderWords: Record<string, string> = {
  ordered: 'ordered',
  done: 'done',
  accepted: 'taken by the other system',
  refused: 'refused',
  unanswered: 'sent, and not answered',
};

/** What each kind says on the time line. A kind that is not here is no change: it is measured again and again. */
const tellers: Readonly<
  Record<string, (payload: Payload) => Told | undefined>
> = {
  deployment: deploymentTold,
  'rollout-plan': p => ({
    group: 'rollout',
    title: `Rollout of version ${text(p.version)} planned`,
  }),
  'rollout-analysis': p => ({
    group: 'rollout',
    title: `Analysis of version ${text(p.version)}: ${text(p.status)}`,
  }),
  'gate-decision': p => ({
    group: 'rollout',
    title: `Gate ${text(p.gateId)}: ${hyphens(p.decision)} version ${text(
      p.version,
    )}${p.isOverride === true ? ', against its verdicts' : ''}`,
  }),
  'approval-request': p => ({
    group: 'approval',
    title: `Release of version ${text(p.version)} proposed`,
    releaseId: text(p.releaseId),
  }),
  'approval-vote': p => ({
    group: 'approval',
    title: `${name(p.votedBy)} voted to ${text(p.vote)}`,
    releaseId: text(p.releaseId),
  }),
  'approval-decision': p => ({
    group: 'approval',
    title: `Release of version ${text(p.version)} ${text(p.decision)}`,
    releaseId: text(p.releaseId),
  }),
  waiver: p => ({
    group: 'approval',
    title: `Waiver for ${hyphens(p.question)} ${text(p.state)}`,
  }),
  'policy-change': p => ({
    group: 'threshold',
    title: `${hyphens(p.ruleKind)} ${text(p.ruleId)} ${
      p.effect === 'unknown' ? 'changed' : text(p.effect)
    }`,
  }),
  'reference-window': p => ({
    group: 'threshold',
    title: `Reference for ${text(p.feature)} approved`,
  }),
  'action-order': p => ({
    group: 'action',
    title: `Rollback from version ${text(p.fromVersion)} to ${text(
      p.toVersion,
    )} ${orderWords[text(p.state)] ?? text(p.state)}`,
  }),
  drill: p => ({
    group: 'action',
    title: `Drill of a ${hyphens(p.exercise)}`,
  }),
  incident: p => ({
    group: 'incident',
    title:
      p.state === 'open'
        ? `Incident ${text(p.incidentId)} open (${text(p.severity)}, ${text(
            p.category,
          )})`
        : `Incident ${text(p.incidentId)} ${text(p.state)}`,
    link: text(p.link) || undefined,
  }),
  capa: p => ({
    group: 'incident',
    title: `${text(p.purpose)} action ${text(p.state)}`,
  }),
  'slo-alert': p => ({
    group: 'alert',
    title: `${text(p.objectiveName)}: ${hyphens(p.cause)} alert (${text(
      p.severity,
    )}) ${p.state === 'firing' ? 'fires' : 'over'}`,
  }),
  correction: p => ({
    group: 'correction',
    title:
      p.state === 'recorded'
        ? `Correction: ${hyphens(p.cause)}`
        : `Correction taken back: ${hyphens(p.cause)}`,
    ...(p.state === 'recorded' && {
      startMs: Date.parse(text(p.start)),
      endMs: Date.parse(text(p.end)),
    }),
  }),
  artifact: p => ({
    group: 'record',
    title: `Artifact of version ${text(p.version)} recorded`,
  }),
  evaluation: p => ({
    group: 'record',
    title: `Evaluation of ${text(p.metric)} recorded`,
  }),
  'registry-alias': p => ({
    group: 'record',
    title: `Alias ${text(p.alias)} of ${text(p.modelName)} ${text(p.change)}${
      text(p.version) ? ` to version ${text(p.version)}` : ''
    }`,
  }),
  attestation: p =>
    p.statement === 'runbook-checked'
      ? {
          group: 'record',
          title: `Runbook checked by ${name(p.attestedBy)}`,
        }
      : undefined,
  redaction: () => ({ group: 'record', title: 'Evidence redacted' }),
  export: () => ({ group: 'record', title: 'Audit pack exported' }),
};

/** Types of evidence that stand on a time line. */
export const CHANGE_TYPES: readonly string[] = Object.keys(tellers).map(
  kind => `io.ai-assurance.${kind}.v1`,
);

/** Of those kinds whose payload may be erased. */
const erased: Readonly<Record<string, Told>> = {
  'approval-request': {
    group: 'approval',
    title: 'Release proposed, redacted since',
  },
  'approval-vote': {
    group: 'approval',
    title: 'Vote on a release, redacted since',
  },
  'approval-decision': {
    group: 'approval',
    title: 'Decision on a release, redacted since',
  },
  artifact: { group: 'record', title: 'Artifact recorded, redacted since' },
  evaluation: { group: 'record', title: 'Evaluation recorded, redacted since' },
  'reference-window': {
    group: 'threshold',
    title: 'Reference approved, redacted since',
  },
  deployment: { group: 'deployment', title: 'Deployment, redacted since' },
  incident: { group: 'incident', title: 'Incident, redacted since' },
  export: { group: 'record', title: 'Audit pack exported' },
};

const kindOf = (type: string) =>
  type.replace(/^io\.ai-assurance\./, '').replace(/\.v\d+$/, '');

const capitalised = (title: string) =>
  title.charAt(0).toLocaleUpperCase('en-US') + title.slice(1);

/** Changes for a time axis, oldest first. What is measured again and again is left out; see {@link driftEvents}. */
export function changeEvents(items: RecordedItem[]): ChangeEvent[] {
  return items
    .map(({ item, timeMs, evidenceId, isErased }) => {
      const kind = kindOf(item.type);
      const told = isErased ? erased[kind] : tellers[kind]?.(item.data.payload);
      if (!told) return undefined;
      const { startMs, title, ...rest } = told;
      return {
        atMs: startMs ?? timeMs,
        kind,
        title: capitalised(title),
        evidenceId,
        ...rest,
      };
    })
    .filter(event => event !== undefined)
    .sort(byTime);
}

/** Where a drift verdict moved, oldest first. */
export function driftEvents(monitors: Drift[]): ChangeEvent[] {
  return monitors
    .flatMap(({ feature, history }) =>
      history.flatMap((point, index): ChangeEvent[] =>
        index > 0 && point.status !== history[index - 1].status
          ? [
              {
                atMs: point.atMs,
                kind: 'drift-report',
                group: 'drift',
                title: `Drift of ${feature}: ${history[index - 1].status} → ${
                  point.status
                }`,
              },
            ]
          : [],
      ),
    )
    .sort(byTime);
}

export function byTime(a: ChangeEvent, b: ChangeEvent): number {
  return (
    a.atMs - b.atMs || Number(a.evidenceId ?? 0) - Number(b.evidenceId ?? 0)
  );
}
