import { formatTlogProof, Hasher } from '@ai-assurance/evidence';
import {
  EvidenceDetail,
  EvidenceSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { Knex } from 'knex';
import { AsOf, Db, readBigint, readPrepared, withCode } from '../platform';
import { itemOf } from './core/prepare';
import { KeyBook } from './keys';
import { redactionOf, redactionPositions } from './redaction';
import { ItemRecord, recordsOf } from './rows';
import { headAt, headOf, LedgerAt } from './LedgerAt';
import { newestOfEach } from './newestRead';
import { pageRead } from './pageRead';
import { itemRead, newestHeadRead } from './reads';
import { HeadRow, ItemRow, RedactionRow } from './tables';
import { TileMemory, TreeReader } from './TreeReader';
import {
  EvidenceQuery,
  LedgerAnswers,
  LedgerEntry,
  LedgerExport,
  LedgerHistory,
  LedgerFact,
  LedgerLookup,
  LedgerNewest,
  NewestQuestion,
  StoredEvidence,
} from './types';
import { Words } from './words';

const exportPageSize = 500;
const idsPerQuery = 500;

/** All reads of the ledger. Rows never change, so no read needs a transaction: a head read first bounds what follows. */
export class LedgerReader
  implements
    LedgerAnswers,
    LedgerExport,
    LedgerHistory,
    LedgerLookup,
    LedgerNewest
{
  readonly #deps: { db: Db; hash: Hasher; keys: KeyBook; words: Words };
  readonly #wholeTiles = new TileMemory();

  constructor(deps: { db: Db; hash: Hasher; keys: KeyBook; words: Words }) {
    this.#deps = deps;
  }

  async latest(
    subject: string,
    type: string,
  ): Promise<StoredEvidence | undefined> {
    const [row] = await this.#page({ subject, type, limit: 1 });
    return row && storedOf(row);
  }

  async list(query: EvidenceQuery): Promise<StoredEvidence[]> {
    return (await this.#page(query)).map(storedOf);
  }

  async newestOfEach(
    questions: readonly NewestQuestion[],
    limit: number,
  ): Promise<LedgerFact[][]> {
    return newestOfEach(this.#deps, questions, limit);
  }

  async byId(evidenceId: string): Promise<StoredEvidence | undefined> {
    const row = await this.#byId(evidenceId);
    return row && storedOf(row);
  }

  async bySource(
    source: string,
    ids: string[],
  ): Promise<Map<string, StoredEvidence>> {
    const { knex } = this.#deps.db;
    const { words } = this.#deps;
    const number = (await words.idsOf(knex, [source])).get(source);
    const found = new Map<string, StoredEvidence>();
    if (number === undefined) return found;
    for (let at = 0; at < ids.length; at += idsPerQuery) {
      const rows: ItemRow[] = await knex<ItemRow>('ledger_item')
        .select('ledger_item.*')
        .where('ledger_item.source', number)
        .whereIn('ledger_item.id', ids.slice(at, at + idsPerQuery));
      for (const record of await recordsOf(knex, words, rows))
        found.set(record.id, storedOf(record));
    }
    return found;
  }

  async holds(subject: string, type: string): Promise<boolean> {
    const { read, values } = pageRead(
      { subject, type, limit: 1 },
      this.#keptIds,
      'position',
    );
    return (await readPrepared(this.#deps.db.knex, read, values)).length > 0;
  }

  async head() {
    const [row] = await readPrepared<HeadRow>(
      this.#deps.db.knex,
      newestHeadRead,
      [],
    );
    return row && headOf(row);
  }

  async asOf(asOf: AsOf): Promise<LedgerAt> {
    return new LedgerAt(this, await headAt(this.#deps.db, asOf.atMs), asOf);
  }

  /**
   * One item with its proof under the newest head, or under the newest one that was signed by `asOfMs`. Throws
   * NotFoundError `EVIDENCE_NOT_FOUND`, also for what was not recorded yet then.
   */
  async detail(evidenceId: string, asOfMs?: number): Promise<EvidenceDetail> {
    const row = await this.#byId(evidenceId);
    const head =
      asOfMs === undefined
        ? await this.head()
        : await headAt(this.#deps.db, asOfMs);
    if (!row || !head || readBigint(row.position) >= head.size) {
      throw withCode(
        new NotFoundError(
          `There is no evidence with the id ${evidenceId}. Ids are ledger positions, such as 17.`,
        ),
        'EVIDENCE_NOT_FOUND',
      );
    }
    const summary = summaryOf(row);
    const tree = new TreeReader({
      knex: this.#deps.db.knex,
      hash: this.#deps.hash,
      size: head.size,
      wholeTiles: this.#wholeTiles,
    });
    const hashes = await tree.inclusionProof(summary.position);
    const { data, ...attributes } = itemOf(row);
    return {
      ...summary,
      item:
        row.payload === undefined
          ? { ...attributes, data: { envelope: data.envelope } }
          : { ...attributes, data },
      leafHash: row.leafHash,
      payloadCommitment: row.payloadCommitment,
      proof: formatTlogProof({
        index: summary.position,
        hashes,
        checkpoint: head.checkpoint,
      }),
      verifierKey: await this.#deps.keys.keyOfHead(head.checkpoint),
      leaf: row.leaf,
      ...(row.salt === undefined
        ? { redaction: await redactionOf(this.#deps.db.knex, row.position) }
        : { salt: row.salt }),
    };
  }

  async *entries(query: {
    subject: string;
    fromMs: number;
    toMs: number;
    size: number;
  }): AsyncGenerator<LedgerEntry> {
    const { knex } = this.#deps.db;
    const { words, hash } = this.#deps;
    const subject = (await words.idsOf(knex, [query.subject])).get(
      query.subject,
    );
    if (subject === undefined) return;
    const tree = new TreeReader({ knex, hash, size: query.size });
    let after = -1;
    for (;;) {
      const rows: ItemRow[] = await knex<ItemRow>('ledger_item')
        .select('ledger_item.*')
        .where('ledger_item.subject', subject)
        .andWhere('ledger_item.position', '>', after)
        .andWhere('ledger_item.position', '<', query.size)
        .andWhere(wanted =>
          wanted
            .where(observed =>
              observed
                .where('ledger_item.time_ms', '>=', query.fromMs)
                .andWhere('ledger_item.time_ms', '<', query.toMs),
            )
            // What erased an item of the period belongs to it, whenever that was.
            .orWhereIn(
              'ledger_item.position',
              redactionsWithin(knex, { ...query, subject }),
            ),
        )
        .orderBy('ledger_item.position')
        .limit(exportPageSize);
      const records = await recordsOf(knex, words, rows);
      const redactions = await redactionPositions(
        knex,
        records
          .filter(record => record.payload === undefined)
          .map(record => record.position),
      );
      for (const record of records) {
        const { position } = record;
        after = position;
        const redaction = redactions.get(position);
        yield {
          position,
          item: itemOf(record),
          timeMs: record.timeMs,
          status: record.payload === undefined ? undefined : record.status,
          ...(record.payload === undefined && { isErased: true as const }),
          leaf: record.leaf,
          leafHash: record.leafHash,
          payload: record.payload ?? null,
          salt: record.salt ?? null,
          ...(redaction !== undefined && {
            redaction: { position: redaction },
          }),
          payloadCommitment: record.payloadCommitment,
          proof: await tree.inclusionProof(position),
        };
      }
      if (rows.length < exportPageSize) return;
    }
  }

  async positionBefore(recordedAtMs: number): Promise<number> {
    const head = await this.#deps.db
      .knex<HeadRow>('ledger_head')
      .select('ledger_head.size')
      .where('ledger_head.signed_at_ms', '<', recordedAtMs)
      .orderBy([
        { column: 'ledger_head.signed_at_ms', order: 'desc' },
        { column: 'ledger_head.size', order: 'desc' },
      ])
      .first();
    return head ? readBigint(head.size) : 0;
  }

  /** The item at a position, as the ledger keeps it. */
  async record(position: number): Promise<ItemRecord | undefined> {
    return this.#byId(String(position));
  }

  readonly #keptIds = (asked: readonly string[]) => {
    const kept = this.#deps.words.keptIds(asked);
    return kept && [...kept.values()];
  };

  async #byId(evidenceId: string): Promise<ItemRecord | undefined> {
    // A safe integer in its one spelling; anything else would reach the database as a wrong type.
    if (!/^(0|[1-9][0-9]{0,14})$/.test(evidenceId)) return undefined;
    const { knex } = this.#deps.db;
    const rows = await readPrepared<ItemRow>(knex, itemRead, [
      Number(evidenceId),
    ]);
    return (await recordsOf(knex, this.#deps.words, rows))[0];
  }

  async #page(query: EvidenceQuery): Promise<ItemRecord[]> {
    const { words } = this.#deps;
    const { knex } = this.#deps.db;
    const { read, values } = pageRead(query, this.#keptIds);
    return recordsOf(
      knex,
      words,
      await readPrepared<ItemRow>(knex, read, values),
    );
  }
}

function storedOf(record: ItemRecord): StoredEvidence {
  const { position, timeMs, recordedAtMs, expiresAtMs } = record;
  return {
    evidenceId: String(position),
    position,
    item: itemOf(record),
    timeMs,
    recordedAtMs,
    expiresAtMs,
    status: record.payload === undefined ? undefined : record.status,
    ...(record.payload === undefined && { isErased: true as const }),
  };
}

function summaryOf(record: ItemRecord): EvidenceSummary {
  const { position, source, id, type, subject } = record;
  const { timeMs, recordedAtMs, expiresAtMs } = record;
  return {
    evidenceId: String(position),
    position,
    timeMs,
    recordedAtMs,
    expiresAtMs,
    status: record.payload === undefined ? undefined : record.status,
    source,
    id,
    type,
    subject,
    ...(record.payload === undefined && { redacted: true as const }),
  };
}

/** Positions of the redactions of those items of a subject and period that are redacted. */
function redactionsWithin(
  knex: Knex,
  within: { subject: number; fromMs: number; toMs: number },
): Knex.QueryBuilder {
  return knex<RedactionRow>('ledger_redaction')
    .join(
      'ledger_item as erased',
      'erased.position',
      'ledger_redaction.position',
    )
    .where('erased.subject', within.subject)
    .andWhere('erased.time_ms', '>=', within.fromMs)
    .andWhere('erased.time_ms', '<', within.toMs)
    .select('ledger_redaction.redaction_position');
}
