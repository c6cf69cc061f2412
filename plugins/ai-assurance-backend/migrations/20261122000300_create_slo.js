/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('slo_document', table => {
    table.comment(
      'OpenSLO documents of each subject, as last read and checked',
    );
    table.string('subject', 200).primary().comment('Entity ref');
    table.text('source').notNullable().comment('Where they were read from');
    table
      .text('etag')
      .comment('Of the source, to ask for changes only; null when it has none');
    table.text('definitions').notNullable().comment('JSON list');
    table
      .text('parse_problems')
      .notNullable()
      .comment('JSON list: what is wrong in the documents');
    table
      .text('read_problem')
      .comment('Why the last attempt to read failed; null after a success');
    table.bigInteger('attempted_at_ms').notNullable();
    table
      .bigInteger('read_at_ms')
      .comment('Last success; null when there was none');
  });

  await knex.schema.createTable('slo_minute', table => {
    table.comment(
      'Good and total events by minute: derived from telemetry, may be built again at any time',
    );
    table.string('subject', 200).notNullable();
    table
      .string('indicator', 120)
      .notNullable()
      .comment('Metric and threshold');
    table.bigInteger('start_ms').notNullable();
    table.bigInteger('good_count').notNullable();
    table.bigInteger('total_count').notNullable();
    // Query: sums of one indicator over ranges of minutes, at every evaluation.
    table.primary(['subject', 'indicator', 'start_ms']);
  });

  await knex.schema.createTable('slo_fold', table => {
    table.comment('How far the minutes of an indicator were derived');
    table.string('subject', 200).notNullable();
    table.string('indicator', 120).notNullable();
    table.bigInteger('from_ms').notNullable();
    table.bigInteger('to_ms').notNullable();
    table
      .bigInteger('rebuilt_at_ms')
      .notNullable()
      .comment('When the whole range was last derived');
    // Query: the one row of an indicator, at every evaluation.
    table.primary(['subject', 'indicator']);
  });

  await knex.schema.createTable('slo_status', table => {
    table.comment('Each objective as last evaluated');
    table.string('subject', 200).notNullable();
    table.string('slo_name', 63).notNullable();
    table.string('objective_name', 63).notNullable();
    table
      .text('answer')
      .notNullable()
      .comment('JSON: the objective as pages show it');
    table
      .string('fingerprint', 400)
      .notNullable()
      .comment('What makes a change material');
    table.string('evidence_id', 200);
    table.bigInteger('evidence_at_ms').notNullable();
    table.bigInteger('evaluated_at_ms').notNullable();
    // Query: all objectives of a subject, for every page and scorecard.
    table.primary(['subject', 'slo_name', 'objective_name']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('slo_status');
  await knex.schema.dropTable('slo_fold');
  await knex.schema.dropTable('slo_minute');
  await knex.schema.dropTable('slo_document');
};
