// The ledger: what was recorded, in which order, and which tree heads were signed over it. Rows are written once. The
// triggers are the second lock on the door: the first is that no code of ours updates or deletes them.

const frozenTables = ['ledger_item', 'ledger_node', 'ledger_head'];

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('ledger_item', table => {
    table.comment('Every item of evidence, in the order of the Merkle log');
    table
      .bigInteger('position')
      .notNullable()
      .primary()
      .comment('Index of the leaf: 0, 1, 2, … without gaps');
    table.string('source', 300).notNullable();
    table.string('id', 200).notNullable();
    table.string('type', 100).notNullable();
    table.string('subject', 200).notNullable();
    table.bigInteger('time_ms').notNullable();
    table.bigInteger('recorded_at_ms').notNullable();
    table.bigInteger('expires_at_ms').nullable();
    table
      .string('status', 20)
      .nullable()
      .comment('The verdict the item carries, where its kind has one');
    table
      .text('leaf')
      .notNullable()
      .comment('Canonical text that was hashed into the tree');
    table
      .text('payload')
      .notNullable()
      .comment('Canonical text; opens the commitment together with the salt');
    table.string('salt', 64).notNullable().comment('Hex');
    table.string('payload_commitment', 64).notNullable().comment('Hex');
    table.string('leaf_hash', 64).notNullable().comment('Hex');
    // Query: "is this item already known?", and the guarantee behind it.
    table.unique(['source', 'id'], {
      indexName: 'ledger_item_source_id_unique',
    });
    // Query: the newest item of a kind about a subject; a page of one kind of one subject.
    table.index(
      ['subject', 'type', 'position'],
      'ledger_item_subject_type_position_idx',
    );
    // Query: a page of all items of a subject; the export of a subject.
    table.index(['subject', 'position'], 'ledger_item_subject_position_idx');
    // Query: a page of one kind over all subjects.
    table.index(['type', 'position'], 'ledger_item_type_position_idx');
  });

  await knex.schema.createTable('ledger_node', table => {
    table.comment(
      'Roots of complete subtrees of 256^level leaves, so that a proof reads at most 256 rows of each level',
    );
    table
      .smallint('level')
      .notNullable()
      .comment('1: 256 leaves, 2: 65,536 leaves, …');
    table
      .bigInteger('node_index')
      .notNullable()
      .comment('Counted from the left within its level');
    table.string('hash', 64).notNullable().comment('Hex');
    // Query: one tile, a range of node_index within a level.
    table.primary(['level', 'node_index']);
  });

  await knex.schema.createTable('ledger_head', table => {
    table.comment('Signed heads: one for each transaction that appended');
    table
      .bigInteger('size')
      .notNullable()
      .primary()
      .comment('Number of leaves. Query: the newest head');
    table.string('root_hash', 64).notNullable().comment('Hex');
    table.text('note').notNullable().comment('C2SP checkpoint');
    table.bigInteger('signed_at_ms').notNullable();
  });

  await knex.schema.createTable('ledger_counter', table => {
    table.comment(
      'One row: the next position and the right edge of the tree. It is the lock that all writers share',
    );
    table.smallint('id').notNullable().primary();
    table.bigInteger('size').notNullable();
    table
      .text('frontier')
      .notNullable()
      .comment(
        'JSON list of hex hashes: roots of the complete subtrees, largest first',
      );
  });
  await knex('ledger_counter').insert({ id: 1, size: 0, frontier: '[]' });

  if (knex.client.dialect !== 'sqlite3') {
    await knex.raw(`
      CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'Rows of % are written once: % is refused', TG_TABLE_NAME, TG_OP;
      END $$`);
    for (const table of frozenTables) {
      await knex.raw(
        `CREATE TRIGGER ${table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()`,
      );
    }
  } else {
    for (const table of frozenTables) {
      for (const operation of ['UPDATE', 'DELETE']) {
        await knex.raw(
          `CREATE TRIGGER ${table}_no_${operation.toLowerCase()} BEFORE ${operation} ON ${table} BEGIN SELECT RAISE(ABORT, 'Rows of ${table} are written once: ${operation} is refused'); END`,
        );
      }
    }
  }
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  const [{ count }] = await knex('ledger_item').count({ count: '*' });
  if (Number(count) > 0) {
    throw new Error(
      `The ledger holds ${count} items of evidence. A migration never drops evidence: keep this version, or move the database aside.`,
    );
  }
  for (const table of [
    'ledger_counter',
    'ledger_head',
    'ledger_node',
    'ledger_item',
  ])
    await knex.schema.dropTable(table);
  if (knex.client.dialect !== 'sqlite3')
    await knex.raw('DROP FUNCTION ledger_refuse_change()');
};
