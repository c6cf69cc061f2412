/**
 * Every evaluation writes all judgements anew. PostgreSQL would compress each of them and put it aside in pieces of two
 * kilobytes, which costs far more than to keep it in its row. SQLite keeps rows whole anyway.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  if (String(knex.client.config.client).includes('sqlite')) return;
  await knex.raw('ALTER TABLE drift_monitor SET (toast_tuple_target = 8160)');
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  if (String(knex.client.config.client).includes('sqlite')) return;
  await knex.raw('ALTER TABLE drift_monitor RESET (toast_tuple_target)');
};
