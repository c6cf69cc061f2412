import {
  Drift,
  Reference,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../platform';
import { Histogram } from './core/judgeDrift';
import { HistoryPoint } from './core/thin';
import { DriftMonitorRow, DriftReferenceRow, DriftResultRow } from './tables';

/** An approved reference with its histogram. */
export interface StoredReference extends Reference, Histogram {
  reason: string;
}

/** A judgement as pages show it, without its history. */
export type MonitorAnswer = Omit<Drift, 'history'>;

export interface StoredMonitor {
  subject: string;
  answer: MonitorAnswer;
  fingerprint: string;
  /** `undefined` while there is no reference, hence nothing to record. */
  evidenceAtMs: number | undefined;
  evidenceId: string | undefined;
  /** End of the last window with outputs. */
  lastReportedAtMs: number | undefined;
}

const optionalBigint = (value: unknown) =>
  value === null ? undefined : readBigint(value);

function referenceFromRow(row: DriftReferenceRow): StoredReference {
  return {
    referenceId: row.id,
    subject: row.subject,
    feature: row.feature,
    fromMs: readBigint(row.from_ms),
    toMs: readBigint(row.to_ms),
    totalCount: readBigint(row.total_count),
    boundaries: JSON.parse(row.boundaries),
    bins: JSON.parse(row.bins),
    histogramDigest: row.histogram_digest,
    approvedBy: row.approved_by,
    approvedAtMs: readBigint(row.approved_at_ms),
    expiresAtMs: readBigint(row.expires_at_ms),
    reason: row.reason,
  };
}

function monitorFromRow(row: DriftMonitorRow): StoredMonitor {
  return {
    subject: row.subject,
    answer: JSON.parse(row.answer),
    fingerprint: row.fingerprint,
    evidenceAtMs: optionalBigint(row.evidence_at_ms),
    evidenceId: row.evidence_id ?? undefined,
    lastReportedAtMs: optionalBigint(row.last_reported_at_ms),
  };
}

export class DriftStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async insertReference(tx: Tx, reference: StoredReference): Promise<void> {
    await tx('drift_reference').insert({
      id: reference.referenceId,
      subject: reference.subject,
      feature: reference.feature,
      from_ms: reference.fromMs,
      to_ms: reference.toMs,
      total_count: reference.totalCount,
      boundaries: JSON.stringify(reference.boundaries),
      bins: JSON.stringify(reference.bins),
      histogram_digest: reference.histogramDigest,
      approved_by: reference.approvedBy,
      reason: reference.reason,
      approved_at_ms: reference.approvedAtMs,
      expires_at_ms: reference.expiresAtMs,
    });
  }

  /** Newest first; expired ones too, since they explain old judgements. With `asOfMs` those that were approved by then. */
  async references(
    subject: string,
    limit: number,
    feature?: string,
    asOfMs?: number,
  ): Promise<StoredReference[]> {
    const query = this.#db
      .knex('drift_reference')
      .where(feature === undefined ? { subject } : { subject, feature });
    if (asOfMs !== undefined)
      query.andWhere('drift_reference.approved_at_ms', '<=', asOfMs);
    const rows: DriftReferenceRow[] = await query
      .select('drift_reference.*')
      .orderBy([
        { column: 'drift_reference.approved_at_ms', order: 'desc' },
        { column: 'drift_reference.id', order: 'desc' },
      ])
      .limit(limit);
    return rows.map(referenceFromRow);
  }

  async newestReference(
    subject: string,
    feature: string,
    asOfMs?: number,
  ): Promise<StoredReference | undefined> {
    return (await this.references(subject, 1, feature, asOfMs))[0];
  }

  async monitors(subject?: string): Promise<StoredMonitor[]> {
    const rows: DriftMonitorRow[] = await this.#db
      .knex('drift_monitor')
      .where(subject === undefined ? {} : { subject })
      .select('drift_monitor.*')
      .orderBy(['drift_monitor.subject', 'drift_monitor.feature']);
    return rows.map(monitorFromRow);
  }

  async saveMonitor(tx: Tx, monitor: StoredMonitor): Promise<void> {
    const { answer } = monitor;
    await tx('drift_monitor')
      .insert({
        subject: monitor.subject,
        feature: answer.feature,
        answer: JSON.stringify(answer),
        fingerprint: monitor.fingerprint,
        evidence_id: monitor.evidenceId ?? null,
        evidence_at_ms: monitor.evidenceAtMs ?? null,
        last_reported_at_ms: monitor.lastReportedAtMs ?? null,
        evaluated_at_ms: answer.evaluatedAtMs,
      })
      .onConflict(['subject', 'feature'])
      .merge();
  }

  /** One point for each minute: judging the same window again replaces it. Points before `keepFromMs` go. */
  async addResult(
    tx: Tx,
    subject: string,
    feature: string,
    point: HistoryPoint,
    keepFromMs: number,
  ): Promise<void> {
    await tx('drift_result')
      .insert({
        subject,
        feature,
        at_ms: point.atMs,
        value: point.value,
        status: point.status,
      })
      .onConflict(['subject', 'feature', 'at_ms'])
      .merge();
    await tx('drift_result')
      .where({ subject, feature })
      .andWhere('drift_result.at_ms', '<', keepFromMs)
      .delete();
  }

  async referenceById(id: string): Promise<StoredReference | undefined> {
    const row: DriftReferenceRow | undefined = await this.#db
      .knex('drift_reference')
      .where({ id })
      .first('drift_reference.*');
    return row && referenceFromRow(row);
  }

  /** Oldest first, both ends included. */
  async results(
    subject: string,
    feature: string,
    sinceMs: number,
    throughMs: number = Number.MAX_SAFE_INTEGER,
  ): Promise<HistoryPoint[]> {
    const rows: DriftResultRow[] = await this.#db
      .knex('drift_result')
      .where({ subject, feature })
      .andWhere('drift_result.at_ms', '>=', sinceMs)
      .andWhere('drift_result.at_ms', '<=', throughMs)
      .select('drift_result.*')
      .orderBy('drift_result.at_ms');
    return rows.map(row => ({
      atMs: readBigint(row.at_ms),
      value: row.value,
      status: row.status as VerdictStatus,
    }));
  }

  /** Stops watching a signal. References and evidence stay. */
  async forget(subject: string, feature: string): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx('drift_result').where({ subject, feature }).delete();
      await tx('drift_monitor').where({ subject, feature }).delete();
    });
  }

  /** Links a judgement with its evidence, unless it has moved on. */
  async linkEvidence(
    subject: string,
    feature: string,
    evidenceAtMs: number,
    evidenceId: string,
  ): Promise<void> {
    await this.#db
      .knex('drift_monitor')
      .where({ subject, feature, evidence_at_ms: evidenceAtMs })
      .update({ evidence_id: evidenceId });
  }
}
