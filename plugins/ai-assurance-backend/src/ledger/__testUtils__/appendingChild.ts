import {
  systemChance,
  systemClock,
  createOutbox,
  openDatabase,
} from '../../platform';
import { readEvidenceItem } from '@ai-assurance/evidence';
import { ConfigReader } from '@backstage/config';
import knexFactory from 'knex';
import { createLedger } from '../createLedger';
import { GoodReading } from '../types';
import { watchStatements } from './statements';

// A backend's ledger in a process of its own, for tests that kill it or run two of them. It records batches by the way in
// that pushes take, and tells the parent of each batch once it was answered. Orders come as one message.

/** What the parent asks for. */
export interface Order {
  sqliteFile?: string;
  postgresUrl?: string;
  signingKey: string;
  /** Names the items of this child. */
  name: string;
  batches: number;
  batchSize: number;
  /** Batches have this many sources by turns. */
  sources: number;
  /** Batches that are recorded at once. */
  atOnce: number;
  /** The process kills itself when it comes to this statement. */
  killAt?: number;
  /** The statements of this many batches are not counted. */
  uncounted: number;
  /** The statement is on its way then, instead of about to go. */
  isInFlight?: boolean;
}

const die = () => process.kill(process.pid, 'SIGKILL');

function readings(order: Order, batch: number): GoodReading[] {
  return Array.from({ length: order.batchSize }, (_, i) => {
    const reading = readEvidenceItem({
      specversion: '1.0',
      id: `${order.name}-${batch}-${i}`,
      source: `/tests/child/${order.name}/${batch % order.sources}`,
      type: 'io.ai-assurance.artifact.v1',
      subject: 'resource:default/digit-reader',
      time: '2026-11-22T12:59:00.000Z',
      datacontenttype: 'application/json',
      data: {
        envelope: {
          sourceSystem: 'tests.child',
          collector: { id: 'tests.child', version: '1' },
          collectedAt: '2026-11-22T13:00:00.000Z',
        },
        payload: {
          version: '1.0.0',
          digest: `sha256:${'ab'.repeat(32)}`,
          sizeBytes: i,
          format: 'onnx',
        },
      },
    });
    if (!reading.ok) throw new Error(reading.problems.join('; '));
    return reading;
  });
}

async function follow(order: Order): Promise<void> {
  const knex = order.postgresUrl
    ? knexFactory({ client: 'pg', connection: order.postgresUrl })
    : knexFactory({
        client: 'better-sqlite3',
        connection: { filename: order.sqliteFile! },
        useNullAsDefault: true,
        pool: { min: 1, max: 1 },
      });
  const db = await openDatabase({
    getClient: async () => knex,
    migrations: { skip: true },
  } as Parameters<typeof openDatabase>[0]);
  const silent = () => {};
  const logger: any = {
    info: silent,
    warn: silent,
    error: silent,
    debug: silent,
    child: () => logger,
  };
  const room = await createLedger({
    db,
    logger,
    clock: systemClock,
    chance: systemChance,
    outbox: createOutbox(db, systemClock),
    config: new ConfigReader({
      aiAssurance: { ledger: { signingKey: order.signingKey } },
    }),
  } as Parameters<typeof createLedger>[0]);

  const record = async (batch: number) => {
    const outcomes = await room.intake.record(readings(order, batch));
    process.send!({
      batch,
      ids: outcomes.map(outcome => outcome.evidenceId),
      outcomes: [...new Set(outcomes.map(one => one.outcome))],
    });
  };
  for (let batch = 0; batch < order.uncounted; batch += 1) await record(batch);
  if (order.killAt !== undefined) {
    watchStatements(db.dialect, statement => {
      if (statement !== order.killAt) return;
      if (order.isInFlight) setImmediate(die);
      else die();
    });
  }
  for (
    let batch = order.uncounted;
    batch < order.batches;
    batch += order.atOnce
  ) {
    await Promise.all(
      Array.from(
        { length: Math.min(order.atOnce, order.batches - batch) },
        (_, i) => record(batch + i),
      ),
    );
  }
  await knex.destroy();
}

process.on('message', message => {
  const order = message as Partial<Order>;
  // The transform that loads TypeScript talks on the same channel.
  if (order.name === undefined) return;
  follow(order as Order).then(
    () => process.exit(0),
    error => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send!({ isReady: true });
