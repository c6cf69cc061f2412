import { hash as hashOnce } from 'node:crypto';
import {
  Hasher,
  keyIdOf,
  NoteSigner,
  verifierKeyOf,
  verifyCheckpoint,
} from '@ai-assurance/evidence';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import {
  Access,
  Binder,
  Chance,
  Clock,
  Db,
  Outbox,
  withCode,
} from '../platform';
import { fsckLedger } from './fsck';
import { LedgerReader } from './LedgerReader';
import { LedgerService } from './LedgerService';
import { LedgerStore } from './LedgerStore';
import { registerLedgerRoutes } from './routes';
import { keyFileWarning, loadSigningKey } from './keys';
import {
  EvidenceIntake,
  FsckReport,
  Ledger,
  LedgerAnswers,
  LedgerExport,
  LedgerSigning,
} from './types';

const defaultOrigin = 'ai-assurance.local/log';
const defaultMaxClockAheadMs = 5 * 60_000;

const sha256: Hasher = bytes => hashOnce('sha256', bytes, 'buffer');

export interface LedgerDeps {
  db: Db;
  clock: Clock;
  chance: Chance;
  outbox: Outbox;
  config: Config;
  logger: LoggerService;
  /** Who is a subject: evidence about anything else is not taken from outside. The ledger does not know the catalog. */
  subjects: { get(entityRef: string): Promise<object | undefined> };
}

export interface LedgerRoom {
  ledger: Ledger & LedgerSigning;
  intake: EvidenceIntake;
  answers: LedgerAnswers & LedgerExport;
  /** C2SP verifier key: hand it to whoever checks heads, proofs or packs. */
  verifierKey: string;
  /** Derives everything again from the stored texts and names the first wrong row. */
  fsck(): Promise<FsckReport>;
  registerRoutes(binder: Binder, access: Access): void;
}

/**
 * Opens the ledger: reads or makes the signing key, and checks that the newest head was signed with it.
 * Throws when the key is missing although heads exist (`SIGNING_KEY_MISSING`) or is another one (`SIGNING_KEY_CHANGED`).
 */
export async function createLedger(deps: LedgerDeps): Promise<LedgerRoom> {
  const { db, clock, chance, outbox, config, logger, subjects } = deps;
  const origin =
    config.getOptionalString('aiAssurance.ledger.origin') ?? defaultOrigin;
  const newest = await db
    .knex('ledger_head')
    .select('ledger_head.note')
    .orderBy('ledger_head.size', 'desc')
    .first();
  const key = await loadSigningKey({
    config,
    chance,
    logger,
    headsExist: newest !== undefined,
  });
  const warning = await keyFileWarning(config);
  if (warning) logger.warn(warning);

  const verifierKey = verifierKeyFor(origin, key.publicKey);
  if (newest)
    checkNewestHead(newest.note, verifierKey, { origin, keyPlace: key.origin });
  const signer: NoteSigner = {
    name: origin,
    keyId: keyIdOf(origin, key.publicKey),
    sign: key.sign,
  };

  const reader = new LedgerReader({ db, hash: sha256, verifierKey });
  const store = new LedgerStore({ signer, hash: sha256 });
  const service = new LedgerService({
    db,
    signer,
    clock,
    chance,
    outbox,
    hash: sha256,
    store,
    subjects,
    maxClockAheadMs: maxClockAheadMs(config),
  });
  return {
    ledger: service,
    intake: service,
    answers: reader,
    verifierKey,
    fsck: () => fsckLedger({ db, hash: sha256, verifierKey }),
    registerRoutes: (binder, access) =>
      registerLedgerRoutes(binder, access, { service, reader }),
  };
}

function maxClockAheadMs(config: Config): number {
  if (!config.has('aiAssurance.telemetry.maxClockAhead'))
    return defaultMaxClockAheadMs;
  return durationToMilliseconds(
    readDurationFromConfig(config, {
      key: 'aiAssurance.telemetry.maxClockAhead',
    }),
  );
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

function checkNewestHead(
  note: string,
  verifierKey: string,
  place: { origin: string; keyPlace: string },
): void {
  try {
    verifyCheckpoint(note, verifierKey);
  } catch (error) {
    throw withCode(
      new Error(
        `The ledger's newest head was not signed with this key. ${
          (error as Error).message
        }. The key comes from ${place.keyPlace}, the origin is ${
          place.origin
        }: restore the ones that the ledger was begun with.`,
      ),
      'SIGNING_KEY_CHANGED',
    );
  }
}
