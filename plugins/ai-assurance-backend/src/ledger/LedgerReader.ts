import { formatTlogProof, Hasher } from '@ai-assurance/evidence';
import {
  EvidenceDetail,
  EvidenceSummary,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { Db, readBigint, withCode } from '../platform';
import { itemOf } from './core/prepare';
import { KeyBook } from './keys';
import { HeadRow, ItemRow } from './tables';
import { TreeReader } from './TreeReader';
import {
  EvidenceQuery,
  LedgerAnswers,
  LedgerEntry,
  LedgerExport,
  StoredEvidence,
} from './types';

const exportPageSize = 500;

/** All reads of the ledger. Rows never change, so no read needs a transaction: a head read first bounds what follows. */
export class LedgerReader implements LedgerAnswers, LedgerExport {
  readonly #deps: { db: Db; hash: Hasher; keys: KeyBook };

  constructor(deps: { db: Db; hash: Hasher; keys: KeyBook }) {
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

  async byId(evidenceId: string): Promise<StoredEvidence | undefined> {
    const row = await this.#byId(evidenceId);
    return row && storedOf(row);
  }

  async head() {
    const row = await this.#deps.db
      .knex<HeadRow>('ledger_head')
      .orderBy('ledger_head.size', 'desc')
      .first();
    if (!row) return undefined;
    return {
      size: readBigint(row.size),
      rootHash: row.root_hash,
      checkpoint: row.note,
      signedAtMs: readBigint(row.signed_at_ms),
    };
  }

  /** A page of the evidence list, newest first. `nextPosition` is absent on the last page. */
  async summaries(
    query: EvidenceQuery,
  ): Promise<{ items: EvidenceSummary[]; nextPosition: number | undefined }> {
    const rows = await this.#page({ ...query, limit: query.limit + 1 });
    const items = rows.slice(0, query.limit).map(summaryOf);
    return {
      items,
      nextPosition:
        rows.length > query.limit
          ? items[items.length - 1].position
          : undefined,
    };
  }

  /** One item with its proof under the newest head. Throws NotFoundError `EVIDENCE_NOT_FOUND`. */
  async detail(evidenceId: string): Promise<EvidenceDetail> {
    const row = await this.#byId(evidenceId);
    const head = await this.head();
    if (!row || !head) {
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
    });
    const hashes = await tree.inclusionProof(summary.position);
    return {
      ...summary,
      item: itemOf(row),
      leafHash: row.leaf_hash,
      payloadCommitment: row.payload_commitment,
      proof: formatTlogProof({
        index: summary.position,
        hashes,
        checkpoint: head.checkpoint,
      }),
      verifierKey: await this.#deps.keys.keyOfHead(head.checkpoint),
      leaf: row.leaf,
      salt: row.salt,
    };
  }

  async *entries(query: {
    subject: string;
    fromMs: number;
    toMs: number;
    size: number;
  }): AsyncGenerator<LedgerEntry> {
    const { knex } = this.#deps.db;
    const tree = new TreeReader({
      knex,
      hash: this.#deps.hash,
      size: query.size,
    });
    let after = -1;
    for (;;) {
      const rows: ItemRow[] = await knex<ItemRow>('ledger_item')
        .select('ledger_item.*')
        .where('ledger_item.subject', query.subject)
        .andWhere('ledger_item.position', '>', after)
        .andWhere('ledger_item.position', '<', query.size)
        .andWhere('ledger_item.time_ms', '>=', query.fromMs)
        .andWhere('ledger_item.time_ms', '<', query.toMs)
        .orderBy('ledger_item.position')
        .limit(exportPageSize);
      for (const row of rows) {
        const position = readBigint(row.position);
        after = position;
        yield {
          position,
          item: itemOf(row),
          timeMs: readBigint(row.time_ms),
          status: (row.status as VerdictStatus | null) ?? undefined,
          leaf: row.leaf,
          leafHash: row.leaf_hash,
          payload: row.payload,
          salt: row.salt,
          payloadCommitment: row.payload_commitment,
          proof: await tree.inclusionProof(position),
        };
      }
      if (rows.length < exportPageSize) return;
    }
  }

  async #byId(evidenceId: string): Promise<ItemRow | undefined> {
    // A safe integer in its one spelling; anything else would reach the database as a wrong type.
    if (!/^(0|[1-9][0-9]{0,14})$/.test(evidenceId)) return undefined;
    return this.#deps.db
      .knex<ItemRow>('ledger_item')
      .where('ledger_item.position', Number(evidenceId))
      .first();
  }

  #page(query: EvidenceQuery): Promise<ItemRow[]> {
    const page = this.#deps.db
      .knex<ItemRow>('ledger_item')
      .select('ledger_item.*');
    if (query.subject !== undefined)
      page.where('ledger_item.subject', query.subject);
    if (query.type !== undefined) page.where('ledger_item.type', query.type);
    if (query.fromMs !== undefined)
      page.where('ledger_item.time_ms', '>=', query.fromMs);
    if (query.toMs !== undefined)
      page.where('ledger_item.time_ms', '<', query.toMs);
    if (query.beforePosition !== undefined)
      page.where('ledger_item.position', '<', query.beforePosition);
    return page
      .orderBy('ledger_item.position', 'desc')
      .limit(query.limit) as unknown as Promise<ItemRow[]>;
  }
}

function storedOf(row: ItemRow): StoredEvidence {
  const position = readBigint(row.position);
  return {
    evidenceId: String(position),
    position,
    item: itemOf(row),
    timeMs: readBigint(row.time_ms),
    recordedAtMs: readBigint(row.recorded_at_ms),
    expiresAtMs:
      row.expires_at_ms === null ? undefined : readBigint(row.expires_at_ms),
    status: (row.status as VerdictStatus | null) ?? undefined,
  };
}

function summaryOf(row: ItemRow): EvidenceSummary {
  const { item: _item, ...stored } = storedOf(row);
  return {
    ...stored,
    source: row.source,
    id: row.id,
    type: row.type,
    subject: row.subject,
  };
}
