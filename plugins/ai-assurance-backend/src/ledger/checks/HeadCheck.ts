import { createPublicKey, KeyObject, verify } from 'node:crypto';
import {
  checkpointBody,
  parseSignedNote,
  parseVerifierKey,
  utf8,
  verifyCheckpoint,
} from '@ai-assurance/evidence';
import { Db } from '../../platform';
import { HeadRow } from '../tables';
import { Finding, wholeNumber } from './Finding';

/** Signatures that are being verified at once; each costs a tenth of a millisecond of some thread. */
const maxPending = 256;

interface NativeKey {
  name: string;
  keyId: number;
  publicKey: KeyObject;
}

/** What SPKI puts in front of the 32 bytes of an Ed25519 key. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Checks the heads of a ledger while its items go by. Signatures are verified by the platform, several at a time, beside
 * the items; what the platform refuses is looked at once more by the code that strangers verify with, for its words.
 */
export class HeadCheck {
  readonly #db: Db;
  readonly #keyOf: (headSize: number) => string;
  readonly #keys = new Map<string, NativeKey>();
  #heads = new Map<number, HeadRow>();
  #pending = new Set<Promise<void>>();
  #findings: { size: number; finding: unknown }[] = [];
  count = 0;

  constructor(deps: { db: Db; keyOf: (headSize: number) => string }) {
    this.#db = deps.db;
    this.#keyOf = deps.keyOf;
  }

  /** Reads the heads of trees of `(from, to]` items. Waits while too many signatures are being verified. */
  async open(from: number, to: number): Promise<void> {
    while (this.#pending.size >= maxPending)
      await Promise.race([...this.#pending]);
    if (this.#findings.length > 0) await this.settle();
    const rows: HeadRow[] = await this.#db
      .knex<HeadRow>('ledger_head')
      .where('ledger_head.size', '>', from)
      .andWhere('ledger_head.size', '<=', to);
    this.#heads = new Map(
      rows.map(row => [
        wholeNumber(row.size, {
          table: 'ledger_head',
          row: String(row.size),
          column: 'size',
        }),
        row,
      ]),
    );
  }

  isAt(size: number): boolean {
    return this.#heads.has(size);
  }

  /** Checks the head of this size. A wrong signature is told by {@link settle} or {@link firstFinding}. */
  check(size: number, derivedRoot: string, recordedAtMs: number): void {
    const head = this.#heads.get(size)!;
    this.count += 1;
    if (head.root_hash !== derivedRoot)
      throw new Finding(
        'ledger_head',
        size,
        'The root is not that of the leaves',
      );
    const signedAtMs = wholeNumber(head.signed_at_ms, {
      table: 'ledger_head',
      row: size,
      column: 'signed_at_ms',
    });
    if (signedAtMs !== recordedAtMs)
      throw new Finding(
        'ledger_head',
        size,
        `It was signed at ${signedAtMs}, its newest item was recorded at ${recordedAtMs}`,
      );
    const verified = this.#verify(head.note, size, derivedRoot)
      .catch(finding => {
        this.#findings.push({ size, finding });
      })
      .finally(() => this.#pending.delete(verified));
    this.#pending.add(verified);
  }

  /** Waits for every signature. Throws the finding about the smallest head. */
  async settle(): Promise<void> {
    const finding = await this.firstFinding();
    if (finding !== undefined) throw finding;
  }

  /** Waits for every signature, and answers with the finding about the smallest head. */
  async firstFinding(): Promise<unknown> {
    await Promise.all(this.#pending);
    return this.#findings.sort((a, b) => a.size - b.size)[0]?.finding;
  }

  async #verify(note: string, size: number, rootHash: string): Promise<void> {
    const verifierKey = this.#keyOf(size);
    if (await this.#isSigned(note, verifierKey, { size, rootHash })) return;
    let stated;
    try {
      stated = verifyCheckpoint(note, verifierKey);
    } catch (error) {
      throw new Finding(
        'ledger_head',
        size,
        `The signature does not hold: ${(error as Error).message}`,
      );
    }
    if (stated.rootHash !== rootHash || stated.size !== size)
      throw new Finding(
        'ledger_head',
        size,
        'The signed text states another tree',
      );
  }

  /** Whether this key signed exactly this tree. False for all that has to be looked at more closely. */
  async #isSigned(
    note: string,
    verifierKey: string,
    tree: { size: number; rootHash: string },
  ): Promise<boolean> {
    const key = this.#key(verifierKey);
    let signed;
    try {
      signed = parseSignedNote(note);
    } catch {
      return false;
    }
    if (signed.body !== checkpointBody({ origin: key.name, ...tree }))
      return false;
    const mine = signed.signatures.filter(
      ({ name, keyId }) => name === key.name && keyId === key.keyId,
    );
    if (mine.length !== 1) return false;
    return new Promise((resolve, reject) => {
      verify(
        null,
        utf8(signed.body),
        key.publicKey,
        mine[0].signature,
        (error, holds) => (error ? reject(error) : resolve(holds)),
      );
    });
  }

  #key(verifierKey: string): NativeKey {
    const kept = this.#keys.get(verifierKey);
    if (kept) return kept;
    const { name, keyId, publicKey } = parseVerifierKey(verifierKey);
    const key = {
      name,
      keyId,
      publicKey: createPublicKey({
        key: Buffer.concat([spkiPrefix, publicKey]),
        format: 'der',
        type: 'spki',
      }),
    };
    this.#keys.set(verifierKey, key);
    return key;
  }
}
