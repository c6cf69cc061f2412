import { Db, readBigint } from '../platform';
import { Monitor } from './core/monitors';
import { SampleProfile, SampleWish } from './core/samples';
import { DriftSampleRow } from './tables';

/** What a file held of one signal when it was read last. */
export interface StoredSample {
  subject: string;
  feature: string;
  /** File, column and bins that were asked for, as text. */
  wish: string;
  /** `undefined`: it could not be read, and `problem` says why. */
  profile: SampleProfile | undefined;
  problem: string | undefined;
  etag: string | undefined;
  digest: string | undefined;
  rowCount: number | undefined;
  /** When the file changed last; where its host does not tell, when it was first seen as it is. */
  dataAtMs: number;
  attemptedAtMs: number;
}

/** What a monitor asks of its file; `undefined` for one that reads none. */
export function wishOf(monitor: Monitor): SampleWish | undefined {
  const { source, quality } = monitor;
  if (source.kind !== 'file') return undefined;
  return {
    feature: monitor.feature,
    column: source.column,
    type: monitor.type,
    boundaries: source.boundaries,
    minimum: quality.minimum,
    maximum: quality.maximum,
    cohortColumn: monitor.isByCohort ? source.cohortColumn : undefined,
    deviceColumn: monitor.isByCohort ? source.deviceColumn : undefined,
  };
}

/** The same text for the same question about the same file. */
export function wishText(monitor: Monitor): string {
  const { source } = monitor;
  if (source.kind !== 'file') return '';
  const { url, format, delimiter } = source;
  return JSON.stringify([url, format, delimiter, wishOf(monitor)]);
}

function fromRow(row: DriftSampleRow): StoredSample {
  return {
    subject: row.subject,
    feature: row.feature,
    wish: row.wish,
    profile: row.profile === null ? undefined : JSON.parse(row.profile),
    problem: row.problem ?? undefined,
    etag: row.etag ?? undefined,
    digest: row.digest ?? undefined,
    rowCount: row.row_count === null ? undefined : readBigint(row.row_count),
    dataAtMs: row.data_at_ms === null ? 0 : readBigint(row.data_at_ms),
    attemptedAtMs: readBigint(row.attempted_at_ms),
  };
}

/** Histograms of sample files, as last read. */
export class SampleStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** `undefined`: what the monitor asks was not read yet. */
  async of(
    subject: string,
    monitor: Monitor,
  ): Promise<StoredSample | undefined> {
    const row: DriftSampleRow | undefined = await this.#db
      .knex('drift_sample')
      .where({ subject, feature: monitor.feature })
      .first('drift_sample.*');
    return row && row.wish === wishText(monitor) ? fromRow(row) : undefined;
  }

  async ofSubject(subject: string): Promise<Map<string, StoredSample>> {
    const rows: DriftSampleRow[] = await this.#db
      .knex('drift_sample')
      .where({ subject })
      .select('drift_sample.*');
    return new Map(rows.map(row => [row.feature, fromRow(row)]));
  }

  /** All samples of one file at once, so that none is of an older one. */
  async save(samples: readonly StoredSample[]): Promise<void> {
    await this.#db.transaction(async tx => {
      for (const sample of samples)
        await tx('drift_sample')
          .insert({
            subject: sample.subject,
            feature: sample.feature,
            wish: sample.wish,
            profile: sample.profile ? JSON.stringify(sample.profile) : null,
            problem: sample.problem ?? null,
            etag: sample.etag ?? null,
            digest: sample.digest ?? null,
            row_count: sample.rowCount ?? null,
            data_at_ms: sample.dataAtMs,
            attempted_at_ms: sample.attemptedAtMs,
          })
          .onConflict(['subject', 'feature'])
          .merge();
    });
  }

  /** Forgets what no monitor asks any longer. `kept`: features by subject. */
  async forgetOthers(
    kept: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<void> {
    const rows: { subject: string; feature: string }[] = await this.#db
      .knex('drift_sample')
      .select('drift_sample.subject', 'drift_sample.feature');
    for (const { subject, feature } of rows)
      if (!kept.get(subject)?.has(feature))
        await this.#db
          .knex('drift_sample')
          .where({ subject, feature })
          .delete();
  }
}
