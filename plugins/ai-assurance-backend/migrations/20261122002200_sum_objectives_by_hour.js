/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  // Derived from telemetry: counted again from there into the tables below.
  await knex.schema.dropTable('slo_fold');
  await knex.schema.dropTable('slo_minute');
  // Documents are held in another form now: read them again, whatever their source says about changes.
  await knex('slo_document').update({ etag: null, attempted_at_ms: 0 });
  await knex.schema.alterTable('slo_document', table => {
    table
      .text('lost')
      .notNullable()
      .defaultTo('[]')
      .comment('JSON list: what the documents say and nothing makes use of');
  });

  await knex.schema.createTable('slo_series', table => {
    table.comment(
      'One line of good and total counts: of an indicator as a whole, or of one segment of it',
    );
    table.bigIncrements('series_id');
    table.string('subject', 200).notNullable();
    table
      .string('indicator', 150)
      .notNullable()
      .comment('What is counted; equal for equal indicators');
    table
      .string('segment', 600)
      .notNullable()
      .comment(
        'JSON list of version, cohort and environment; empty: all of them together',
      );
    // Query: all lines of a subject, at every evaluation.
    table.unique(['subject', 'indicator', 'segment'], {
      indexName: 'slo_series_key',
    });
  });

  await knex.schema.createTable('slo_hour', table => {
    table.comment(
      'One hour of a line of counts with the sum of everything before it, so that any range is a difference of two sums',
    );
    table
      .bigInteger('series_id')
      .notNullable()
      .references('slo_series.series_id');
    table.bigInteger('start_ms').notNullable();
    table.double('before_good').notNullable();
    table.double('before_total').notNullable();
    table
      .text('cells')
      .notNullable()
      .comment('By minute: good; total. One list where they are equal');
    // Query: the newest hour of a line that began by an instant, for both ends of each window.
    table.primary(['series_id', 'start_ms']);
  });

  await knex.schema.createTable('slo_progress', table => {
    table.comment('How far a source was counted for a subject');
    table.string('subject', 200).notNullable();
    table
      .string('reading', 170)
      .notNullable()
      .comment('A metric of telemetry, or a query of an engine');
    table.bigInteger('from_ms').notNullable();
    table
      .bigInteger('whole_from_ms')
      .notNullable()
      .comment('Earlier counts lay beyond what the source kept');
    table.bigInteger('to_ms').notNullable();
    table
      .bigInteger('day_read_at_ms')
      .notNullable()
      .comment('When the last day was last counted again as a whole');
    table
      .text('indicators')
      .notNullable()
      .comment('JSON list: what was counted from it');
    // Query: the progress of the subjects that are evaluated together.
    table.primary(['subject', 'reading']);
  });

  await knex.schema.createTable('slo_source', table => {
    table.comment('What sources do not answer, by subject');
    table.string('subject', 200).notNullable();
    table
      .string('reading', 170)
      .notNullable()
      .comment('A metric of telemetry, or a query of an engine');
    table.bigInteger('failing_since_ms').notNullable();
    table.text('problem').notNullable();
    // Query: the failing sources of the subjects that are evaluated together.
    table.primary(['subject', 'reading']);
  });

  await knex.schema.createTable('slo_alert', table => {
    table.comment('Alerts that are pending or fire');
    table.string('alert_id', 40).primary();
    table.string('subject', 200).notNullable();
    table.string('slo_name', 63).notNullable();
    table.string('objective_name', 63).notNullable();
    table.text('state').notNullable().comment('JSON: the alert as it stands');
    // Query: the alerts of the subjects that are evaluated together.
    table.index(['subject'], 'slo_alert_subject');
  });

  await knex.schema.createTable('slo_notice', table => {
    table.comment('Turns of alerts that people are still to be told of');
    table.bigIncrements('notice_id');
    table.string('subject', 200).notNullable();
    table.text('notice').notNullable().comment('JSON: what to tell, and whom');
    table.bigInteger('queued_at_ms').notNullable();
  });

  await knex.schema.createTable('slo_correction', table => {
    table.comment('Stretches of time that corrected budgets leave out');
    table.string('correction_id', 40).primary();
    table.string('subject', 200).notNullable();
    table.string('slo_name', 63).comment('Null: every objective');
    table.bigInteger('from_ms').notNullable();
    table.bigInteger('to_ms').notNullable();
    table.string('cause', 30).notNullable();
    table.text('reason').notNullable();
    table.string('recorded_by', 200).notNullable();
    table.bigInteger('recorded_at_ms').notNullable();
    table.bigInteger('withdrawn_at_ms');
    table.string('evidence_id', 200);
    // Query: the corrections of a subject, newest first, for its page and at every evaluation.
    table.index(['subject', 'recorded_at_ms'], 'slo_correction_subject');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  for (const table of [
    'slo_correction',
    'slo_notice',
    'slo_alert',
    'slo_source',
    'slo_progress',
    'slo_hour',
    'slo_series',
  ])
    await knex.schema.dropTable(table);
  await knex.schema.alterTable('slo_document', table => {
    table.dropColumn('lost');
  });
  await knex.schema.createTable('slo_minute', table => {
    table.string('subject', 200).notNullable();
    table.string('indicator', 120).notNullable();
    table.bigInteger('start_ms').notNullable();
    table.bigInteger('good_count').notNullable();
    table.bigInteger('total_count').notNullable();
    // Query: sums of one indicator over ranges of minutes, at every evaluation.
    table.primary(['subject', 'indicator', 'start_ms']);
  });
  await knex.schema.createTable('slo_fold', table => {
    table.string('subject', 200).notNullable();
    table.string('indicator', 120).notNullable();
    table.bigInteger('from_ms').notNullable();
    table.bigInteger('to_ms').notNullable();
    table.bigInteger('rebuilt_at_ms').notNullable();
    // Query: the one row of an indicator, at every evaluation.
    table.primary(['subject', 'indicator']);
  });
};
