import { Pack } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../platform';
import { PackRow } from './tables';

const listLimit = 200;

/** Which packs were exported. */
export class AuditStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async insert(tx: Tx, pack: Pack): Promise<void> {
    const row: PackRow = {
      pack_id: pack.packId,
      subject: pack.subject,
      period_start_ms: pack.periodStartMs,
      period_end_ms: pack.periodEndMs,
      item_count: pack.itemCount,
      tree_size: pack.treeSize,
      size_bytes: pack.sizeBytes,
      file_digest: pack.fileDigest,
      exported_by: pack.exportedBy,
      exported_at_ms: pack.exportedAtMs,
    };
    await tx<PackRow>('audit_pack').insert(row);
  }

  /**
   * The newest packs first, at most 200: older ones are in the ledger as evidence of their export. With `asOfMs` those that
   * were exported by then.
   */
  async list(asOfMs?: number): Promise<Pack[]> {
    const query = this.#db.knex<PackRow>('audit_pack').select('audit_pack.*');
    if (asOfMs !== undefined)
      query.where('audit_pack.exported_at_ms', '<=', asOfMs);
    const rows: PackRow[] = await query
      .orderBy([
        { column: 'audit_pack.exported_at_ms', order: 'desc' },
        { column: 'audit_pack.pack_id', order: 'desc' },
      ])
      .limit(listLimit);
    return rows.map(packOf);
  }

  async byId(packId: string): Promise<Pack | undefined> {
    const row = await this.#db
      .knex<PackRow>('audit_pack')
      .where('audit_pack.pack_id', packId)
      .first();
    return row && packOf(row);
  }
}

function packOf(row: PackRow): Pack {
  return {
    packId: row.pack_id,
    subject: row.subject,
    periodStartMs: readBigint(row.period_start_ms),
    periodEndMs: readBigint(row.period_end_ms),
    itemCount: readBigint(row.item_count),
    treeSize: readBigint(row.tree_size),
    sizeBytes: readBigint(row.size_bytes),
    fileDigest: row.file_digest,
    exportedBy: row.exported_by,
    exportedAtMs: readBigint(row.exported_at_ms),
  };
}
