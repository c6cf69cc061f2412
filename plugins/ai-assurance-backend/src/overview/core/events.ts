/** What stands on the change strip of a page. */
export interface ChangeEvent {
  atMs: number;
  kind: string;
  title: string;
  evidenceId?: string;
}

/** The least of a stored item that {@link changeEvents} needs. */
export interface RecordedItem {
  evidenceId: string;
  timeMs: number;
  item: { type: string; data: { payload: Record<string, unknown> } };
  /** The payload was redacted: that something happened is still known, what is not. */
  isErased?: true;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

function titleOf(
  kind: string,
  payload: Record<string, unknown>,
): string | undefined {
  switch (kind) {
    case 'approval-request':
      return `Release of version ${text(payload.version)} proposed`;
    case 'approval-vote':
      return `${text(payload.votedBy)} voted to ${text(payload.vote)}`;
    case 'approval-decision':
      return `Release of version ${text(payload.version)} ${text(
        payload.decision,
      )}`;
    case 'artifact':
      return `Artifact of version ${text(payload.version)} recorded`;
    case 'evaluation':
      return `Evaluation of ${text(payload.metric)} recorded`;
    case 'reference-window':
      return `Reference for ${text(payload.feature)} approved`;
    case 'redaction':
      return 'Evidence redacted';
    case 'export':
      return 'Audit pack exported';
    default:
      return undefined;
  }
}

/** Of those kinds whose payload may be erased. */
const titlesOfErased: Readonly<Record<string, string>> = {
  'approval-request': 'Release proposed, redacted since',
  'approval-vote': 'Vote on a release, redacted since',
  'approval-decision': 'Decision on a release, redacted since',
  artifact: 'Artifact recorded, redacted since',
  evaluation: 'Evaluation recorded, redacted since',
  'reference-window': 'Reference approved, redacted since',
  export: 'Audit pack exported',
};

const kindOf = (type: string) =>
  type.replace(/^io\.ai-assurance\./, '').replace(/\.v\d+$/, '');

/**
 * Changes for a time axis, oldest first. Decisions always appear; statuses that are recorded again and again (objective,
 * drift, scorecard, rollout) appear only where the status moved.
 */
export function changeEvents(items: RecordedItem[]): ChangeEvent[] {
  const events: ChangeEvent[] = [];
  const lastStatus = new Map<string, string>();
  const byTime = [...items].sort(
    (a, b) =>
      a.timeMs - b.timeMs || Number(a.evidenceId) - Number(b.evidenceId),
  );
  for (const { item, timeMs, evidenceId, isErased } of byTime) {
    const kind = kindOf(item.type);
    const { payload } = item.data;
    if (isErased) {
      const title = titlesOfErased[kind];
      if (title) events.push({ atMs: timeMs, kind, title, evidenceId });
      continue;
    }
    const title = titleOf(kind, payload);
    if (title) {
      events.push({ atMs: timeMs, kind, title, evidenceId });
      continue;
    }
    const status = text(payload.status);
    const name =
      text(payload.objectiveName) ||
      text(payload.feature) ||
      text(payload.scorecardId);
    const key = `${kind}:${text(payload.sloName)}:${name}`;
    const before = lastStatus.get(key);
    lastStatus.set(key, status);
    if (status && before !== undefined && before !== status) {
      events.push({
        atMs: timeMs,
        kind,
        title: `${name || kind}: ${before} → ${status}`,
        evidenceId,
      });
    }
  }
  return events;
}
