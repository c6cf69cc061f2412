// The search index of the ledger: which words and attributes occur where. It is derived and can be built again from the
// ledger at any time, so that, unlike the ledger, it may be updated and dropped.

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('ledger_search_state', table => {
    table.comment('One row: how far the ledger is indexed');
    table.smallint('id').notNullable().primary();
    table
      .bigInteger('indexed_to')
      .notNullable()
      .comment('Positions below this one are in a segment');
    table
      .bigInteger('version')
      .notNullable()
      .comment(
        'Rises with every change of the index; readers keep segments by it',
      );
    table.bigInteger('next_segment').notNullable();
  });
  await knex('ledger_search_state').insert({
    id: 1,
    indexed_to: 0,
    version: 0,
    next_segment: 1,
  });

  await knex.schema.createTable('ledger_search_segment', table => {
    table.comment(
      'A stretch of positions that was indexed together, up to 65,536; neighbours are merged as they grow',
    );
    // Query: the directory of a segment that a reader does not know yet.
    table.bigInteger('id').notNullable().primary();
    table.bigInteger('from_position').notNullable();
    table.bigInteger('to_position').notNullable().comment('Exclusive');
    table
      .integer('revision')
      .notNullable()
      .comment('Rises when words of erased payloads are taken out');
    table
      .binary('directory')
      .notNullable()
      .comment('First term of each page, in order');
  });

  await knex.schema.createTable('ledger_search_page', table => {
    table.comment('Terms in order, each with the offsets where it occurs');
    // Query: some pages of a segment. Segment id times 2^20, plus the number of the page.
    table.bigInteger('id').notNullable().primary();
    table.binary('bytes').notNullable();
  });
  if (knex.client.dialect !== 'sqlite3') {
    // They are packed already: compressing again costs time and saves nothing.
    await knex.raw(
      'ALTER TABLE ledger_search_page ALTER COLUMN bytes SET STORAGE EXTERNAL',
    );
  }
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  for (const table of [
    'ledger_search_page',
    'ledger_search_segment',
    'ledger_search_state',
  ])
    await knex.schema.dropTable(table);
};
