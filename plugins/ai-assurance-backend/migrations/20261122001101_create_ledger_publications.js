// Where heads were published outside the database, what came back, and what the checks of the ledger found.

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('ledger_publication', table => {
    table.comment('What a target answered to a head: cosignature, time-stamp');
    table.string('target', 200).notNullable();
    table.bigInteger('size').notNullable();
    table.string('type', 20).notNullable();
    table
      .text('answer')
      .nullable()
      .comment(
        'Witness: cosignature lines. Time-stamp: RFC 3161 response in base64. File: nothing',
      );
    table.bigInteger('published_at_ms').notNullable();
    // Query: one publication; the oldest ones of a target, to be trimmed.
    table.primary(['target', 'size']);
    // Query: the cosignatures of a head; the newest cosigned head.
    table.index(['type', 'size'], 'ledger_publication_type_size_idx');
  });
  await knex.schema.createTable('ledger_target', table => {
    table.comment('How publishing to each target goes');
    table.string('target', 200).notNullable().primary();
    table
      .bigInteger('witness_size')
      .nullable()
      .comment('Size that the witness holds, from which the next proof starts');
    table.bigInteger('last_size').nullable();
    table.bigInteger('last_at_ms').nullable();
    table.bigInteger('failing_since_ms').nullable();
    table.integer('failure_count').notNullable().defaultTo(0);
    table.string('code', 50).nullable();
    table.text('message').nullable();
    table.bigInteger('next_attempt_ms').nullable();
  });
  await knex.schema.createTable('ledger_check', table => {
    table.comment('Checks of the whole ledger, and what they found');
    table.bigInteger('checked_at_ms').notNullable().primary();
    table.bigInteger('took_ms').notNullable();
    table.boolean('ok').notNullable();
    table.string('key_id', 8).nullable();
    table.text('report').notNullable().comment('FsckReport as JSON');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  const [{ count }] = await knex('ledger_publication')
    .whereNotNull('answer')
    .count({ count: '*' });
  if (Number(count) > 0)
    throw new Error(
      `The ledger holds ${count} cosignatures and time-stamps that nobody could make again: keep this version, or move the database aside.`,
    );
  for (const table of ['ledger_check', 'ledger_target', 'ledger_publication'])
    await knex.schema.dropTable(table);
};
