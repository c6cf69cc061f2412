/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('drift_reference', table => {
    table.comment('Approved reference windows; rows are never changed');
    table.string('id', 100).primary();
    table.string('subject', 200).notNullable();
    table.string('feature', 100).notNullable();
    table.bigInteger('from_ms').notNullable();
    table.bigInteger('to_ms').notNullable();
    table.bigInteger('total_count').notNullable();
    table.text('boundaries').notNullable().comment('JSON list of bin edges');
    table
      .text('bins')
      .notNullable()
      .comment('JSON list of counts, one more than edges');
    table.string('histogram_digest', 71).notNullable();
    table.string('approved_by', 200).notNullable();
    table.text('reason').notNullable();
    table.bigInteger('approved_at_ms').notNullable();
    table.bigInteger('expires_at_ms').notNullable();
    // Query: the newest reference of a signal at every evaluation, and the list of a subject, newest first.
    table.index(
      ['subject', 'feature', 'approved_at_ms'],
      'drift_reference_newest',
    );
  });

  await knex.schema.createTable('drift_monitor', table => {
    table.comment('Each watched signal as last judged');
    table.string('subject', 200).notNullable();
    table.string('feature', 100).notNullable();
    table
      .text('answer')
      .notNullable()
      .comment('JSON: the judgement as pages show it, without history');
    table
      .string('fingerprint', 400)
      .notNullable()
      .comment('What makes a change material');
    table.string('evidence_id', 200);
    table
      .bigInteger('evidence_at_ms')
      .comment('Null while nothing could be recorded: there is no reference');
    table
      .bigInteger('last_reported_at_ms')
      .comment('End of the last window with outputs');
    table.bigInteger('evaluated_at_ms').notNullable();
    // Query: all monitors of a subject, for every page and scorecard.
    table.primary(['subject', 'feature']);
  });

  await knex.schema.createTable('drift_result', table => {
    table.comment('History of judgements, pruned by age');
    table.string('subject', 200).notNullable();
    table.string('feature', 100).notNullable();
    table.bigInteger('at_ms').notNullable().comment('End of the judged window');
    table.double('value').comment('Null when nothing could be computed');
    table.string('status', 20).notNullable();
    // Query: history of one monitor over a range, and pruning by age.
    table.primary(['subject', 'feature', 'at_ms']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('drift_result');
  await knex.schema.dropTable('drift_monitor');
  await knex.schema.dropTable('drift_reference');
};
