/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  // Rule: while one order of a subject waits for its answer no other is taken, however many ask at once.
  await knex.raw(
    "CREATE UNIQUE INDEX action_order_open_idx ON action_order (subject) WHERE state IN ('ordered', 'sending')",
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.raw('DROP INDEX action_order_open_idx');
};
