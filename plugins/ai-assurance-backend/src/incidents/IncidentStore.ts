import { ConflictError } from '@backstage/errors';
import { Tx, withCode } from '../platform';
import { IncidentPayload } from './core/incident';
import { IncidentRow } from './tables';

/** Somebody else moved the incident on meanwhile. */
export function staleIncident(incidentId: string): Error {
  return withCode(
    new ConflictError(
      `The incident ${incidentId} changed meanwhile. Load it again before you move it on.`,
    ),
    'STALE_VERSION',
  );
}

/** Writes of the room. */
export class IncidentStore {
  async insert(
    tx: Tx,
    incident: {
      subject: string;
      payload: IncidentPayload;
      openedBy: string;
      summary: string;
      nowMs: number;
    },
  ): Promise<void> {
    await tx('incident').insert({
      incident_id: incident.payload.incidentId,
      subject: incident.subject,
      state: incident.payload.state,
      row_version: 1,
      opened_by: incident.openedBy,
      summary: incident.summary,
      payload: JSON.stringify(incident.payload),
      opened_at_ms: incident.nowMs,
    });
  }

  /** Throws `STALE_VERSION` unless the row is still the one that was read. */
  async move(
    tx: Tx,
    row: IncidentRow,
    payload: IncidentPayload,
  ): Promise<void> {
    const moved = await tx('incident')
      .where({ incident_id: row.incident_id, row_version: row.row_version })
      .update({
        state: payload.state,
        payload: JSON.stringify(payload),
        row_version: row.row_version + 1,
      });
    if (moved !== 1) throw staleIncident(row.incident_id);
  }

  async addRunbookCheck(
    tx: Tx,
    check: {
      subject: string;
      url: string;
      checkedBy: string;
      nowMs: number;
    },
  ): Promise<number> {
    const [row] = await tx('runbook_check')
      .insert({
        subject: check.subject,
        url: check.url,
        checked_by: check.checkedBy,
        checked_at_ms: check.nowMs,
        evidence_id: '',
      })
      .returning('seq');
    return Number(row.seq);
  }

  /** Right after the append, which says the position. */
  async nameEvidence(tx: Tx, seq: number, evidenceId: string): Promise<void> {
    await tx('runbook_check')
      .where({ seq })
      .update({ evidence_id: evidenceId });
  }
}
