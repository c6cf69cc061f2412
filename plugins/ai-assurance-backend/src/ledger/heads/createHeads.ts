import { Hasher } from '@ai-assurance/evidence';
import { LedgerStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
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
  readBigint,
  Task,
} from '../../platform';
import { KeyBook } from '../keys';
import { LedgerHead } from '../types';
import { Alarm, AlarmListener } from './Alarm';
import { CheckService, sentenceOf } from './CheckService';
import { HeadReader } from './HeadReader';
import { PublicationStore } from './PublicationStore';
import { Publisher } from './Publisher';
import { readTargets } from './readTargets';
import { registerHeadRoutes } from './routes';
import { alarmCodes, PublicationTarget } from './targets';

const checkKey = 'aiAssurance.ledger.checkEvery';
const daySeconds = 86_400;
const publishSeconds = 60;

export interface HeadsDeps {
  db: Db;
  clock: Clock;
  chance: Chance;
  outbox: Outbox;
  config: Config;
  logger: LoggerService;
  hash: Hasher;
  keys: KeyBook;
  ledgerRef: string;
  head(): Promise<LedgerHead | undefined>;
  alarmListener: AlarmListener | undefined;
}

/** What makes the log checkable from outside: heads, proofs between them, publication, checks. */
export interface Heads {
  reader: HeadReader;
  checks: CheckService;
  tasks: Task[];
  status(asOfMs?: number): Promise<LedgerStatus>;
  registerRoutes(binder: Binder, access: Access): void;
}

/** Throws `BAD_PUBLICATION` when a target in the configuration is wrong. */
export function createHeads(deps: HeadsDeps): Heads {
  const { db, clock, chance, outbox, config, logger, hash, keys } = deps;
  const alarm = new Alarm({
    logger,
    outbox,
    ledgerRef: deps.ledgerRef,
    listener: deps.alarmListener,
  });
  const publications = new PublicationStore(db);
  const targets = readTargets(config, chance);
  const reader = new HeadReader({ db, hash, keys, publications });
  const checks = new CheckService({ db, clock, keys, alarm });
  const publisher = new Publisher({
    db,
    clock,
    hash,
    logger,
    alarm,
    store: publications,
    targets,
    head: deps.head,
  });
  const status = (asOfMs?: number) =>
    statusOf({ db, reader, checks, publications, targets, asOfMs });

  const tasks: Task[] = [
    {
      id: 'ledger-check',
      everySeconds: config.has(checkKey)
        ? durationToMilliseconds(
            readDurationFromConfig(config, { key: checkKey }),
          ) / 1000
        : daySeconds,
      run: async () => {
        await checks.check();
      },
    },
  ];
  if (targets.length > 0)
    tasks.push({
      id: 'ledger-publish',
      everySeconds: publishSeconds,
      run: () => publisher.run(),
    });
  return {
    reader,
    checks,
    tasks,
    status,
    registerRoutes: (binder, access) =>
      registerHeadRoutes(binder, access, { reader, checks, status }),
  };
}

async function statusOf(deps: {
  db: Db;
  reader: HeadReader;
  checks: CheckService;
  publications: PublicationStore;
  targets: PublicationTarget[];
  asOfMs: number | undefined;
}): Promise<LedgerStatus> {
  const { reader, checks, targets, asOfMs } = deps;
  const head = await reader.newest(asOfMs);
  const keys = await reader.keys(asOfMs);
  const publications =
    asOfMs === undefined
      ? await deps.publications.publications(targets)
      : await deps.publications.publicationsAt(targets, asOfMs);
  const check = await checks.newest(asOfMs);
  const alarmed = publications.find(({ code }) =>
    (alarmCodes as string[]).includes(code ?? ''),
  );
  const problem =
    alarmed?.message ?? (check && !check.ok ? sentenceOf(check) : undefined);
  return {
    size: head?.size ?? 0,
    head,
    keyId: keys[keys.length - 1]?.keyId,
    keyCount: keys.length,
    redactedCount: await redactedCount(deps.db, asOfMs),
    publications,
    check,
    problem,
  };
}

async function redactedCount(
  db: Db,
  asOfMs: number | undefined,
): Promise<number> {
  const query = db.knex('ledger_redaction');
  if (asOfMs !== undefined)
    query.where('ledger_redaction.recorded_at_ms', '<=', asOfMs);
  const [{ count }] = await query.count({ count: '*' });
  return readBigint(count);
}
