import { idOfKey } from '@ai-assurance/evidence';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import {
  Access,
  Binder,
  Chance,
  Clock,
  createTell,
  Db,
  Notifications,
  Outbox,
  Task,
} from '../platform';
import { fsckLedger } from './fsck';
import { createHeads, Heads, notifyAlarm } from './heads';
import { LedgerKey, openKeys, rotateKey } from './keys';
import { LedgerReader } from './LedgerReader';
import { createRedaction, RedactionRoom } from './redaction';
import { LedgerService } from './LedgerService';
import { LedgerStore } from './LedgerStore';
import { ItemReader } from './reading/ItemReader';
import { registerLedgerRoutes } from './routes';
import { createSearch, EvidenceSearch, registerSearchRoutes } from './search';
import {
  EvidenceIntake,
  FsckReport,
  Ledger,
  LedgerAnswers,
  LedgerExport,
  LedgerHistory,
  LedgerLookup,
  LedgerNewest,
  LedgerSigning,
} from './types';
import { sha256 } from './sha256';
import { Words } from './words';

const defaultOrigin = 'ai-assurance.local/log';
const defaultEntityRef = 'system:default/ai-assurance';

export interface LedgerDeps {
  db: Db;
  clock: Clock;
  chance: Chance;
  outbox: Outbox;
  config: Config;
  logger: LoggerService;
  /** Tells people when the ledger finds itself changed. */
  notifications?: Notifications;
  /** Risk tier of a subject, for its retention. The ledger does not know the catalog; unknown tiers are kept longest. */
  riskTierOf?: (entityRef: string) => Promise<string | undefined>;
}

export interface LedgerRoom {
  ledger: Ledger & LedgerSigning;
  intake: EvidenceIntake;
  answers: LedgerAnswers &
    LedgerExport &
    LedgerHistory &
    LedgerLookup &
    LedgerNewest;
  /** C2SP verifier key: hand it to whoever checks heads, proofs or packs. */
  verifierKey: string;
  /** Every key that signed heads, oldest first. */
  keys: { list(): Promise<LedgerKey[]> };
  /** Derives everything again from the stored texts and names the first wrong row. */
  fsck(): Promise<FsckReport>;
  /** How the ledger is: size, key, publications, newest check, and what somebody has to look at. */
  status: Heads['status'];
  heads: Pick<Heads, 'reader' | 'checks'>;
  redaction: Pick<RedactionRoom, 'service' | 'trimmer'>;
  /** One item with all that proves it. */
  detail: LedgerReader['detail'];
  tasks: Task[];
  /** The list of evidence and its index; `forget` takes erased payloads out of it. */
  search: EvidenceSearch;
  registerRoutes(binder: Binder, access: Access): void;
}

/**
 * Opens the ledger: reads or makes the signing key, compares it with the keys that signed so far, and lets a new one take
 * over where the operator said so. Throws with the codes of `openKeys`.
 */
export async function createLedger(deps: LedgerDeps): Promise<LedgerRoom> {
  const { db, clock, chance, outbox, config, logger } = deps;
  const origin =
    config.getOptionalString('aiAssurance.ledger.origin') ?? defaultOrigin;
  const ledgerRef =
    config.getOptionalString('aiAssurance.ledger.entityRef') ??
    defaultEntityRef;
  const opened = await openKeys({ db, clock, chance, config, logger, origin });
  const { signer, verifierKey, book } = opened;

  const words = new Words();
  const search = createSearch({ db, words });
  const itemReader = new ItemReader({ chance, logger });
  const serviceOf = (store: LedgerStore) =>
    new LedgerService({
      db,
      signer,
      clock,
      chance,
      outbox,
      hash: sha256,
      store,
      reader: itemReader,
    });
  if (opened.takeOver) {
    const { from, previousSigner } = opened.takeOver;
    const both = serviceOf(
      new LedgerStore({
        signer,
        hash: sha256,
        words,
        dialect: db.dialect,
        alsoSignedBy: previousSigner,
      }),
    );
    const key = await rotateKey({
      db,
      clock,
      outbox,
      book,
      origin,
      ledgerRef,
      signer,
      verifierKey,
      from,
      previousSigner,
      append: (tx, drafts) => both.append(tx, drafts),
    });
    if (key) {
      logger.warn(
        `The key of the ledger changed: from the head of ${
          key.fromSize
        } entries on, ${idOfKey(verifierKey)} signs instead of ${from.keyId}. ${
          key.handOver
            ? 'The old key handed over; take it out of the configuration.'
            : 'The old key was lost and did not hand over: tell everybody who verifies your packs.'
        }`,
      );
    }
  }

  const reader = new LedgerReader({ db, hash: sha256, keys: book, words });
  const service = serviceOf(
    new LedgerStore({ signer, hash: sha256, words, dialect: db.dialect }),
  );
  const heads = createHeads({
    db,
    clock,
    chance,
    outbox,
    config,
    logger,
    hash: sha256,
    keys: book,
    ledgerRef,
    head: () => reader.head(),
    alarmListener:
      deps.notifications &&
      notifyAlarm({
        tell: createTell({ notifications: deps.notifications, logger }),
        config,
      }),
  });
  const redaction = createRedaction({
    db,
    clock,
    outbox,
    logger,
    config,
    words,
    ledger: service,
    record: position => reader.record(position),
    forget: (tx, positions) => search.forget(tx, positions),
    riskTierOf: deps.riskTierOf ?? (async () => undefined),
    positionBefore: recordedAtMs => reader.positionBefore(recordedAtMs),
  });
  return {
    ledger: service,
    intake: service,
    answers: reader,
    verifierKey,
    keys: book,
    fsck: async () => fsckLedger({ db, keys: await book.list() }),
    status: heads.status,
    heads,
    redaction,
    detail: (evidenceId, asOfMs) => reader.detail(evidenceId, asOfMs),
    search,
    tasks: [...heads.tasks, ...redaction.tasks, search.task],
    registerRoutes: (binder, access) => {
      registerSearchRoutes(binder, access, search);
      registerLedgerRoutes(binder, access, { reader });
      heads.registerRoutes(binder, access);
      redaction.registerRoutes(binder, access);
    },
  };
}
