import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import { openDatabase } from './database';
import { CopiedRow, copyOut, insertRows, updateRows } from './dialect';

jest.setTimeout(60_000);

describe('copying rows out of PostgreSQL', () => {
  const databases = createTestDatabases();
  const postgres = databases
    .eachSupportedId()
    .filter(([id]) => id.startsWith('POSTGRES'));
  const copied = async (
    id: (typeof postgres)[number][0],
    text: string,
    read: (row: CopiedRow) => unknown,
  ) => {
    const db = await openDatabase(
      mockServices.database({
        knex: await databases.init(id),
        migrations: { skip: true },
      }),
    );
    const rows: unknown[] = [];
    const copying = db.transaction(tx =>
      copyOut(tx, text, row => rows.push(read(row))),
    );
    return { db, rows, copying };
  };

  it.each(postgres)('reads each value as it is, %p', async id => {
    const { rows, copying } = await copied(
      id,
      `COPY (SELECT * FROM (VALUES
        (-1::bigint, 7::integer, -3::smallint, 'tab\t\\N é 😀', '\\x00ff'::bytea),
        (9007199254740991, NULL, NULL, '', ''),
        (-9007199254740991, -2147483648, 0, NULL, NULL)) AS v) TO STDOUT (FORMAT binary)`,
      row => [row.number(), row.number(), row.number(), row.text(), row.hex()],
    );
    await copying;
    expect(rows).toEqual([
      [-1, 7, -3, 'tab\t\\N é 😀', '00ff'],
      [9007199254740991, null, null, '', ''],
      [-9007199254740991, -2147483648, 0, null, null],
    ]);
  });

  it.each(postgres)(
    'copies the bytes of a field before it is read, and steps over others, %p',
    async id => {
      const { rows, copying } = await copied(
        id,
        `COPY (SELECT * FROM (VALUES
          ('\\x00ff'::bytea, 'é'::text, 1::integer),
          (NULL, '', 2),
          ('', 'a', 3)) AS v) TO STDOUT (FORMAT binary)`,
        row => {
          const skipped = row.nextLength();
          row.skip();
          const length = row.nextLength();
          const bytes = Buffer.alloc(4);
          row.copyNext(bytes, 1);
          return [
            skipped,
            length,
            bytes.toString('hex'),
            row.text(),
            row.number(),
          ];
        },
      );
      await copying;
      expect(rows).toEqual([
        [2, 2, '00c3a900', 'é', 1],
        [-1, 0, '00000000', '', 2],
        [0, 1, '00610000', 'a', 3],
      ]);
    },
  );

  it.each(postgres)('sees nothing where there is nothing, %p', async id => {
    const { rows, copying } = await copied(
      id,
      'COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT binary)',
      row => row.number(),
    );
    await copying;
    expect(rows).toEqual([]);
  });

  it.each(postgres)(
    'throws what its reader throws, and keeps the connection, %p',
    async id => {
      const { db, copying } = await copied(
        id,
        'COPY (SELECT generate_series(1, 5000)) TO STDOUT (FORMAT binary)',
        row => {
          if (row.number() === 2) throw new Error('two is enough');
        },
      );
      await expect(copying).rejects.toThrow('two is enough');
      const refused = db.transaction(tx =>
        copyOut(tx, 'COPY nothing TO STDOUT (FORMAT binary)', () => {}),
      );
      await expect(refused).rejects.toThrow(
        'relation "nothing" does not exist',
      );
      expect((await db.knex.raw('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    },
  );
});

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

describe('updating many rows', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId())(
    'changes those that equal a given one in all keys, and no others, %p',
    async id => {
      const knex = await databases.init(id);
      const db = await openDatabase(
        mockServices.database({ knex, migrations: { skip: true } }),
      );
      await knex.schema.createTable('thing', table => {
        table.integer('id').primary();
        table.string('kind');
        table.text('said');
        table.bigInteger('at_ms');
      });
      await knex('thing').insert(
        [1, 2, 3].map(one => ({ id: one, kind: 'a', said: 'old', at_ms: 0 })),
      );
      const given = (thing: number, kind: string, said: string | null) => ({
        id: thing,
        kind,
        said,
        at_ms: 1_795_348_800_000 + thing,
      });
      await db.transaction(async tx => {
        await updateRows(tx, 'thing', ['id', 'kind'], []);
        await updateRows(
          tx,
          'thing',
          ['id', 'kind'],
          [
            given(1, 'a', `it's "new": [1.5,null], \\ and\nmore`),
            given(2, 'b', 'of another kind'),
            given(3, 'a', null),
            given(4, 'a', 'not there'),
          ],
        );
      });
      const rows = await knex('thing').orderBy('id');
      expect(
        rows.map(row => [row.id, row.kind, row.said, Number(row.at_ms)]),
      ).toEqual([
        [1, 'a', `it's "new": [1.5,null], \\ and\nmore`, 1_795_348_800_001],
        [2, 'a', 'old', 0],
        [3, 'a', null, 1_795_348_800_003],
      ]);
    },
  );
});
