import {
  ANNOTATION_RUNBOOK,
  ANNOTATION_RUNBOOK_CHECKED,
  Incident,
  Runbook,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { SubjectRecord } from '../cohorts';
import { LedgerAnswers, LedgerHistory } from '../ledger';
import { AsOf, Db, readBigint, withCode } from '../platform';
import { incidentsOf, IncidentPayload, OwnIncident } from './core/incident';
import { checkedDayMs, runbookUrls } from './core/runbooks';
import { IncidentRow, RunbookCheckRow } from './tables';
import { IncidentAnswers } from './types';

const shownLimit = 50;
/** Statements that are looked at: several for each incident. */
const statementLimit = 200;

/** Reads of the room. What is said of incidents comes from the ledger, so that it can be asked about the past too. */
export class StoredIncidentAnswers implements IncidentAnswers {
  readonly #deps: { db: Db; ledgerAnswers: LedgerAnswers & LedgerHistory };

  constructor(deps: { db: Db; ledgerAnswers: LedgerAnswers & LedgerHistory }) {
    this.#deps = deps;
  }

  async incidents(subject: string, asOf?: AsOf): Promise<Incident[]> {
    const { db, ledgerAnswers } = this.#deps;
    const ledger: LedgerAnswers = asOf
      ? await ledgerAnswers.asOf(asOf)
      : ledgerAnswers;
    const items = await ledger.list({
      subject,
      type: 'io.ai-assurance.incident.v1',
      limit: statementLimit,
    });
    if (items.length === 0) return [];
    const rows: IncidentRow[] = await db
      .knex('incident')
      .where('incident.subject', subject)
      .orderBy('incident.opened_at_ms', 'desc')
      .limit(statementLimit);
    const own = new Map<string, OwnIncident>(
      rows.map(row => [
        row.incident_id,
        {
          summary: row.summary,
          openedBy: row.opened_by,
          rowVersion: row.row_version,
        },
      ]),
    );
    const incidents = incidentsOf(
      items
        .filter(({ isErased }) => !isErased)
        .map(({ item, evidenceId, position, timeMs }) => ({
          evidenceId,
          position,
          timeMs,
          source: item.source,
          sourceSystem: item.data.envelope.sourceSystem,
          subject,
          payload: item.data.payload as IncidentPayload,
        })),
      own,
    ).slice(0, shownLimit);
    // The version of now moves nothing that is shown as it was.
    return asOf
      ? incidents.map(incident => ({ ...incident, rowVersion: null }))
      : incidents;
  }

  async runbooks(record: SubjectRecord, asOf?: AsOf): Promise<Runbook[]> {
    const urls = runbookUrls(record.annotations[ANNOTATION_RUNBOOK]);
    if (urls.length === 0) return [];
    const checks = this.#deps.db
      .knex('runbook_check')
      .where('runbook_check.subject', record.entityRef)
      .whereIn('runbook_check.url', urls);
    if (asOf) checks.where('runbook_check.checked_at_ms', '<=', asOf.atMs);
    const rows: RunbookCheckRow[] = await checks
      .orderBy('runbook_check.checked_at_ms', 'desc')
      .orderBy('runbook_check.seq', 'desc')
      .limit(statementLimit);
    const dayMs = checkedDayMs(record.annotations[ANNOTATION_RUNBOOK_CHECKED]);
    return urls.map(url => {
      const row = rows.find(one => one.url === url);
      const checkedAtMs = row && readBigint(row.checked_at_ms);
      if (row && checkedAtMs! >= (dayMs ?? 0))
        return {
          url,
          checkedAtMs: checkedAtMs!,
          checkedBy: row.checked_by,
          evidenceId: row.evidence_id,
        };
      return {
        url,
        checkedAtMs: dayMs ?? null,
        checkedBy: null,
        evidenceId: null,
      };
    });
  }

  /** Throws `UNKNOWN_INCIDENT`. */
  async stored(incidentId: string): Promise<IncidentRow> {
    const row: IncidentRow | undefined = await this.#deps.db
      .knex('incident')
      .where('incident.incident_id', incidentId)
      .first();
    if (!row)
      throw withCode(
        new NotFoundError(
          `No incident ${incidentId} was opened here. One that another system told of is moved on there.`,
        ),
        'UNKNOWN_INCIDENT',
      );
    return row;
  }
}
