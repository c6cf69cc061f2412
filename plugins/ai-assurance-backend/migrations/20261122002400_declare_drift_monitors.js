/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('drift_reference', table => {
    table.integer('version').comment('1 for the first of a signal');
    table.string('origin', 20).comment('time-range, file or profile');
    table.text('origin_url');
    table
      .text('categories')
      .comment('JSON list in the order of the bins; null of numbers');
    table
      .text('cohort_bins')
      .comment('JSON: bins by cohort, so that like is compared with like');
  });
  await knex.schema.createTable('drift_declaration', table => {
    table.comment('The monitors that each subject declares, as last read');
    // Query: all of them at every evaluation, one for its page.
    table.string('subject', 200).primary();
    table.text('source').notNullable();
    table.string('etag', 500);
    table.text('declared').comment('JSON; null while nothing was readable');
    table.text('problem');
    table.bigInteger('attempted_at_ms').notNullable();
    table.bigInteger('read_at_ms');
  });
  await knex.schema.createTable('drift_profile', table => {
    table.comment('The newest pushed histogram of each signal and cohort');
    table.string('subject', 200).notNullable();
    table.string('feature', 100).notNullable();
    table.string('cohort_ref', 200).notNullable().comment('Empty: the whole');
    table.text('histogram').notNullable().comment('JSON');
    table.bigInteger('null_count').notNullable();
    table.bigInteger('out_of_range_count').notNullable();
    table.bigInteger('device_count');
    table.bigInteger('window_start_ms').notNullable();
    table.bigInteger('window_end_ms').notNullable();
    table.bigInteger('received_at_ms').notNullable();
    table.string('pushed_by', 200).notNullable();
    // Query: the profiles of a signal with all its cohorts at every evaluation.
    table.primary(['subject', 'feature', 'cohort_ref']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('drift_profile');
  await knex.schema.dropTable('drift_declaration');
  await knex.schema.alterTable('drift_reference', table => {
    table.dropColumns(
      'version',
      'origin',
      'origin_url',
      'categories',
      'cohort_bins',
    );
  });
};
