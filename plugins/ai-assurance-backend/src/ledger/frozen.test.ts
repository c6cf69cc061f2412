import { createTestDatabases } from '@ai-assurance/test-kit';
import { Db } from '../platform';
import { artifactDrafts, openTestLedger } from './__testUtils__/openTestLedger';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const tables = [
  'ledger_item',
  'ledger_node',
  'ledger_head',
  'ledger_word',
  'ledger_redaction',
];

/** Every column but those that may be erased, each with a change. */
const changes: Record<string, object> = {
  ledger_item: { payload: '{}' },
  ledger_node: { hash: '00' },
  ledger_head: { note: 'x' },
  ledger_word: { word: 'x' },
  ledger_redaction: { redaction_position: 9 },
};

describe('rows of the ledger', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();

  /** 257 items, so that every table has a row; item 3 is listed for redaction, which item 4 stands in for. */
  const open = async (id: (typeof each)[number][0]) => {
    const opened = await openTestLedger(await databases.init(id));
    await opened.db.transaction(tx =>
      opened.room.ledger.append(tx, artifactDrafts(0, 257)),
    );
    await opened.db.knex('ledger_redaction').insert({
      position: 3,
      redaction_position: 4,
      recorded_at_ms: 0,
    });
    return opened;
  };
  const rowsOf = async (db: Db) =>
    Promise.all(tables.map(table => db.knex(table).orderBy(1 as any)));
  const refusal = (table: string, operation: string) =>
    `Rows of ${table} are written once: ${operation} is refused`;

  it.each(each)(
    'are never changed or deleted: the database refuses, %p',
    async id => {
      const { db } = await open(id);
      const before = await rowsOf(db);
      for (const table of tables) {
        await expect(db.knex(table).update(changes[table])).rejects.toThrow(
          refusal(table, 'UPDATE'),
        );
        await expect(db.knex(table).delete()).rejects.toThrow(
          refusal(table, 'DELETE'),
        );
        await expect(
          db.knex(table).where(db.knex.raw('1 = 1')).delete(),
        ).rejects.toThrow(refusal(table, 'DELETE'));
      }
      expect(await rowsOf(db)).toEqual(before);
    },
  );

  it.each(each)('are not replaced by an insert either, %p', async id => {
    const { db } = await open(id);
    const before = await rowsOf(db);
    for (const table of tables) {
      const row = await db.knex(table).first();
      const changed = { ...row, ...changes[table] };
      const columns = Object.keys(changed);
      const values = columns.map(() => '?').join(', ');
      // PostgreSQL does not know the statement at all.
      const replaced = db.knex.raw(
        `INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${values})`,
        Object.values(changed) as string[],
      );
      await expect(replaced).rejects.toThrow(
        db.dialect === 'sqlite' ? refusal(table, 'DELETE') : 'syntax error',
      );
      const key = { ledger_node: 'level, node_index', ledger_head: 'size' };
      const target =
        key[table as keyof typeof key] ??
        (table === 'ledger_word' ? 'id' : 'position');
      await expect(
        db.knex.raw(
          `INSERT INTO ${table} (${columns}) VALUES (${values}) ON CONFLICT (${target}) DO UPDATE SET ${
            Object.keys(changes[table])[0]
          } = excluded.${Object.keys(changes[table])[0]}`,
          Object.values(changed) as string[],
        ),
      ).rejects.toThrow(refusal(table, 'UPDATE'));
    }
    expect(await rowsOf(db)).toEqual(before);
  });

  it.each(each.filter(([id]) => id !== 'SQLITE_3'))(
    'are not truncated, %p',
    async id => {
      const { db } = await open(id);
      const before = await rowsOf(db);
      for (const table of tables)
        await expect(db.knex.raw(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(
          refusal(table, 'TRUNCATE'),
        );
      expect(await rowsOf(db)).toEqual(before);
    },
  );

  const empty = Buffer.alloc(0);
  const erased = { payload: '', salt: empty };

  it.each(each)(
    'lose payload and salt only when a redaction lists them, %p',
    async id => {
      const { db, room } = await open(id);
      await expect(
        db.knex('ledger_item').where({ position: 2 }).update(erased),
      ).rejects.toThrow(refusal('ledger_item', 'UPDATE'));
      // The whole statement is refused, the listed row of it too.
      await expect(
        db.knex('ledger_item').whereIn('position', [2, 3]).update(erased),
      ).rejects.toThrow(refusal('ledger_item', 'UPDATE'));
      const before = await room.answers.byId('3');
      expect(before!.item.data.payload.sizeBytes).toBe(3);

      const listed = db.knex('ledger_item').where({ position: 3 });
      expect(await listed.clone().update(erased)).toBe(1);
      expect(await room.answers.byId('3')).toEqual({
        ...before,
        item: {
          ...before!.item,
          data: { envelope: before!.item.data.envelope, payload: {} },
        },
        isErased: true,
      });
      expect(await listed.clone().update(erased)).toBe(1);
    },
  );

  it.each(each)('lose nothing else, and gain nothing back, %p', async id => {
    const { db } = await open(id);
    const listed = db.knex('ledger_item').where({ position: 3 });
    const row = await listed.clone().first();
    const bytes = Buffer.alloc(32, 7);
    const others: Record<string, unknown> = {
      position: 1000,
      time_ms: 1,
      recorded_at_ms: 1,
      expires_at_ms: 1,
      source: 0,
      type: 0,
      subject: 0,
      status: 'pass',
      id: 'other',
      time_text: 'x',
      payload_commitment: bytes,
      leaf_hash: bytes,
      envelope: '{}',
    };
    const { payload: _payload, salt: _salt, ...kept } = row;
    expect(Object.keys(others).sort()).toEqual(Object.keys(kept).sort());
    const refused = async (change: object) => {
      await expect(listed.clone().update(change)).rejects.toThrow(
        refusal('ledger_item', 'UPDATE'),
      );
    };
    for (const [name, value] of Object.entries(others)) {
      if (value === row[name]) others[name] = 1;
      await refused({ ...erased, [name]: others[name] });
    }
    await refused({ payload: '' });
    await refused({ salt: empty });
    await refused({ payload: ' ', salt: empty });
    await refused({ payload: '', salt: bytes });
    await listed.clone().update(erased);
    await refused({ payload: row.payload, salt: row.salt });
    await refused({ payload: '{}', salt: bytes });
  });

  it('leaves no trace of what was erased in the pages of a SQLite file', async () => {
    const { db } = await open('SQLITE_3');
    expect(await db.knex.raw('PRAGMA secure_delete')).toEqual([
      { secure_delete: 1 },
    ]);
  });
});
