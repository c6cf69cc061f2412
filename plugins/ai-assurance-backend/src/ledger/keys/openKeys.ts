import {
  idOfKey,
  keyIdOf,
  NoteSigner,
  verifierKeyOf,
  verifyCheckpoint,
} from '@ai-assurance/evidence';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { Chance, Clock, Db, readBigint, Tx, withCode } from '../../platform';
import { CounterRow, HeadRow } from '../tables';
import { keyAt, KeyBook, LedgerKey } from './KeyBook';
import {
  keyFileWarning,
  loadPreviousKey,
  loadSigningKey,
  SigningKey,
} from './signingKey';

/** What the ledger signs with, and what is to be done before it signs. */
export interface OpenedKeys {
  signer: NoteSigner;
  verifierKey: string;
  book: KeyBook;
  /** Set when the configured key is a new one that may take over; see `rotateKey`. */
  takeOver:
    | { from: LedgerKey; previousSigner: NoteSigner | undefined }
    | undefined;
}

/**
 * Reads or makes the signing key and compares it with the keys that signed so far. A key that is new to the log is never
 * taken silently: either the private key of before is still given and hands over, or the operator names the lost key.
 * Throws, with what to do: `SIGNING_KEY_MISSING` when the key is gone although heads exist, `SIGNING_KEY_CHANGED` when it is
 * another one, `SIGNING_KEY_RETIRED` when it was replaced before, `PREVIOUS_KEY_MISMATCH` when what should hand over is not
 * the key that signs, `HEAD_NOT_SIGNED` when the newest head is not signed by the log's own key.
 */
export async function openKeys(deps: {
  db: Db;
  clock: Clock;
  chance: Chance;
  config: Config;
  logger: LoggerService;
  origin: string;
}): Promise<OpenedKeys> {
  const { db, clock, chance, config, logger, origin } = deps;
  const book = new KeyBook(db);
  const known = await book.list();
  const newest = await newestHead(db);
  const lostKey = config.getOptionalString('aiAssurance.ledger.replaceLostKey');

  const key = await loadSigningKey({
    config,
    chance,
    logger,
    headsExist:
      (newest !== undefined || known.length > 0) &&
      lostKey !== known[known.length - 1]?.keyId,
  });
  const warning = await keyFileWarning(config);
  if (warning) logger.warn(warning);
  const verifierKey = verifierKeyFor(origin, key.publicKey);
  const signer = signerOf(origin, key);
  const opened = { signer, verifierKey, book };

  const current =
    known.length > 0
      ? known[known.length - 1]
      : await firstKey({ db, book, clock, newest, verifierKey, key, origin });
  if (newest && known.length > 0) {
    requireSigned(newest.note, keyAt(known, newest.size)!.verifierKey);
  }
  if (current.verifierKey === verifierKey)
    return { ...opened, takeOver: undefined };

  const retired = known.find(each => each.verifierKey === verifierKey);
  if (retired) {
    throw withCode(
      new Error(
        `${key.origin} holds the key ${retired.keyId}, which the log replaced by ${current.keyId}. A key that was replaced signs no more: configure ${current.keyId}.`,
      ),
      'SIGNING_KEY_RETIRED',
    );
  }
  const previous = await loadPreviousKey(config);
  if (previous) {
    const previousKey = verifierKeyFor(origin, previous.publicKey);
    if (previousKey !== current.verifierKey) {
      throw withCode(
        new Error(
          `${previous.origin} holds the key ${idOfKey(
            previousKey,
          )}, but the log is signed with ${
            current.keyId
          }: only that one can hand over.`,
        ),
        'PREVIOUS_KEY_MISMATCH',
      );
    }
    return {
      ...opened,
      takeOver: { from: current, previousSigner: signerOf(origin, previous) },
    };
  }
  if (lostKey === current.keyId)
    return {
      ...opened,
      takeOver: { from: current, previousSigner: undefined },
    };
  throw changed(key, origin, current.keyId);
}

function changed(key: SigningKey, origin: string, currentId: string): Error {
  return withCode(
    new Error(
      `The log is signed with the key ${currentId}, and this is another one. The key comes from ${key.origin}, the origin is ${origin}: restore the ones that the ledger was begun with. To change the key on purpose, give the old one as aiAssurance.ledger.previousSigningKeyFile, so that it hands over; if it is lost, set aiAssurance.ledger.replaceLostKey to ${currentId}.`,
    ),
    'SIGNING_KEY_CHANGED',
  );
}

/** Writes down the first key of the log. Of two replicas that start together, the first one's key counts for both. */
async function firstKey(deps: {
  db: Db;
  book: KeyBook;
  clock: Clock;
  newest: { note: string } | undefined;
  verifierKey: string;
  key: SigningKey;
  origin: string;
}): Promise<LedgerKey> {
  const { db, book, clock, newest, verifierKey, key, origin } = deps;
  // A log from before keys were written down: its newest head says whose it is.
  if (newest) {
    try {
      verifyCheckpoint(newest.note, verifierKey);
    } catch (error) {
      throw withCode(
        new Error(
          `The ledger's newest head was not signed with this key. ${
            (error as Error).message
          }. The key comes from ${
            key.origin
          }, the origin is ${origin}: restore the ones that the ledger was begun with.`,
        ),
        'SIGNING_KEY_CHANGED',
      );
    }
  }
  return db.transaction(async tx => {
    await lockCounter(tx);
    const [already] = await book.list(tx);
    if (already) return already;
    const first: LedgerKey = {
      verifierKey,
      keyId: idOfKey(verifierKey),
      fromSize: 1,
      addedAtMs: clock.nowMs(),
      handOver: undefined,
    };
    await book.add(tx, first);
    return (await book.list(tx))[0];
  });
}

/** The row that all writers lock; its size. */
export async function lockCounter(tx: Tx): Promise<number> {
  const row = await tx<CounterRow>('ledger_counter')
    .where('ledger_counter.id', 1)
    .forUpdate()
    .first();
  return readBigint(row?.size);
}

async function newestHead(
  db: Db,
): Promise<{ size: number; note: string } | undefined> {
  const row = await db
    .knex<HeadRow>('ledger_head')
    .select('ledger_head.size', 'ledger_head.note')
    .orderBy('ledger_head.size', 'desc')
    .first();
  return row && { size: readBigint(row.size), note: row.note };
}

function requireSigned(note: string, verifierKey: string): void {
  try {
    verifyCheckpoint(note, verifierKey);
  } catch (error) {
    throw withCode(
      new Error(
        `The ledger's newest head is not signed by the key that the ledger says it is: ${
          (error as Error).message
        }. Somebody changed the database, or it was restored in part. Run the check of the ledger against a backup before it records anything more.`,
      ),
      'HEAD_NOT_SIGNED',
    );
  }
}

function signerOf(origin: string, key: SigningKey): NoteSigner {
  return {
    name: origin,
    keyId: keyIdOf(origin, key.publicKey),
    sign: key.sign,
  };
}

function verifierKeyFor(origin: string, publicKey: Uint8Array): string {
  try {
    return verifierKeyOf(origin, publicKey);
  } catch (error) {
    throw withCode(
      new Error(`aiAssurance.ledger.origin: ${(error as Error).message}`),
      'ORIGIN_INVALID',
    );
  }
}
