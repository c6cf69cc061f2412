import {
  Quarantined,
  QuarantineList,
  QuarantineState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError } from '@backstage/errors';
import { Knex } from 'knex';
import { AsOf, Db, readBigint, withCode } from '../platform';
import { QuarantineRow } from './tables';

export interface QuarantineQuery {
  state?: QuarantineState;
  code?: string;
  subject?: string;
  limit: number;
  cursor?: string;
}

/** Everything but the bytes. */
const listed = [
  'id',
  'received_at_ms',
  'last_received_at_ms',
  'received_count',
  'origin',
  'caller',
  'source',
  'given_id',
  'type',
  'subject',
  'code',
  'message',
  'size_bytes',
  'kept_bytes',
  'digest',
  'state',
  'row_version',
  'resolved_by',
  'resolved_at_ms',
  'discard_reason',
  'evidence_id',
].map(name => `quarantine_item.${name}`);

const waitingPerPage = 1000;

/** Reads of the quarantine. */
export class QuarantineAnswers {
  readonly #db: Db;

  constructor(deps: { db: Db }) {
    this.#db = deps.db;
  }

  /** Newest first, page by page. With `asOf`, as they were then; those resolved long ago are forgotten. */
  async list(query: QuarantineQuery, asOf?: AsOf): Promise<QuarantineList> {
    const select = this.#db
      .knex<QuarantineRow>('quarantine_item')
      .select(listed)
      .orderBy('quarantine_item.id', 'desc')
      .limit(query.limit + 1);
    if (query.code !== undefined)
      void select.where('quarantine_item.code', query.code);
    if (query.subject !== undefined)
      void select.where('quarantine_item.subject', query.subject);
    if (query.cursor !== undefined)
      void select.where('quarantine_item.id', '<', idOf(query.cursor));
    narrowTo(select, query.state, asOf);
    const rows = (await select) as unknown as QuarantineRow[];
    const page = rows.slice(0, query.limit);
    return {
      items: page.map(row => quarantinedOf(asOf ? asItWas(row, asOf) : row)),
      nextCursor:
        rows.length > query.limit ? page[page.length - 1].id : undefined,
      waiting: await this.#waiting(asOf),
    };
  }

  async byId(id: string): Promise<QuarantineRow | undefined> {
    const row = await this.#db
      .knex<QuarantineRow>('quarantine_item')
      .select('quarantine_item.*')
      .where('quarantine_item.id', id)
      .first();
    return row && numbersRead(row);
  }

  /**
   * Waiting items of one reason, those that were judged longest ago first: their ids and subjects, page by page, so that
   * whoever may resolve a few among many does not have to read them all.
   */
  async *waitingFor(query: {
    code: string;
    subject?: string;
  }): AsyncGenerator<{ id: string; subject: string | null }> {
    let after: { id: string; judgedAtMs: number } | undefined;
    for (;;) {
      const select = this.#db
        .knex('quarantine_item')
        .select(
          'quarantine_item.id',
          'quarantine_item.subject',
          'quarantine_item.last_judged_at_ms',
        )
        .where({ code: query.code, state: 'waiting' })
        .orderBy(['quarantine_item.last_judged_at_ms', 'quarantine_item.id'])
        .limit(waitingPerPage);
      if (query.subject !== undefined)
        void select.where('quarantine_item.subject', query.subject);
      if (after) {
        const { id, judgedAtMs } = after;
        void select.where(later =>
          later
            .where('quarantine_item.last_judged_at_ms', '>', judgedAtMs)
            .orWhere(same =>
              same
                .where('quarantine_item.last_judged_at_ms', judgedAtMs)
                .andWhere('quarantine_item.id', '>', id),
            ),
        );
      }
      const rows: Pick<
        QuarantineRow,
        'id' | 'subject' | 'last_judged_at_ms'
      >[] = (await select) as any;
      yield* rows;
      if (rows.length < waitingPerPage) return;
      const last = rows[rows.length - 1];
      after = { id: last.id, judgedAtMs: readBigint(last.last_judged_at_ms) };
    }
  }

  async waitingCount(query: {
    code: string;
    subject?: string;
  }): Promise<number> {
    const select = this.#db
      .knex<QuarantineRow>('quarantine_item')
      .where({ code: query.code, state: 'waiting' })
      .count({ count: '*' });
    if (query.subject !== undefined)
      void select.where('quarantine_item.subject', query.subject);
    return Number((await select)[0].count);
  }

  /** Waiting items of some reasons: those that were judged longest ago. */
  async longestUnjudged(
    codes: readonly string[],
    limit: number,
  ): Promise<QuarantineRow[]> {
    const rows = await this.#db
      .knex<QuarantineRow>('quarantine_item')
      .select('quarantine_item.*')
      .where('quarantine_item.state', 'waiting')
      .whereIn('quarantine_item.code', [...codes])
      .orderBy('quarantine_item.last_judged_at_ms')
      .limit(limit);
    return rows.map(numbersRead);
  }

  async #waiting(asOf?: AsOf): Promise<QuarantineList['waiting']> {
    const select = this.#db
      .knex('quarantine_item')
      .select('quarantine_item.code')
      .count({ count: '*' })
      .groupBy('quarantine_item.code');
    narrowTo(select, 'waiting', asOf);
    const rows: { code: string; count: unknown }[] = (await select) as any;
    return rows
      .map(row => ({ code: row.code, count: readBigint(row.count) }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  }
}

/** Leaves out what had not come in yet, or was in another state, now or at the instant. */
function narrowTo(
  rows: Knex.QueryBuilder,
  state: QuarantineState | undefined,
  asOf: AsOf | undefined,
): void {
  if (!asOf) {
    if (state) rows.where('quarantine_item.state', state);
    return;
  }
  rows.where('quarantine_item.received_at_ms', '<=', asOf.atMs);
  if (state === 'waiting') {
    rows.where(then =>
      then
        .where('quarantine_item.state', 'waiting')
        .orWhere('quarantine_item.resolved_at_ms', '>', asOf.atMs),
    );
  } else if (state) {
    rows
      .where('quarantine_item.state', state)
      .andWhere('quarantine_item.resolved_at_ms', '<=', asOf.atMs);
  }
}

function idOf(cursor: string): string {
  if (!/^qua_[0-9A-Z]{26}$/.test(cursor)) {
    throw withCode(
      new InputError(
        'query.cursor: not a cursor of this list. Send back nextCursor as it came, or leave it out.',
      ),
      'INVALID_CURSOR',
    );
  }
  return cursor;
}

function numbersRead(row: QuarantineRow): QuarantineRow {
  return {
    ...row,
    received_at_ms: readBigint(row.received_at_ms),
    last_received_at_ms: readBigint(row.last_received_at_ms),
    last_judged_at_ms: readBigint(row.last_judged_at_ms),
    resolved_at_ms:
      row.resolved_at_ms === null ? null : readBigint(row.resolved_at_ms),
  };
}

/** What was known of an item at an instant: what happened to it later is taken back. */
export function asItWas(row: QuarantineRow, asOf: AsOf): QuarantineRow {
  if (
    row.resolved_at_ms === null ||
    readBigint(row.resolved_at_ms) <= asOf.atMs
  )
    return row;
  return {
    ...row,
    state: 'waiting',
    resolved_at_ms: null,
    resolved_by: null,
    discard_reason: null,
    evidence_id: null,
  };
}

/** A row as the wire has it. */
export function quarantinedOf(row: QuarantineRow): Quarantined {
  return {
    quarantineId: row.id,
    state: row.state,
    rowVersion: row.row_version,
    receivedAtMs: readBigint(row.received_at_ms),
    lastReceivedAtMs: readBigint(row.last_received_at_ms),
    receivedCount: row.received_count,
    origin: row.origin,
    caller: row.caller,
    source: row.source ?? undefined,
    id: row.given_id ?? undefined,
    type: row.type ?? undefined,
    subject: row.subject ?? undefined,
    code: row.code,
    message: row.message,
    sizeBytes: row.size_bytes,
    digest: row.digest,
    isTruncated: isTruncated(row),
    resolvedBy: row.resolved_by ?? undefined,
    resolvedAtMs:
      row.resolved_at_ms === null ? undefined : readBigint(row.resolved_at_ms),
    discardReason: row.discard_reason ?? undefined,
    evidenceId: row.evidence_id ?? undefined,
  };
}

/** Whether only the beginning of the bytes is kept. Of a resolved item none are. */
export function isTruncated(
  row: Pick<QuarantineRow, 'kept_bytes' | 'size_bytes'>,
): boolean {
  return row.kept_bytes > 0 && row.kept_bytes < row.size_bytes;
}
