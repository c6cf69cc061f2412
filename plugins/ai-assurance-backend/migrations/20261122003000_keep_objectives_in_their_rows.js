/**
 * Every evaluation writes all objectives anew. PostgreSQL would compress each answer and put it aside in pieces of two
 * kilobytes, which costs more than to keep it in its row. SQLite keeps rows whole anyway.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  if (String(knex.client.config.client).includes('sqlite')) return;
  await knex.raw('ALTER TABLE slo_status SET (toast_tuple_target = 8160)');
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  if (String(knex.client.config.client).includes('sqlite')) return;
  await knex.raw('ALTER TABLE slo_status RESET (toast_tuple_target)');
};
