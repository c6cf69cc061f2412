/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('cost_budget', table => {
    table.comment(
      'What was recorded last about the cost budget of each subject; earlier verdicts are in the ledger',
    );
    // Query: all of them, to tell news from repetition; one, to move it on.
    table.string('subject', 200).notNullable().primary();
    table
      .string('fingerprint', 300)
      .notNullable()
      .comment('JSON: verdict and promise, to tell news from repetition');
    table
      .string('told', 20)
      .comment('fail or warn: what people were told and that still stands');
    table.bigInteger('judged_at_ms').notNullable();
  });
  await knex.schema.createTable('cost_notice', table => {
    table.comment('Turns of cost budgets that people are still to be told of');
    // Query: the oldest first.
    table.bigIncrements('notice_id');
    table.text('notice').notNullable().comment('JSON: what is told, and whom');
    table.bigInteger('queued_at_ms').notNullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('cost_notice');
  await knex.schema.dropTable('cost_budget');
};
