// How far each retention rule has gone through the ledger, so that a run does not begin at its first item again.

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('ledger_retention', table => {
    table.comment('Progress of retention: positions below are done');
    table.string('rule_id', 100).notNullable().primary();
    table
      .string('rules_digest', 71)
      .notNullable()
      .comment('Under other rules it begins again');
    table.bigInteger('next_position').notNullable();
    table
      .bigInteger('begun_at_ms')
      .notNullable()
      .comment('It begins again after a month: tiers of subjects change');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  // Safe to drop: it is only the way gone so far.
  await knex.schema.dropTable('ledger_retention');
};
