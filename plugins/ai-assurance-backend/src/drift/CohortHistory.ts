import { Db, insertRows, readBigint } from '../platform';
import { cohortPointOf, cohortPointsText } from './core/cohortPoints';
import { HistoryPoint } from './core/thin';
import { MonitorAnswer } from './DriftStore';

/** What was said of each cohort, minute by minute, in the rows that tell what was said of the whole. */
export class CohortHistory {
  readonly #db: Db;
  /** Numbers of cohorts: they never change. */
  readonly #known = new Map<string, number>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Gives each cohort a number that has none yet. MUST be called outside of a transaction. */
  async number(cohorts: Iterable<string>): Promise<void> {
    const unknown = [...new Set(cohorts)].filter(ref => !this.#known.has(ref));
    if (unknown.length === 0) return;
    await this.#read(unknown);
    const missing = unknown.filter(ref => !this.#known.has(ref)).sort();
    if (missing.length === 0) return;
    await this.#db.transaction(tx =>
      insertRows(
        tx,
        'drift_cohort',
        missing.map(ref => ({ cohort_ref: ref })),
        'ON CONFLICT (cohort_ref) DO NOTHING',
      ),
    );
    await this.#read(missing);
  }

  async #read(cohorts: readonly string[]): Promise<void> {
    const rows: { id: unknown; cohort_ref: string }[] = await this.#db
      .knex('drift_cohort')
      .whereIn('drift_cohort.cohort_ref', cohorts)
      .select('drift_cohort.id', 'drift_cohort.cohort_ref');
    for (const row of rows) this.#known.set(row.cohort_ref, readBigint(row.id));
  }

  /** What a row keeps of these cohorts, all of which MUST have a number; `null`: there are none. */
  textOf(cohorts: MonitorAnswer['cohorts']): string | null {
    if (!cohorts || cohorts.length === 0) return null;
    return cohortPointsText(
      cohorts.map(({ cohort, value, verdict }) => ({
        id: this.#known.get(cohort)!,
        value,
        status: verdict.status,
      })),
    );
  }

  /** Points of one cohort, oldest first, both ends included. */
  async points(
    of: { subject: string; feature: string; cohort: string },
    sinceMs: number,
    throughMs: number = Number.MAX_SAFE_INTEGER,
  ): Promise<HistoryPoint[]> {
    const { subject, feature, cohort } = of;
    if (!this.#known.has(cohort)) await this.#read([cohort]);
    const id = this.#known.get(cohort);
    if (id === undefined) return [];
    const rows: { at_ms: unknown; cohorts: string }[] = await this.#db
      .knex('drift_result')
      .where({ subject, feature })
      .andWhere('drift_result.at_ms', '>=', sinceMs)
      .andWhere('drift_result.at_ms', '<=', throughMs)
      .whereNotNull('drift_result.cohorts')
      .select('drift_result.at_ms', 'drift_result.cohorts')
      .orderBy('drift_result.at_ms');
    return rows.flatMap(row => {
      const point = cohortPointOf(row.cohorts, id);
      return point
        ? [
            {
              atMs: readBigint(row.at_ms),
              value: point.value,
              status: point.status,
            },
          ]
        : [];
    });
  }
}
