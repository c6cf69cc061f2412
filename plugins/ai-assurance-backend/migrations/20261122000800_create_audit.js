/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('audit_pack', table => {
    table.comment(
      'Packs that were exported. The file lies in the pack folder under the name of its id',
    );
    table.string('pack_id', 100).notNullable().primary();
    table.string('subject', 200).notNullable();
    table.bigInteger('period_start_ms').notNullable();
    table.bigInteger('period_end_ms').notNullable().comment('Exclusive');
    table.bigInteger('item_count').notNullable();
    table.bigInteger('tree_size').notNullable();
    table.bigInteger('size_bytes').notNullable();
    table
      .string('file_digest', 71)
      .notNullable()
      .comment('sha256:<hex> of the file');
    table.string('exported_by', 200).notNullable();
    table.bigInteger('exported_at_ms').notNullable();
    // Query: the list of packs, newest first.
    table.index(['exported_at_ms', 'pack_id'], 'audit_pack_exported_at_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  // Safe to drop: that a pack left is evidence, and stays in the ledger.
  await knex.schema.dropTable('audit_pack');
};
