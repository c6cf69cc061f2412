import {
  ANNOTATION_RUNBOOK,
  ANNOTATION_RUNBOOK_CHECKED,
  Incident,
  Runbook,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { SubjectRecord } from '../cohorts';
import {
  LedgerAnswers,
  LedgerHistory,
  LedgerLookup,
  StoredEvidence,
} from '../ledger';
import { AsOf, Clock, Db, readBigint, withCode } from '../platform';
import {
  incidentsOf,
  IncidentPayload,
  IncidentStatement,
  OWN_SOURCE,
  OwnIncident,
} from './core/incident';
import { checkedDayMs, runbookUrls } from './core/runbooks';
import { statementId } from './drafts';
import { IncidentRow, RunbookCheckRow } from './tables';
import { IncidentAnswers } from './types';

const shownLimit = 50;
/** Statements that are looked at: several for each incident. */
const statementLimit = 200;
/** Of more checks than this, those of a page are read by themselves. */
const mostChecksKept = 500;

/** How old runbook checks may be where other replicas write too. */
const freshForMs = 3_000;

const statementOf = ({
  item,
  evidenceId,
  position,
  timeMs,
}: StoredEvidence): IncidentStatement => ({
  evidenceId,
  position,
  timeMs,
  source: item.source,
  sourceSystem: item.data.envelope.sourceSystem,
  subject: item.subject,
  payload: item.data.payload as IncidentPayload,
});

const ownOf = (rows: IncidentRow[]) =>
  new Map<string, OwnIncident>(
    rows.map(row => [
      row.incident_id,
      {
        summary: row.summary,
        openedBy: row.opened_by,
        rowVersion: row.row_version,
      },
    ]),
  );

/** Reads of the room. What is said of incidents comes from the ledger, so that it can be asked about the past too. */
export class StoredIncidentAnswers implements IncidentAnswers {
  readonly #deps: {
    db: Db;
    clock: Clock;
    ledgerAnswers: LedgerAnswers & LedgerHistory & LedgerLookup;
    runbookBaseUrl?: string | undefined;
  };
  /** All checks of runbooks, which few subjects have and every page asks for; within it `undefined`: too many to keep. */
  #checks: Promise<RunbookCheckRow[] | undefined> | undefined;
  #checksAtMs = 0;

  constructor(deps: {
    db: Db;
    clock: Clock;
    ledgerAnswers: LedgerAnswers & LedgerHistory & LedgerLookup;
    /** What addresses of runbooks that begin with `./` lie below. */
    runbookBaseUrl?: string | undefined;
  }) {
    this.#deps = deps;
  }

  /** MUST be called after a write of this process, so that who wrote sees it. */
  forget(): void {
    this.#checks = undefined;
  }

  async incidents(subject: string, asOf?: AsOf): Promise<Incident[]> {
    const { ledgerAnswers } = this.#deps;
    const type = 'io.ai-assurance.incident.v1';
    if (!(await ledgerAnswers.holds(subject, type))) return [];
    const ledger: LedgerAnswers = asOf
      ? await ledgerAnswers.asOf(asOf)
      : ledgerAnswers;
    const items = await ledger.list({
      subject,
      type,
      limit: statementLimit,
    });
    if (items.length === 0) return [];
    const rows = await this.#rows(subject);
    const incidents = incidentsOf(
      [...items, ...(await this.#stillOpen(rows, items, asOf))]
        .filter(({ isErased }) => !isErased)
        .map(statementOf),
      ownOf(rows),
    ).slice(0, shownLimit);
    // The version of now moves nothing that is shown as it was.
    return asOf
      ? incidents.map(incident => ({ ...incident, rowVersion: null }))
      : incidents;
  }

  /** One that was opened here, as its newest statement says. Throws `UNKNOWN_INCIDENT`. */
  async one(incidentId: string): Promise<Incident> {
    const row = await this.stored(incidentId);
    const statements = await this.#deps.ledgerAnswers.bySource(OWN_SOURCE, [
      statementId(incidentId, row.row_version),
    ]);
    return incidentsOf(
      [...statements.values()].map(statementOf),
      ownOf([row]),
    )[0];
  }

  /** The newest that were opened here, and those that last the longest. */
  async #rows(subject: string): Promise<IncidentRow[]> {
    const ordered = (direction: 'asc' | 'desc') =>
      this.#deps.db
        .knex<IncidentRow>('incident')
        .where('incident.subject', subject)
        .orderBy('incident.opened_at_ms', direction)
        .limit(statementLimit);
    const rows: IncidentRow[] = await ordered('desc');
    if (rows.length < statementLimit) return rows;
    const lasting: IncidentRow[] = await ordered('asc').whereNot(
      'incident.state',
      'resolved',
    );
    const known = new Set(rows.map(row => row.incident_id));
    return [...rows, ...lasting.filter(row => !known.has(row.incident_id))];
  }

  /** Statements of those that last, whose own lie behind many newer ones of others: what is open never falls off the page. */
  async #stillOpen(
    rows: IncidentRow[],
    newest: StoredEvidence[],
    asOf: AsOf | undefined,
  ): Promise<StoredEvidence[]> {
    if (newest.length < statementLimit) return [];
    const seen = new Set(
      newest.map(
        ({ item }) => (item.data.payload as IncidentPayload).incidentId,
      ),
    );
    const missing = rows.filter(
      row => !seen.has(row.incident_id) && (asOf || row.state !== 'resolved'),
    );
    const found = await this.#deps.ledgerAnswers.bySource(
      OWN_SOURCE,
      missing.flatMap(row =>
        // Of then it is not known which statement was the newest; there are at most three.
        (asOf
          ? Array.from({ length: row.row_version }, (_, i) => i + 1)
          : [row.row_version]
        ).map(version => statementId(row.incident_id, version)),
      ),
    );
    return [...found.values()].filter(
      ({ recordedAtMs }) => !asOf || recordedAtMs <= asOf.atMs,
    );
  }

  async runbooks(record: SubjectRecord, asOf?: AsOf): Promise<Runbook[]> {
    const urls = runbookUrls(
      record.annotations[ANNOTATION_RUNBOOK],
      this.#deps.runbookBaseUrl,
    );
    if (urls.length === 0) return [];
    const known = asOf ? undefined : await this.#allChecks();
    const rows = known
      ? known.filter(row => row.subject === record.entityRef)
      : await this.#checksOf(record.entityRef, urls, asOf);
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

  async #allChecks(): Promise<RunbookCheckRow[] | undefined> {
    const nowMs = this.#deps.clock.nowMs();
    if (!this.#checks || nowMs - this.#checksAtMs >= freshForMs) {
      this.#checksAtMs = nowMs;
      const reading = this.#readChecks();
      this.#checks = reading;
      reading.catch(() => {
        if (this.#checks === reading) this.#checks = undefined;
      });
    }
    return this.#checks;
  }

  async #readChecks(): Promise<RunbookCheckRow[] | undefined> {
    const checks: RunbookCheckRow[] = await this.#deps.db
      .knex<RunbookCheckRow>('runbook_check')
      .select('runbook_check.*')
      .orderBy('runbook_check.seq', 'desc')
      .limit(mostChecksKept);
    return checks.length < mostChecksKept ? checks : undefined;
  }

  /** Newest first. */
  async #checksOf(
    subject: string,
    urls: string[],
    asOf: AsOf | undefined,
  ): Promise<RunbookCheckRow[]> {
    const checks = this.#deps.db
      .knex('runbook_check')
      .where('runbook_check.subject', subject)
      .whereIn('runbook_check.url', urls);
    if (asOf) checks.where('runbook_check.checked_at_ms', '<=', asOf.atMs);
    return checks
      .orderBy('runbook_check.checked_at_ms', 'desc')
      .orderBy('runbook_check.seq', 'desc')
      .limit(statementLimit);
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
