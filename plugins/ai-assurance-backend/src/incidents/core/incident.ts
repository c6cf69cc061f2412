import type { PayloadOf } from '@ai-assurance/evidence';
import type {
  Incident,
  IncidentSeverity,
  IncidentState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

export type IncidentPayload = PayloadOf<'io.ai-assurance.incident.v1'>;

/** What this room itself writes as source of its evidence. */
export const OWN_SOURCE = '/ai-assurance/incidents';

/** One statement about an incident, as the ledger keeps it. */
export interface IncidentStatement {
  evidenceId: string;
  position: number;
  timeMs: number;
  source: string;
  sourceSystem: string;
  subject: string;
  payload: IncidentPayload;
}

/** What is known of an incident that was opened here beside its evidence. */
export interface OwnIncident {
  summary: string;
  openedBy: string;
  rowVersion: number;
}

const stateRank: Record<IncidentState, number> = {
  open: 0,
  mitigated: 1,
  resolved: 2,
};
const severityRank: Record<IncidentSeverity, number> = {
  critical: 0,
  major: 1,
  minor: 2,
};

const msOf = (instant: string | null) =>
  instant === null ? null : Date.parse(instant);

/**
 * Incidents as their newest statements have them: open before mitigated before resolved, worse ones before milder ones while
 * they last, then the newest. Statements of one incident may come in any order: the one that was made last counts, and of
 * those made at the same instant the one recorded last.
 */
export function incidentsOf(
  statements: IncidentStatement[],
  own: ReadonlyMap<string, OwnIncident>,
): Incident[] {
  const newest = new Map<string, IncidentStatement>();
  for (const statement of statements) {
    const key = `${statement.source} ${statement.payload.incidentId}`;
    const known = newest.get(key);
    if (
      !known ||
      statement.timeMs > known.timeMs ||
      (statement.timeMs === known.timeMs && statement.position > known.position)
    )
      newest.set(key, statement);
  }
  return [...newest.values()]
    .map(statement => incidentOf(statement, own))
    .sort(
      (a, b) =>
        stateRank[a.state] - stateRank[b.state] ||
        (a.state === 'resolved'
          ? 0
          : severityRank[a.severity] - severityRank[b.severity]) ||
        b.detectedAtMs - a.detectedAtMs,
    );
}

function incidentOf(
  statement: IncidentStatement,
  own: ReadonlyMap<string, OwnIncident>,
): Incident {
  const { payload } = statement;
  const isOwn = statement.source === OWN_SOURCE;
  const about = isOwn ? own.get(payload.incidentId) : undefined;
  return {
    incidentId: payload.incidentId,
    subject: statement.subject,
    source: isOwn ? 'ai-assurance' : statement.sourceSystem,
    isOwn,
    summary: about?.summary ?? null,
    openedBy: about?.openedBy ?? null,
    category: payload.category,
    severity: payload.severity,
    state: payload.state,
    occurredAtMs: msOf(payload.occurredAt),
    detectedAtMs: Date.parse(payload.detectedAt),
    decidedAtMs: msOf(payload.decidedAt),
    mitigatedAtMs: msOf(payload.mitigatedAt),
    resolvedAtMs: msOf(payload.resolvedAt),
    mitigation: payload.mitigation,
    causedByVersion: payload.causedBy?.version ?? null,
    link: payload.link,
    evidenceId: statement.evidenceId,
    rowVersion: about?.rowVersion ?? null,
  };
}

/** Whether an incident may go from one state to another; it never goes back, a new one is opened instead. */
export function mayMove(from: IncidentState, to: IncidentState): boolean {
  return stateRank[to] > stateRank[from];
}
