import { createTestDatabases } from '@ai-assurance/test-kit';
import { artifactDrafts, openTestLedger } from './__testUtils__/openTestLedger';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

// What someone could do who owns the database: drop the triggers, then change rows.
describe('the check of the ledger', () => {
  const databases = createTestDatabases();

  const tampered = async (sql: string[]) => {
    const { db, room } = await openTestLedger(await databases.init('SQLITE_3'));
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 255)));
    await db.transaction(tx =>
      room.ledger.append(tx, artifactDrafts(255, 260)),
    );
    for (const table of ['item', 'node', 'head']) {
      await db.knex.raw(`DROP TRIGGER ledger_${table}_no_update`);
      await db.knex.raw(`DROP TRIGGER ledger_${table}_no_delete`);
    }
    for (const statement of sql) await db.knex.raw(statement);
    return room.fsck();
  };

  it('finds nothing wrong in an untouched ledger', async () => {
    expect(await tampered([])).toEqual({
      ok: true,
      itemCount: 260,
      headCount: 2,
    });
  });

  it.each([
    [
      'a changed payload',
      `UPDATE ledger_item SET payload = replace(payload, '"onnx"', '"gguf"') WHERE position = 7`,
      'ledger_item',
      '7',
      'The payload does not open its commitment',
    ],
    [
      'a changed salt',
      `UPDATE ledger_item SET salt = upper(salt) WHERE position = 7`,
      'ledger_item',
      '7',
      'The payload does not open its commitment',
    ],
    [
      'a changed leaf',
      `UPDATE ledger_item SET leaf = replace(leaf, '12:59:00', '12:58:00') WHERE position = 7`,
      'ledger_item',
      '7',
      'The leaf hash is not that of the leaf',
    ],
    [
      'a leaf in another spelling',
      `UPDATE ledger_item SET leaf = leaf || ' ' WHERE position = 7`,
      'ledger_item',
      '7',
      'The leaf is not in canonical form, or names another commitment',
    ],
    [
      'a leaf hash exchanged for another',
      `UPDATE ledger_item SET leaf_hash = (SELECT leaf_hash FROM ledger_item WHERE position = 8) WHERE position = 7`,
      'ledger_item',
      '7',
      'The leaf hash is not that of the leaf',
    ],
    [
      'a column that says other than the leaf',
      `UPDATE ledger_item SET subject = 'component:default/other' WHERE position = 7`,
      'ledger_item',
      '7',
      'Column subject says component:default/other, the leaf says resource:default/digit-reader',
    ],
    [
      'a verdict that the payload does not carry',
      `UPDATE ledger_item SET status = 'pass' WHERE position = 7`,
      'ledger_item',
      '7',
      'Column status says pass, the leaf says null',
    ],
    [
      'a removed item',
      `DELETE FROM ledger_item WHERE position = 7`,
      'ledger_item',
      '8',
      'Position 7 is missing: the next one is 8',
    ],
    [
      'removed items at the end',
      `DELETE FROM ledger_item WHERE position >= 258`,
      'ledger_head',
      '260',
      'The newest head covers 260 items, but 258 are stored',
    ],
    [
      'a changed node',
      `UPDATE ledger_node SET hash = '00'`,
      'ledger_node',
      '1/0',
      'The hash is not that of the leaves below',
    ],
    [
      'a removed node',
      `DELETE FROM ledger_node`,
      'ledger_node',
      '1/0',
      'The node is missing',
    ],
    [
      'a node too many',
      `INSERT INTO ledger_node (level, node_index, hash) VALUES (1, 1, '00')`,
      'ledger_node',
      '*',
      '2 nodes are stored, 1 fit the items',
    ],
    [
      'a changed root',
      `UPDATE ledger_head SET root_hash = '00' WHERE size = 255`,
      'ledger_head',
      '255',
      'The root is not that of the leaves',
    ],
    [
      'a head of another size',
      `UPDATE ledger_head SET note = (SELECT note FROM ledger_head WHERE size = 260) WHERE size = 255`,
      'ledger_head',
      '255',
      'The signed text states another tree',
    ],
    [
      'a head too many',
      `INSERT INTO ledger_head (size, root_hash, note, signed_at_ms) VALUES (0, '00', 'x', 0)`,
      'ledger_head',
      '*',
      '3 heads are stored, 2 fit the items',
    ],
    [
      'a counter that lags',
      `UPDATE ledger_counter SET size = 259`,
      'ledger_counter',
      '1',
      'The counter says 259 items, but 260 are stored',
    ],
    [
      'a wrong right edge',
      `UPDATE ledger_counter SET frontier = '[]'`,
      'ledger_counter',
      '1',
      'The right edge is not that of the items',
    ],
    [
      'a lost counter',
      `DELETE FROM ledger_counter`,
      'ledger_counter',
      '1',
      'The counter row is missing',
    ],
  ])(
    'names the first wrong row after %s',
    async (_what, sql, table, row, problem) => {
      expect(await tampered([sql])).toEqual({ ok: false, table, row, problem });
    },
  );

  it('finds a forged signature', async () => {
    const report = await tampered([
      `UPDATE ledger_head SET note = replace(note, ' ai-assurance.local/log ', ' ai-assurance.local/other ') WHERE size = 255`,
    ]);
    expect(report).toMatchObject({
      ok: false,
      table: 'ledger_head',
      row: '255',
    });
    expect((report as { problem: string }).problem).toMatch(
      /^The signature does not hold: Signed by ai-assurance\.local\/other /,
    );
  });

  it('finds the tail cut off together with its head, from the counter', async () => {
    expect(
      await tampered([
        `DELETE FROM ledger_item WHERE position >= 255`,
        `DELETE FROM ledger_head WHERE size = 260`,
        `DELETE FROM ledger_node`,
      ]),
    ).toEqual({
      ok: false,
      table: 'ledger_counter',
      row: '1',
      problem: 'The counter says 260 items, but 255 are stored',
    });
  });
});
