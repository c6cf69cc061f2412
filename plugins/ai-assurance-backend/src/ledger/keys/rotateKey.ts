import { idOfKey, NoteSigner, signHandOver } from '@ai-assurance/evidence';
import { Clock, Db, instantOf, Outbox, withCode } from '../../platform';
import { EvidenceDraft, Ledger } from '../types';
import { KeyBook, LedgerKey } from './KeyBook';
import { lockCounter } from './openKeys';

/**
 * Lets a new key take over, in one transaction: the key is written down, evidence says so, and the head over that evidence
 * is the first of the new key; the old one signs it too where it is still there. `appendTwiceSigned` appends with a store that
 * signs with both. Safe to repeat: when another replica was quicker nothing is done.
 * Throws ConflictError when meanwhile a third key has come.
 */
export async function rotateKey(deps: {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  book: KeyBook;
  origin: string;
  /** The entity that the ledger's evidence about itself is recorded under. */
  ledgerRef: string;
  signer: NoteSigner;
  verifierKey: string;
  from: LedgerKey;
  previousSigner: NoteSigner | undefined;
  append: Ledger['append'];
}): Promise<LedgerKey | undefined> {
  const { db, clock, outbox, book, signer, verifierKey, from } = deps;
  return db.transaction(async tx => {
    const size = await lockCounter(tx);
    const keys = await book.list(tx);
    const current = keys[keys.length - 1];
    if (current.verifierKey === verifierKey) return undefined;
    if (current.verifierKey !== from.verifierKey) {
      throw withCode(
        new Error(
          `While this replica started, another one let the key ${current.keyId} take over. Give every replica the same key and start again.`,
        ),
        'SIGNING_KEY_CHANGED',
      );
    }
    const fromSize = size + 1;
    const handOver =
      deps.previousSigner &&
      signHandOver(
        {
          origin: deps.origin,
          fromSize,
          oldKey: from.verifierKey,
          newKey: verifierKey,
        },
        deps.previousSigner,
        signer,
      );
    const key: LedgerKey = {
      verifierKey,
      keyId: idOfKey(verifierKey),
      fromSize,
      addedAtMs: clock.nowMs(),
      handOver,
    };
    await book.add(tx, key);
    await outbox.queue(tx, {
      topic: 'ledger.key-rotated',
      subjects: [deps.ledgerRef],
    });
    await deps.append(tx, [keyRotationV1(from, key, deps.ledgerRef)]);
    return key;
  });
}

function keyRotationV1(
  from: LedgerKey,
  key: LedgerKey,
  ledgerRef: string,
): EvidenceDraft<'io.ai-assurance.key-rotation.v1'> {
  return {
    type: 'io.ai-assurance.key-rotation.v1',
    source: '/ai-assurance/ledger',
    id: `key-rotation:${key.fromSize}:${key.keyId}`,
    subject: ledgerRef,
    timeMs: key.addedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.ledger',
      collector: { id: 'ai-assurance.ledger', version: '1' },
      collectedAt: instantOf(key.addedAtMs),
    },
    payload: {
      previousKey: from.verifierKey,
      newKey: key.verifierKey,
      firstHeadSize: key.fromSize,
      handOver: key.handOver ?? null,
    },
  };
}
