import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabases } from '@ai-assurance/test-kit';
import knexFactory, { Knex } from 'knex';
import { Answered, startChild } from './__testUtils__/children';
import {
  artifactDrafts,
  openTestLedger,
  testKey,
} from './__testUtils__/openTestLedger';

// Each death needs a process of its own, which takes seconds to start.
jest.setTimeout(600_000);

/** Items that only fill the ledger. */
const fillingCount = 500;

/** More statements than the transaction that records a batch has. */
const mostStatements = 30;
const batchSize = 2;

/** How the batch is recorded at which the process is killed. */
interface Way {
  sources: number;
  /** Batches before it. */
  before: number;
  /** Statements at which it can be killed, at least and at most. */
  statements: [number, number];
}

/** With a source that the ledger has not seen: everything is looked up under the lock. */
const looking: Way = { sources: 3, before: 1, statements: [8, mostStatements] };

/** All is known that it takes: PostgreSQL gets one statement that is its own transaction. */
const alone: Way = { sources: 1, before: 2, statements: [1, 1] };

interface Stage {
  order: { sqliteFile?: string; postgresUrl?: string };
  open(): Promise<Knex>;
  close(): Promise<void>;
}

describe('a backend that is killed while it records', () => {
  const databases = createTestDatabases();
  const directories: string[] = [];

  afterAll(() => {
    for (const directory of directories)
      rmSync(directory, { recursive: true, force: true });
  });

  const stageOn = async (id: any): Promise<Stage> => {
    if (id !== 'SQLITE_3') {
      const knex = await databases.init(id);
      const { connection } = knex.client.config;
      const { host, port, user, password, database } =
        typeof connection === 'string'
          ? urlParts(connection)
          : (connection as Record<string, string>);
      return {
        order: {
          postgresUrl: `postgresql://${user}:${password}@${host}:${port}/${database}`,
        },
        open: async () => knex,
        close: async () => {},
      };
    }
    const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-crash-'));
    directories.push(directory);
    const filename = join(directory, 'ledger.sqlite');
    let knex: Knex | undefined;
    return {
      order: { sqliteFile: filename },
      open: async () => {
        knex ??= knexFactory({
          client: 'better-sqlite3',
          connection: { filename },
          useNullAsDefault: true,
          pool: { min: 1, max: 1 },
        });
        return knex;
      },
      close: async () => {
        await knex?.destroy();
        knex = undefined;
      },
    };
  };

  it.each(databases.eachSupportedId())(
    'leaves a whole ledger with everything that it answered for, at whichever statement, %p',
    async id => {
      const stage = await stageOn(id);
      const filled = await openTestLedger(await stage.open());
      await filled.db.transaction(tx =>
        filled.room.ledger.append(tx, artifactDrafts(0, fillingCount)),
      );
      let itemCount = fillingCount;
      // One starts while the ledger of the one before is looked at.
      let next = startChild();
      // A statement of SQLite runs at once; one of PostgreSQL can also be on its way.
      const kinds: [Way, boolean][] =
        id === 'SQLITE_3'
          ? [[looking, false]]
          : [
              [looking, false],
              [looking, true],
              [alone, false],
              [alone, true],
            ];
      for (const [kind, [way, isInFlight]] of kinds.entries()) {
        let isOver = false;
        let killedCount = 0;
        for (let killAt = 1; !isOver && killAt < mostStatements; killAt += 1) {
          await stage.close();
          const child = await next;
          next = startChild();
          const answered: Answered = await child.follow({
            ...stage.order,
            signingKey: testKey,
            name: `victim-${kind}-${killAt}`,
            sources: way.sources,
            uncounted: way.before,
            batches: way.before + 1,
            batchSize,
            atOnce: 1,
            killAt,
            isInFlight,
          });
          expect([answered.code, answered.signal]).toEqual(
            answered.signal ? [null, 'SIGKILL'] : [0, null],
          );
          if (answered.signal) killedCount += 1;
          else isOver = true;

          const { db, room } = await openTestLedger(await stage.open());
          const report = await room.fsck();
          expect(report).toMatchObject({ ok: true });
          // A batch is there whole, or not at all; those that were answered for are there.
          const now = (report as { itemCount: number }).itemCount;
          expect([way.before, way.before + 1]).toContain(
            (now - itemCount) / batchSize,
          );
          expect(answered.batches.has(way.before - 1)).toBe(true);
          expect(now - itemCount).toBeGreaterThanOrEqual(
            batchSize * answered.batches.size,
          );
          for (const [batch, ids] of answered.batches) {
            const items = await Promise.all(
              ids.map(evidenceId => room.answers.byId(evidenceId)),
            );
            expect(items.map(item => item!.item.id)).toEqual(
              [0, 1].map(i => `victim-${kind}-${killAt}-${batch}-${i}`),
            );
          }
          // Its message is there as often as its evidence.
          const messages = (now - fillingCount) / batchSize;
          expect(await db.knex('outbox').count({ n: '*' })).toEqual([
            { n: id === 'SQLITE_3' ? messages : String(messages) },
          ]);
          itemCount = now;
        }
        // It lived when there was no statement left to die at.
        expect(isOver).toBe(true);
        const [least, most] = way.statements;
        expect(killedCount).toBeGreaterThanOrEqual(least);
        expect(killedCount).toBeLessThanOrEqual(most);
      }
      (await next).stop();
      await stage.close();
    },
  );
});

function urlParts(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port,
    user: username,
    password,
    database: pathname.slice(1),
  };
}
