/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('rollout_observation', table => {
    table.comment(
      'What was last recorded about the rollout of each model; earlier observations are in the ledger',
    );
    // Query: the last observation of a model, to tell news from repetition.
    table.string('model_ref', 200).notNullable().primary();
    table.string('status', 20).notNullable();
    table.string('reason', 100).notNullable();
    table
      .text('cohorts')
      .notNullable()
      .comment('JSON: sessions and load attempts by cohort and version');
    table
      .bigInteger('recorded_at_ms')
      .notNullable()
      .comment('When it went into the ledger');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('rollout_observation');
};
