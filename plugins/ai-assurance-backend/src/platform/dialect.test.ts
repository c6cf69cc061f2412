import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import { openDatabase } from './database';
import { insertRows } from './dialect';

jest.setTimeout(60_000);

describe('inserting many rows', () => {
  const databases = createTestDatabases();
  const open = async (
    id: ReturnType<typeof databases.eachSupportedId>[number][0],
  ) => {
    const knex = await databases.init(id);
    const db = await openDatabase(
      mockServices.database({ knex, migrations: { skip: true } }),
    );
    await knex.schema.createTable('thing', table => {
      table.integer('number').primary();
      table.text('name').nullable();
    });
    return db;
  };
  const things = (count: number, name: string | null) =>
    Array.from({ length: count }, (_, number) => ({ number, name }));

  it.each(databases.eachSupportedId())(
    'writes each row once, whatever their number, %p',
    async id => {
      const db = await open(id);
      for (const count of [0, 1, 50, 51, 150]) {
        await db.transaction(tx =>
          insertRows(tx, 'thing', things(count, null)),
        );
        expect(await db.knex('thing').orderBy('number')).toEqual(
          things(count, null),
        );
        await db.knex('thing').delete();
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'does what is asked on a conflict, and forgets what its transaction takes back, %p',
    async id => {
      const db = await open(id);
      await db.transaction(tx => insertRows(tx, 'thing', things(60, 'old')));
      const failing = db.transaction(async tx => {
        await insertRows(
          tx,
          'thing',
          things(120, 'taken back'),
          'ON CONFLICT (number) DO UPDATE SET name = excluded.name',
        );
        throw new Error('changed its mind');
      });
      await expect(failing).rejects.toThrow('changed its mind');
      expect(await db.knex('thing').orderBy('number')).toEqual(
        things(60, 'old'),
      );
      await db.transaction(tx =>
        insertRows(
          tx,
          'thing',
          things(70, 'new'),
          'ON CONFLICT (number) DO UPDATE SET name = excluded.name',
        ),
      );
      expect(await db.knex('thing').orderBy('number')).toEqual(
        things(70, 'new'),
      );
    },
  );
});
