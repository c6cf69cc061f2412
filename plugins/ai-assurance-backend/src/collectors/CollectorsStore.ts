import { CollectionFailureCode } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { JsonValue } from '@backstage/types';
import { SourceState } from './core/transition';
import { CollectorStateRow, CollectorTransitionRow } from './tables';
import { Db, readBigint, Tx } from '../platform';

/** A source: one collector and one subject, as their last run left them. */
export interface StoredSource {
  collectorId: string;
  subject: string;
  collectorVersion: string;
  state: SourceState;
  memory: JsonValue | undefined;
  evidenceId: string | undefined;
}

export interface StoredTransition {
  collectorId: string;
  subject: string;
  atMs: number;
  state: 'working' | 'failing';
  failureCode: CollectionFailureCode | undefined;
  successEndedAtMs: number | undefined;
  evidenceId: string | undefined;
}

const optionalBigint = (value: unknown) =>
  value === null ? undefined : readBigint(value);

function sourceFrom(row: CollectorStateRow): StoredSource {
  return {
    collectorId: row.collector_id,
    subject: row.subject,
    collectorVersion: row.collector_version,
    memory: row.memory === null ? undefined : JSON.parse(row.memory),
    evidenceId: row.evidence_id ?? undefined,
    state: {
      state: row.state as SourceState['state'],
      sinceMs: readBigint(row.since_ms),
      askedAtMs: readBigint(row.asked_at_ms),
      endedAtMs: readBigint(row.ended_at_ms),
      successAskedAtMs: optionalBigint(row.success_asked_at_ms),
      successEndedAtMs: optionalBigint(row.success_ended_at_ms),
      failure:
        row.failure_code === null
          ? undefined
          : {
              code: row.failure_code as CollectionFailureCode,
              message: row.failure_message ?? '',
            },
      failedRunCount: row.failed_run_count,
      factCount: row.fact_count,
      statedAtMs: optionalBigint(row.stated_at_ms),
    },
  };
}

/** State of the room; see the migration for what each column means. */
export class CollectorsStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async ofCollector(collectorId: string): Promise<Map<string, StoredSource>> {
    const rows: CollectorStateRow[] = await this.#db
      .knex<CollectorStateRow>('collector_state')
      .where('collector_state.collector_id', collectorId);
    return new Map(rows.map(row => [row.subject, sourceFrom(row)]));
  }

  async list(subject: string | undefined): Promise<StoredSource[]> {
    const query = this.#db.knex<CollectorStateRow>('collector_state');
    if (subject !== undefined) query.where('collector_state.subject', subject);
    const rows: CollectorStateRow[] = await query;
    return rows.map(sourceFrom);
  }

  /** The newest change of each source up to and including a moment. */
  async transitionsUpTo(
    atMs: number,
    subject: string | undefined,
  ): Promise<StoredTransition[]> {
    const { knex } = this.#db;
    const newest = knex('collector_transition')
      .select(
        'collector_transition.collector_id',
        'collector_transition.subject',
      )
      .max({ at_ms: 'collector_transition.at_ms' })
      .where('collector_transition.at_ms', '<=', atMs)
      .groupBy(
        'collector_transition.collector_id',
        'collector_transition.subject',
      )
      .as('newest');
    if (subject !== undefined)
      newest.where('collector_transition.subject', subject);
    const rows: CollectorTransitionRow[] = await knex(
      'collector_transition as t',
    )
      .select('t.*')
      .join(newest, join =>
        join
          .on('newest.collector_id', 't.collector_id')
          .andOn('newest.subject', 't.subject')
          .andOn('newest.at_ms', 't.at_ms'),
      );
    return rows.map(row => ({
      collectorId: row.collector_id,
      subject: row.subject,
      atMs: readBigint(row.at_ms),
      state: row.state as 'working' | 'failing',
      failureCode: (row.failure_code as CollectionFailureCode) ?? undefined,
      successEndedAtMs: optionalBigint(row.success_ended_at_ms),
      evidenceId: row.evidence_id ?? undefined,
    }));
  }

  async save(tx: Tx, source: StoredSource): Promise<void> {
    const { state } = source;
    const row: CollectorStateRow = {
      collector_id: source.collectorId,
      subject: source.subject,
      collector_version: source.collectorVersion,
      state: state.state,
      since_ms: state.sinceMs,
      asked_at_ms: state.askedAtMs,
      ended_at_ms: state.endedAtMs,
      success_asked_at_ms: state.successAskedAtMs ?? null,
      success_ended_at_ms: state.successEndedAtMs ?? null,
      failure_code: state.failure?.code ?? null,
      failure_message: state.failure?.message ?? null,
      failed_run_count: state.failedRunCount,
      fact_count: state.factCount,
      memory:
        source.memory === undefined ? null : JSON.stringify(source.memory),
      evidence_id: source.evidenceId ?? null,
      stated_at_ms: state.statedAtMs ?? null,
    };
    await tx<CollectorStateRow>('collector_state')
      .insert(row)
      .onConflict(['collector_id', 'subject'])
      .merge();
  }

  async addTransition(tx: Tx, transition: StoredTransition): Promise<void> {
    await tx<CollectorTransitionRow>('collector_transition').insert({
      collector_id: transition.collectorId,
      subject: transition.subject,
      at_ms: transition.atMs,
      state: transition.state,
      failure_code: transition.failureCode ?? null,
      success_ended_at_ms: transition.successEndedAtMs ?? null,
      evidence_id: transition.evidenceId ?? null,
    });
  }

  /** Names the evidence of a status, once the ledger has given it its place. */
  async noteEvidence(
    source: Pick<StoredSource, 'collectorId' | 'subject'>,
    evidenceId: string,
    transitionAtMs: number | undefined,
  ): Promise<void> {
    const { knex } = this.#db;
    const key = { collector_id: source.collectorId, subject: source.subject };
    await knex('collector_state')
      .where(key)
      .update({ evidence_id: evidenceId });
    if (transitionAtMs === undefined) return;
    await knex('collector_transition')
      .where({ ...key, at_ms: transitionAtMs })
      .update({ evidence_id: evidenceId });
  }
}
