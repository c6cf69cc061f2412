/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('rollout_promotion_moment', table => {
    table.comment(
      'When decisions about the rollout of each model were made; what they say is in the ledger',
    );
    table.string('model_ref', 200).notNullable();
    table.bigInteger('since_ms').notNullable();
    // Query: the decisions about a model by an instant, newest first.
    table.primary(['model_ref', 'since_ms']);
  });
  // Earlier ones are found by looking through the ledger.
  await knex.raw(
    'INSERT INTO rollout_promotion_moment (model_ref, since_ms) SELECT model_ref, since_ms FROM rollout_promotion',
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  // Safe to drop: every decision is evidence, and stays in the ledger.
  await knex.schema.dropTable('rollout_promotion_moment');
};
