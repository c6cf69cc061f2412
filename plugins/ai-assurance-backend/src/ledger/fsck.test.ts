import { createTestDatabases } from '@ai-assurance/test-kit';
import { idOfKey } from '@ai-assurance/evidence';
import {
  artifactDrafts,
  openTestLedger,
  startMs,
} from './__testUtils__/openTestLedger';

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
    for (const table of ['item', 'node', 'head', 'word', 'redaction']) {
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
      `UPDATE ledger_item SET salt = zeroblob(32) WHERE position = 7`,
      'ledger_item',
      '7',
      'The payload does not open its commitment',
    ],
    [
      'a salt that is no bytes',
      `UPDATE ledger_item SET salt = 'salt' WHERE position = 7`,
      'ledger_item',
      '7',
      'The payload does not open its commitment',
    ],
    ...[
      `envelope = replace(envelope, 'tests.pipeline', 'tests.other')`,
      `envelope = envelope || ' '`,
      `envelope = replace(envelope, '"version":"1"', '"version": "1"')`,
      `id = 'other'`,
      `subject = type`,
      `type = subject`,
      `source = subject`,
      `time_ms = time_ms + 1`,
      `time_text = '2026-11-22T12:58:00Z'`,
      `leaf_hash = (SELECT leaf_hash FROM ledger_item WHERE position = 8)`,
      `payload_commitment = (SELECT payload_commitment FROM ledger_item WHERE position = 8), payload = '', salt = x''`,
    ].map(change => [
      `the change ${change}`,
      `UPDATE ledger_item SET ${change} WHERE position = 7`,
      'ledger_item',
      '7',
      'The leaf hash is not that of the leaf',
    ]),
    [
      'another spelling of the time',
      `UPDATE ledger_item SET time_text = '2026-11-22T12:59:00.007Z', time_ms = 0 WHERE position = 7`,
      'ledger_item',
      '7',
      `Column time_ms says 0, the item says ${startMs - 60_000 + 7}`,
    ],
    [
      'an expiry that the envelope does not name',
      `UPDATE ledger_item SET expires_at_ms = 5 WHERE position = 7`,
      'ledger_item',
      '7',
      'Column expires_at_ms says 5, the item says null',
    ],
    [
      'a verdict that the payload does not carry',
      `UPDATE ledger_item SET status = 'pass' WHERE position = 7`,
      'ledger_item',
      '7',
      'Column status says pass, the item says null',
    ],
    [
      'a time of recording that falls',
      `UPDATE ledger_item SET recorded_at_ms = 5 WHERE position = 7`,
      'ledger_item',
      '7',
      `It was recorded before the item in front of it: 5 comes after ${startMs}`,
    ],
    [
      'a time of recording that the heads do not know',
      `UPDATE ledger_item SET recorded_at_ms = recorded_at_ms + 1 WHERE position >= 254`,
      'ledger_head',
      '255',
      `It was signed at ${startMs}, its newest item was recorded at ${
        startMs + 1
      }`,
    ],
    ...[
      [`time_ms = 'soon'`, 'time_ms', 'soon'],
      [`time_ms = 1.5`, 'time_ms', '1.5'],
      [`time_ms = 9007199254740991`, 'time_ms', '9007199254740991'],
      [`recorded_at_ms = 'soon'`, 'recorded_at_ms', 'soon'],
      [
        `recorded_at_ms = recorded_at_ms + 0.5`,
        'recorded_at_ms',
        `${startMs}.5`,
      ],
      [`expires_at_ms = 'soon'`, 'expires_at_ms', 'soon'],
      [`id = CAST(id AS BLOB)`, 'id', 'bytes'],
      [`payload = CAST(payload AS BLOB)`, 'payload', 'bytes'],
      [`time_text = x'31'`, 'time_text', 'bytes'],
    ].map(([change, column, value]) => [
      `the change ${change}, which SQLite lets pass`,
      `UPDATE ledger_item SET ${change} WHERE position = 7`,
      'ledger_item',
      '7',
      `Column ${column} holds what the ledger does not write: ${value}`,
    ]),
    [
      'an item in front of all others',
      `INSERT INTO ledger_item SELECT -1, time_ms, recorded_at_ms, expires_at_ms, source, type, subject, status, 'x', time_text, salt, payload_commitment, leaf_hash, envelope, payload FROM ledger_item WHERE position = 7`,
      'ledger_item',
      '-1',
      'Positions begin at 0',
    ],
    [
      'an item beyond all numbers',
      `UPDATE ledger_item SET position = 9223372036854775806 WHERE position = 7`,
      'ledger_item',
      '*',
      'Column MAX(position) + 1 holds what the ledger does not write: 9223372036854776000',
    ],
    [
      'a word that is no text',
      `UPDATE ledger_word SET word = CAST(word AS BLOB) WHERE id = 2`,
      'ledger_word',
      '2',
      'The word is no text',
    ],
    [
      'a head that was signed at no time',
      `UPDATE ledger_head SET signed_at_ms = 'soon' WHERE size = 255`,
      'ledger_head',
      '255',
      'Column signed_at_ms holds what the ledger does not write: soon',
    ],
    [
      'a head of no size',
      `UPDATE ledger_head SET size = 'large' WHERE size = 255`,
      'ledger_head',
      '*',
      'Column MAX(size) holds what the ledger does not write: large',
    ],
    [
      'a redaction of no item',
      `INSERT INTO ledger_redaction (position, redaction_position, recorded_at_ms) VALUES ('x', 7, 0)`,
      'ledger_redaction',
      'x',
      'Column position holds what the ledger does not write: x',
    ],
    [
      'a redaction by nothing',
      `INSERT INTO ledger_redaction (position, redaction_position, recorded_at_ms) VALUES (7, 'x', 0)`,
      'ledger_redaction',
      '7',
      'Column redaction_position holds what the ledger does not write: x',
    ],
    [
      'a counter that does not count',
      `UPDATE ledger_counter SET size = 'many'`,
      'ledger_counter',
      '1',
      'Column size holds what the ledger does not write: many',
    ],
    [
      'a lost word',
      `DELETE FROM ledger_word WHERE word = 'resource:default/digit-reader'`,
      'ledger_word',
      '2',
      'The word is missing that the item at position 0 names',
    ],
    [
      'a changed word',
      `UPDATE ledger_word SET word = 'resource:default/other' WHERE word = 'resource:default/digit-reader'`,
      'ledger_item',
      '0',
      'The leaf hash is not that of the leaf',
    ],
    [
      'a word too many',
      `INSERT INTO ledger_word (id, word) VALUES (3, 'x')`,
      'ledger_word',
      '3',
      'No item names this word',
    ],
    [
      'an erased payload that no redaction lists',
      `UPDATE ledger_item SET payload = '', salt = x'' WHERE position = 7`,
      'ledger_item',
      '7',
      'The payload is gone, and no redaction lists the item',
    ],
    [
      'half an erasure',
      `UPDATE ledger_item SET payload = '' WHERE position = 7`,
      'ledger_item',
      '7',
      'The payload does not open its commitment',
    ],
    [
      'a redaction without evidence',
      `INSERT INTO ledger_redaction (position, redaction_position, recorded_at_ms) VALUES (7, 8, 0)`,
      'ledger_redaction',
      '7',
      'There is no evidence of a redaction at position 8',
    ],
    [
      'a redaction of nothing',
      `INSERT INTO ledger_redaction (position, redaction_position, recorded_at_ms) VALUES (700, 8, 0)`,
      'ledger_redaction',
      '700',
      'There is no item at this position',
    ],
    [
      'a counter that moved its clock',
      `UPDATE ledger_counter SET recorded_at_ms = 5`,
      'ledger_counter',
      '1',
      `The counter says that the newest item was recorded at 5, the item says ${startMs}`,
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

  it.each([
    [
      'an erased payload in front of a changed one',
      `UPDATE ledger_item SET payload = '', salt = x'' WHERE position = 7`,
      `UPDATE ledger_item SET payload = '{}' WHERE position = 8`,
      { table: 'ledger_item', row: '7' },
    ],
    [
      'a changed node in front of a changed payload',
      `UPDATE ledger_node SET hash = '00'`,
      `UPDATE ledger_item SET payload = '{}' WHERE position = 258`,
      { table: 'ledger_node', row: '1/0' },
    ],
    [
      'a changed head in front of a changed payload',
      `UPDATE ledger_head SET note = 'x' WHERE size = 255`,
      `UPDATE ledger_item SET payload = '{}' WHERE position = 258`,
      { table: 'ledger_head', row: '255' },
    ],
  ])('names the first of two: %s', async (_what, first, second, named) => {
    expect(await tampered([first, second])).toMatchObject(named);
  });

  it.each([
    [`'deadbeef'`, 'deadbeef'],
    ['NULL', 'null'],
  ])('finds a counter that names the key %s', async (value, shown) => {
    const { db, room } = await openTestLedger(await databases.init('SQLITE_3'));
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 1)));
    await db.knex.raw(`UPDATE ledger_counter SET key_id = ${value}`);
    expect(await room.fsck()).toEqual({
      ok: false,
      table: 'ledger_counter',
      row: '1',
      problem: `The counter says that the key ${shown} signs, the newest key is ${idOfKey(
        room.verifierKey,
      )}`,
    });
  });

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
