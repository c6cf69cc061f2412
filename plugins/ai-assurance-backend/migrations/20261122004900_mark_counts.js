/**
 * Whoever evaluates keeps the sums that it read, and may use them while nobody else changed them: each change leaves
 * another mark.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('slo_progress', table => {
    table
      .string('mark', 40)
      .comment(
        'Another one after each change of what was counted; null: not since marks are left',
      );
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('slo_progress', table => {
    table.dropColumn('mark');
  });
};
