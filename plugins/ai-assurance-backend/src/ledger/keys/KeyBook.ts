import { parseSignedNote, parseVerifierKey } from '@ai-assurance/evidence';
import { Knex } from 'knex';
import { Db, readBigint, Tx } from '../../platform';
import { CounterRow, KeyRow } from '../tables';

/** A key that signed, or signs, the heads of the log. */
export interface LedgerKey {
  verifierKey: string;
  keyId: string;
  /** Size of the first head that it signs. */
  fromSize: number;
  addedAtMs: number;
  /** Note that this key and the previous one signed; `undefined` for the first key, and where the previous one was lost. */
  handOver: string | undefined;
}

/** The public keys of the log, oldest first. Rows are only ever added, at the start of a replica. */
export class KeyBook {
  readonly #db: Db;
  #keys: LedgerKey[] = [];

  constructor(db: Db) {
    this.#db = db;
  }

  /** Every key as the database has it now, oldest first. */
  async list(from: Knex | Tx = this.#db.knex): Promise<LedgerKey[]> {
    const rows: KeyRow[] = await from<KeyRow>('ledger_key').orderBy(
      'ledger_key.from_size',
    );
    this.#keys = rows.map(keyOf);
    return this.#keys;
  }

  /**
   * The key of a signed head. It reads the keys again only when it meets a head that none of those it knows signed: another
   * replica has brought a new one. Falls back to the newest key, under which such a head then does not verify.
   */
  async keyOfHead(note: string): Promise<string> {
    return (
      signerAmong(this.#keys, note) ??
      signerAmong(await this.list(), note) ??
      this.#keys[this.#keys.length - 1].verifierKey
    );
  }

  /** Adds a key and makes it the one that signs. MUST run under the lock of the counter row. */
  async add(tx: Tx, key: LedgerKey): Promise<void> {
    await tx<KeyRow>('ledger_key').insert({
      from_size: key.fromSize,
      key_id: key.keyId,
      verifier_key: key.verifierKey,
      hand_over: key.handOver ?? null,
      added_at_ms: key.addedAtMs,
    });
    await tx<CounterRow>('ledger_counter')
      .where('ledger_counter.id', 1)
      .update({ key_id: key.keyId });
  }
}

/** The key that signs the head of this size, by the ranges of the keys. `undefined` before there is any key. */
export function keyAt(keys: LedgerKey[], size: number): LedgerKey | undefined {
  return [...keys].reverse().find(key => key.fromSize <= size) ?? keys[0];
}

// The newest key counts: the first head after a rotation may be signed by two.
function signerAmong(keys: LedgerKey[], note: string): string | undefined {
  const { signatures } = parseSignedNote(note);
  return [...keys].reverse().find(({ verifierKey }) => {
    const { name, keyId } = parseVerifierKey(verifierKey);
    return signatures.some(s => s.name === name && s.keyId === keyId);
  })?.verifierKey;
}

function keyOf(row: KeyRow): LedgerKey {
  return {
    verifierKey: row.verifier_key,
    keyId: row.key_id,
    fromSize: readBigint(row.from_size),
    addedAtMs: readBigint(row.added_at_ms),
    handOver: row.hand_over ?? undefined,
  };
}
