import {
  fingerprintOf,
  formatTlogProof,
  Hasher,
  hexOfKeyId,
  parseSignedNote,
  parseVerifierKey,
  toBase64,
  toHex,
} from '@ai-assurance/evidence';
import {
  Consistency,
  HeadSummary,
  LedgerKeyInfo,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError, NotFoundError } from '@backstage/errors';
import { Db, readBigint, withCode } from '../../platform';
import { KeyBook } from '../keys';
import { HeadRow } from '../tables';
import { TreeReader } from '../TreeReader';
import { PublicationStore } from './PublicationStore';

/**
 * What strangers ask to check the log: its heads, its keys, and proofs between heads. `asOfMs` answers from the heads that
 * were signed by then.
 */
export class HeadReader {
  readonly #deps: {
    db: Db;
    hash: Hasher;
    keys: KeyBook;
    publications: PublicationStore;
  };

  constructor(deps: {
    db: Db;
    hash: Hasher;
    keys: KeyBook;
    publications: PublicationStore;
  }) {
    this.#deps = deps;
  }

  /** A page of heads, newest first. `nextSize` is absent on the last page. */
  async list(query: {
    limit: number;
    beforeSize?: number;
    asOfMs?: number;
  }): Promise<{ heads: HeadSummary[]; nextSize: number | undefined }> {
    const page = this.#heads(query.asOfMs);
    if (query.beforeSize !== undefined)
      page.where('ledger_head.size', '<', query.beforeSize);
    const rows: HeadRow[] = await page.limit(query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const cosignatures = await this.#deps.publications.cosignaturesOf(
      shown.map(row => readBigint(row.size)),
    );
    const heads = shown.map(row =>
      summaryOf(row, withLines(row, cosignatures.get(readBigint(row.size)))),
    );
    return {
      heads,
      nextSize:
        rows.length > query.limit ? heads[heads.length - 1].size : undefined,
    };
  }

  /** The newest head; `undefined` before the first. */
  async newest(asOfMs?: number): Promise<HeadSummary | undefined> {
    return (await this.list({ limit: 1, asOfMs })).heads[0];
  }

  /** The signed head of a size, with the cosignatures of witnesses. Throws NotFoundError `HEAD_NOT_FOUND`. */
  async checkpoint(size: number, asOfMs?: number): Promise<string> {
    const row: HeadRow | undefined = await this.#heads(asOfMs)
      .where('ledger_head.size', size)
      .first();
    if (!row) {
      throw withCode(
        new NotFoundError(
          `No head of ${size} entries was signed. Heads are signed once for each transaction; see /ledger/heads.`,
        ),
        'HEAD_NOT_FOUND',
      );
    }
    const lines = await this.#deps.publications.cosignaturesOf([size]);
    return withLines(row, lines.get(size));
  }

  /** The newest head as text, with cosignatures. Throws NotFoundError `LEDGER_EMPTY`. */
  async newestCheckpoint(asOfMs?: number): Promise<string> {
    const row: HeadRow | undefined = await this.#heads(asOfMs).first();
    if (!row) throw empty();
    const size = readBigint(row.size);
    const lines = await this.#deps.publications.cosignaturesOf([size]);
    return withLines(row, lines.get(size));
  }

  /**
   * That the log of `to` entries continues the log of `from`. `to` defaults to the newest head. Throws InputError
   * `INVALID_SIZES` for sizes that the log does not have, or the wrong way round.
   */
  async consistency(
    from: number,
    to: number | undefined,
    asOfMs?: number,
  ): Promise<Consistency> {
    const newest: HeadRow | undefined = await this.#heads(asOfMs).first();
    if (!newest) throw empty();
    const size = readBigint(newest.size);
    const later = to ?? size;
    if (from > later || later > size) {
      throw withCode(
        new InputError(
          `query: there is no proof from ${from} to ${later} entries; the log has ${size}. The earlier size comes first, and neither is beyond the newest head.`,
        ),
        'INVALID_SIZES',
      );
    }
    const laterTree = this.#tree(later);
    const signed: HeadRow | undefined = await this.#heads(asOfMs)
      .where('ledger_head.size', later)
      .first();
    return {
      from: { size: from, rootHash: toHex(await this.#tree(from).root()) },
      to: { size: later, rootHash: toHex(await laterTree.root()) },
      hashes: (await laterTree.consistencyProof(from)).map(toBase64),
      ...(signed && { checkpoint: signed.note }),
    };
  }

  /**
   * The inclusion proof of one item as text. `cosigned`: under the newest head that a witness cosigned. Throws NotFoundError
   * `EVIDENCE_NOT_FOUND`, or `NOT_COSIGNED` when no such head covers the item.
   */
  async proof(
    evidenceId: string,
    head: 'newest' | 'cosigned',
    asOfMs?: number,
  ): Promise<string> {
    const newest = await this.newest(asOfMs);
    const position = /^(0|[1-9][0-9]{0,14})$/.test(evidenceId)
      ? Number(evidenceId)
      : undefined;
    if (!newest || position === undefined || position >= newest.size) {
      throw withCode(
        new NotFoundError(
          `There is no evidence with the id ${evidenceId}. Ids are ledger positions, such as 17.`,
        ),
        'EVIDENCE_NOT_FOUND',
      );
    }
    const size =
      head === 'newest'
        ? newest.size
        : await this.#deps.publications.newestCosigned(newest.size);
    if (size === undefined || position >= size) {
      throw withCode(
        new NotFoundError(
          `No witness has cosigned a head that covers ${evidenceId} yet. Ask for the newest head, or later.`,
        ),
        'NOT_COSIGNED',
      );
    }
    return formatTlogProof({
      index: position,
      hashes: await this.#tree(size).inclusionProof(position),
      checkpoint: await this.checkpoint(size, asOfMs),
    });
  }

  /** Every key that signed, oldest first. */
  async keys(asOfMs?: number): Promise<LedgerKeyInfo[]> {
    const all = await this.#deps.keys.list();
    const keys = all.filter(
      key => asOfMs === undefined || key.addedAtMs <= asOfMs,
    );
    return keys.map((key, i) => ({
      verifierKey: key.verifierKey,
      keyId: key.keyId,
      fingerprint: fingerprintOf(parseVerifierKey(key.verifierKey)),
      fromSize: key.fromSize,
      ...(keys[i + 1] && { untilSize: keys[i + 1].fromSize - 1 }),
      addedAtMs: key.addedAtMs,
      ...(key.handOver !== undefined && { handOver: key.handOver }),
    }));
  }

  #heads(asOfMs: number | undefined) {
    const query = this.#deps.db
      .knex<HeadRow>('ledger_head')
      .orderBy('ledger_head.size', 'desc');
    if (asOfMs !== undefined)
      query.where('ledger_head.signed_at_ms', '<=', asOfMs);
    return query;
  }

  #tree(size: number): TreeReader {
    const { db, hash } = this.#deps;
    return new TreeReader({ knex: db.knex, hash, size });
  }
}

function withLines(row: HeadRow, lines: string | undefined): string {
  return row.note + (lines ?? '');
}

function summaryOf(row: HeadRow, note: string): HeadSummary {
  return {
    size: readBigint(row.size),
    rootHash: row.root_hash,
    signedAtMs: readBigint(row.signed_at_ms),
    keyIds: parseSignedNote(note).signatures.map(s => hexOfKeyId(s.keyId)),
  };
}

function empty(): Error {
  return withCode(
    new NotFoundError('The ledger is empty: nothing was signed yet.'),
    'LEDGER_EMPTY',
  );
}
