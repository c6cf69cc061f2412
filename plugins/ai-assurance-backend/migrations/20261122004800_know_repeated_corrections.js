/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('slo_correction', table => {
    table
      .string('repeat_key', 1000)
      .comment(
        'What makes a standing correction the same as another; null: withdrawn, or of before there was a key',
      );
    // Query: whether a correction that is sent again stands already. Unique, so that of two at once one waits for the other.
    table.unique(['repeat_key'], { indexName: 'slo_correction_repeat' });
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('slo_correction', table => {
    table.dropUnique(['repeat_key'], 'slo_correction_repeat');
    table.dropColumn('repeat_key');
  });
};
