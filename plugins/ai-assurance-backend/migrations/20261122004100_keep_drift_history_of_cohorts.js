/**
 * What was said of each cohort, beside what was said of the whole. A cohort is named by a number: its name would be told
 * again for every signal in every minute.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('drift_cohort', table => {
    table.comment('Cohorts that drift was ever judged for');
    table.increments('id');
    // Query: numbers of the cohorts of a batch, and of the one that a page asks for.
    table.string('cohort_ref', 200).notNullable().unique();
  });
  await knex.schema.alterTable('drift_result', table => {
    table
      .text('cohorts')
      .comment(
        'Number, verdict and value of each, as core/cohortPoints has it',
      );
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('drift_result', table => {
    table.dropColumn('cohorts');
  });
  await knex.schema.dropTable('drift_cohort');
};
