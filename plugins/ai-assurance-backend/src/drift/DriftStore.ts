import {
  Drift,
  Reference,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, PreparedRead, readBigint, readPrepared, Tx } from '../platform';
import { columnWriter } from './columnRows';
import { Histogram } from './core/histogram';
import { HistoryPoint } from './core/thin';
import { answerOf, answerText } from './storedAnswer';
import {
  DriftMonitorRow,
  DriftProfileRow,
  DriftReferenceRow,
  DriftResultRow,
} from './tables';

/** An approved reference with its histogram. */
export interface StoredReference extends Reference, Histogram {
  reason: string;
  /** The same window of each cohort; empty where the origin does not tell cohorts apart. */
  cohortBins: Record<string, number[]>;
}

/** A histogram that was pushed. */
export interface StoredProfile {
  subject: string;
  feature: string;
  /** `undefined`: the whole. */
  cohort: string | undefined;
  histogram: Histogram;
  nullCount: number;
  outOfRangeCount: number;
  deviceCount: number | undefined;
  windowStartMs: number;
  windowEndMs: number;
  receivedAtMs: number;
  pushedBy: string;
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

/** What is remembered of a watched signal from one evaluation to the next. */
export interface WatchedSignal extends Omit<StoredMonitor, 'answer'> {
  feature: string;
  evaluatedAtMs: number;
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
    ...(row.categories === null || row.categories === undefined
      ? {}
      : { categories: JSON.parse(row.categories) }),
    cohortBins: row.cohort_bins ? JSON.parse(row.cohort_bins) : {},
    version: row.version ?? 1,
    origin: (row.origin as Reference['origin']) ?? 'time-range',
    originUrl: row.origin_url,
    histogramDigest: row.histogram_digest,
    approvedBy: row.approved_by,
    approvedAtMs: readBigint(row.approved_at_ms),
    expiresAtMs: readBigint(row.expires_at_ms),
    reason: row.reason,
  };
}

const referencesRead: PreparedRead = {
  sqlite:
    'SELECT r.* FROM drift_reference r WHERE r.id IN (SELECT value FROM json_each(?))',
  postgres: 'SELECT r.* FROM drift_reference r WHERE r.id = ANY($1::text[])',
};

const monitorsReadText = (value: string) =>
  `SELECT drift_monitor.subject, drift_monitor.feature, drift_monitor.answer, drift_monitor.fingerprint, drift_monitor.evidence_id,
    drift_monitor.evidence_at_ms, drift_monitor.last_reported_at_ms, drift_monitor.evaluated_at_ms
    FROM drift_monitor WHERE drift_monitor.subject = ${value} ORDER BY drift_monitor.feature`;
/** At every opening of a page. */
const monitorsRead: PreparedRead = {
  name: 'ai-assurance-drift-monitors',
  sqlite: monitorsReadText('?'),
  postgres: monitorsReadText('$1'),
};

function monitorFromRow(row: DriftMonitorRow): StoredMonitor {
  return {
    subject: row.subject,
    answer: answerOf(row.answer),
    fingerprint: row.fingerprint,
    evidenceAtMs: optionalBigint(row.evidence_at_ms),
    evidenceId: row.evidence_id ?? undefined,
    lastReportedAtMs: optionalBigint(row.last_reported_at_ms),
  };
}

const writeMonitors = columnWriter<DriftMonitorRow>({
  table: 'drift_monitor',
  columns: {
    subject: 'text',
    feature: 'text',
    answer: 'json line',
    fingerprint: 'json line',
    evidence_id: 'text',
    evidence_at_ms: 'bigint',
    last_reported_at_ms: 'bigint',
    evaluated_at_ms: 'bigint',
  },
  onConflict: `ON CONFLICT (subject, feature) DO UPDATE SET answer = excluded.answer, fingerprint = excluded.fingerprint,
    evidence_id = excluded.evidence_id, evidence_at_ms = excluded.evidence_at_ms,
    last_reported_at_ms = excluded.last_reported_at_ms, evaluated_at_ms = excluded.evaluated_at_ms`,
});

/** Points of the history of signals. */
export const writeResults = columnWriter<DriftResultRow>({
  table: 'drift_result',
  columns: {
    subject: 'text',
    feature: 'text',
    at_ms: 'bigint',
    value: 'double precision',
    status: 'text',
    cohorts: 'text',
  },
  onConflict: `ON CONFLICT (subject, feature, at_ms) DO UPDATE SET value = excluded.value, status = excluded.status,
    cohorts = excluded.cohorts`,
});

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
      categories: reference.categories
        ? JSON.stringify(reference.categories)
        : null,
      cohort_bins: JSON.stringify(reference.cohortBins),
      version: reference.version,
      origin: reference.origin,
      origin_url: reference.originUrl ?? null,
      histogram_digest: reference.histogramDigest,
      approved_by: reference.approvedBy,
      reason: reference.reason,
      approved_at_ms: reference.approvedAtMs,
      expires_at_ms: reference.expiresAtMs,
    });
  }

  /** In no order; what there is none of is left out. */
  async referencesById(ids: readonly string[]): Promise<StoredReference[]> {
    if (ids.length === 0) return [];
    const rows = await readPrepared<DriftReferenceRow>(
      this.#db.knex,
      referencesRead,
      [ids],
    );
    return rows.map(referenceFromRow);
  }

  /** How many references a signal has had. */
  async referenceCount(subject: string, feature: string): Promise<number> {
    const row = await this.#db
      .knex('drift_reference')
      .where({ subject, feature })
      .count({ count: '*' })
      .first();
    return readBigint(row!.count);
  }

  /** A newer window replaces an older one; an older one is left out, so that a late push changes nothing. */
  async saveProfile(tx: Tx, profile: StoredProfile): Promise<void> {
    const key = {
      subject: profile.subject,
      feature: profile.feature,
      cohort_ref: profile.cohort ?? '',
    };
    const known = await tx('drift_profile').where(key).first('window_end_ms');
    if (known && readBigint(known.window_end_ms) > profile.windowEndMs) return;
    await tx('drift_profile')
      .insert({
        ...key,
        histogram: JSON.stringify(profile.histogram),
        null_count: profile.nullCount,
        out_of_range_count: profile.outOfRangeCount,
        device_count: profile.deviceCount ?? null,
        window_start_ms: profile.windowStartMs,
        window_end_ms: profile.windowEndMs,
        received_at_ms: profile.receivedAtMs,
        pushed_by: profile.pushedBy,
      })
      .onConflict(['subject', 'feature', 'cohort_ref'])
      .merge();
  }

  /** How many features of a subject and cohort would be kept once these are. */
  async profileCount(
    tx: Tx,
    of: { subject: string; cohort?: string },
    features: string[],
  ): Promise<number> {
    const row = await tx('drift_profile')
      .where({ subject: of.subject, cohort_ref: of.cohort ?? '' })
      .whereNotIn('feature', features)
      .count({ count: '*' })
      .first();
    return readBigint(row!.count) + features.length;
  }

  /** The whole and its cohorts. */
  async profiles(subject: string, feature: string): Promise<StoredProfile[]> {
    const rows: DriftProfileRow[] = await this.#db
      .knex('drift_profile')
      .where({ subject, feature })
      .select('drift_profile.*');
    return rows.map(row => ({
      subject: row.subject,
      feature: row.feature,
      cohort: row.cohort_ref || undefined,
      histogram: JSON.parse(row.histogram),
      nullCount: readBigint(row.null_count),
      outOfRangeCount: readBigint(row.out_of_range_count),
      deviceCount: optionalBigint(row.device_count),
      windowStartMs: readBigint(row.window_start_ms),
      windowEndMs: readBigint(row.window_end_ms),
      receivedAtMs: readBigint(row.received_at_ms),
      pushedBy: row.pushed_by,
    }));
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
    const { knex } = this.#db;
    const rows: DriftMonitorRow[] =
      subject === undefined
        ? await knex('drift_monitor')
            .select('drift_monitor.*')
            .orderBy(['drift_monitor.subject', 'drift_monitor.feature'])
        : await readPrepared<DriftMonitorRow>(knex, monitorsRead, [subject]);
    return rows.map(monitorFromRow);
  }

  /** What is remembered of every watched signal, without what was answered. */
  async watched(): Promise<WatchedSignal[]> {
    const rows: Omit<DriftMonitorRow, 'answer'>[] = await this.#db
      .knex('drift_monitor')
      .select(
        'drift_monitor.subject',
        'drift_monitor.feature',
        'drift_monitor.fingerprint',
        'drift_monitor.evidence_id',
        'drift_monitor.evidence_at_ms',
        'drift_monitor.last_reported_at_ms',
        'drift_monitor.evaluated_at_ms',
      );
    return rows.map(row => ({
      subject: row.subject,
      feature: row.feature,
      fingerprint: row.fingerprint,
      evidenceAtMs: optionalBigint(row.evidence_at_ms),
      evidenceId: row.evidence_id ?? undefined,
      lastReportedAtMs: optionalBigint(row.last_reported_at_ms),
      evaluatedAtMs: readBigint(row.evaluated_at_ms),
    }));
  }

  async saveMonitors(
    tx: Tx,
    monitors: readonly StoredMonitor[],
  ): Promise<void> {
    await writeMonitors(
      tx,
      monitors.map(monitor => ({
        subject: monitor.subject,
        feature: monitor.answer.feature,
        answer: answerText(monitor.answer),
        fingerprint: monitor.fingerprint,
        evidence_id: monitor.evidenceId ?? null,
        evidence_at_ms: monitor.evidenceAtMs ?? null,
        last_reported_at_ms: monitor.lastReportedAtMs ?? null,
        evaluated_at_ms: monitor.answer.evaluatedAtMs,
      })),
    );
  }

  /** One point for each minute: judging the same window again replaces it. */
  async addResults(
    tx: Tx,
    results: readonly {
      subject: string;
      feature: string;
      point: HistoryPoint;
      /** What {@link CohortHistory} keeps of its cohorts. */
      cohorts?: string | null;
    }[],
  ): Promise<void> {
    await writeResults(
      tx,
      results.map(({ subject, feature, point, cohorts = null }) => ({
        subject,
        feature,
        at_ms: point.atMs,
        value: point.value,
        status: point.status,
        cohorts,
      })),
    );
  }

  /** Takes out the points of these signals that lie before an instant. */
  async pruneResults(
    tx: Tx,
    signals: readonly { subject: string; feature: string }[],
    beforeMs: number,
  ): Promise<void> {
    await tx.raw(
      `DELETE FROM drift_result WHERE (subject, feature) IN (${
        this.#pairs
      }) AND at_ms < ?`,
      [
        JSON.stringify(
          signals.map(({ subject, feature }) => [subject, feature]),
        ),
        beforeMs,
      ],
    );
  }

  /** Rows of pairs of texts, from one JSON text. */
  get #pairs(): string {
    return this.#db.dialect === 'sqlite'
      ? `SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)`
      : 'SELECT value->>0, value->>1 FROM json_array_elements(?::json)';
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

  /** Links judgements with their evidence, unless they have moved on. */
  async linkEvidence(
    links: readonly { subject: string; feature: string; evidenceId: string }[],
    evidenceAtMs: number,
  ): Promise<void> {
    if (links.length === 0) return;
    const rows =
      this.#db.dialect === 'sqlite'
        ? `SELECT json_extract(value, '$[0]') AS subject, json_extract(value, '$[1]') AS feature,
            json_extract(value, '$[2]') AS evidence_id FROM json_each(?)`
        : `SELECT value->>0 AS subject, value->>1 AS feature, value->>2 AS evidence_id
            FROM json_array_elements(?::json)`;
    await this.#db.knex.raw(
      `UPDATE drift_monitor SET evidence_id = links.evidence_id FROM (${rows}) AS links
        WHERE drift_monitor.subject = links.subject AND drift_monitor.feature = links.feature
          AND drift_monitor.evidence_at_ms = ?`,
      [
        JSON.stringify(
          links.map(({ subject, feature, evidenceId }) => [
            subject,
            feature,
            evidenceId,
          ]),
        ),
        evidenceAtMs,
      ],
    );
  }
}
