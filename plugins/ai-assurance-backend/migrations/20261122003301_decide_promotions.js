/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('rollout_promotion', table => {
    table.comment(
      'Whether the rollout of each model may go to more devices, as decided last; earlier decisions are in the ledger',
    );
    // Query: the last decision about a model, for its page and to tell news from repetition.
    table.string('model_ref', 200).notNullable().primary();
    table.string('decision', 20).notNullable().comment('promote or hold');
    table.string('reason', 100).notNullable();
    table.string('version', 100).notNullable();
    table
      .string('policy_id', 100)
      .comment('Error-budget policy that holds it; null: none does');
    table
      .text('budgets')
      .notNullable()
      .comment('JSON: objectives whose exhausted budget holds it');
    table.bigInteger('since_ms').notNullable();
    table
      .integer('attempt_number')
      .notNullable()
      .comment('Decisions about this version so far');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('rollout_promotion');
};
