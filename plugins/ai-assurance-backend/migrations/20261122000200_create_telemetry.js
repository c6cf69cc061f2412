/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('telemetry_stream', table => {
    table.comment(
      'One metric of one subject. Its row is the lock that writers of the metric take, in order of stream_id',
    );
    table.bigIncrements('stream_id');
    table.string('subject_ref', 200).notNullable();
    table.string('metric', 255).notNullable();
    // Finds or makes the stream of a point; finds the streams of a subject for reading.
    table.unique(['subject_ref', 'metric'], {
      indexName: 'telemetry_stream_key',
    });
  });
  await knex.schema.createTable('telemetry_series', table => {
    table.comment(
      'One segment of a stream; empty text stands for absent labels, so that the key is unique',
    );
    table.bigIncrements('series_id');
    table
      .bigInteger('stream_id')
      .notNullable()
      .references('telemetry_stream.stream_id');
    table
      .string('kind', 20)
      .notNullable()
      .comment('sum, gauge, explicit or exponential');
    table.string('version', 100).notNullable();
    table.string('digest', 71).notNullable();
    table.string('cohort_ref', 200).notNullable();
    table.string('outcome', 5).notNullable().comment('ok or error');
    table.string('output_class', 100).notNullable();
    table
      .string('shape', 64)
      .notNullable()
      .comment(
        'Fingerprint of the boundaries of explicit histograms, else empty',
      );
    table
      .bigInteger('last_start_ms')
      .notNullable()
      .comment('Start of the newest window');
    // Finds or makes the series of a point; lists the series of a stream for reading.
    table.unique(
      [
        'stream_id',
        'version',
        'digest',
        'cohort_ref',
        'outcome',
        'output_class',
        'kind',
        'shape',
      ],
      {
        indexName: 'telemetry_series_key',
      },
    );
    // Retention: which series have only expired windows.
    table.index(['last_start_ms'], 'telemetry_series_last');
  });
  await knex.schema.createTable('telemetry_window', table => {
    table.comment('One minute of one series, half-open from start_ms');
    table
      .bigInteger('series_id')
      .notNullable()
      .references('telemetry_series.series_id');
    table.bigInteger('start_ms').notNullable();
    table
      .text('value')
      .notNullable()
      .comment('Sum, gauge or histogram as a compact JSON list');
    // Every read: the windows of some series in a time range.
    table.primary(['series_id', 'start_ms']);
    // Retention: the oldest windows first.
    table.index(['start_ms'], 'telemetry_window_start');
  });
  await knex.schema.createTable('telemetry_intake', table => {
    table.comment(
      'Points received in each minute of the server’s clock, by what became of them',
    );
    table.bigInteger('start_ms').notNullable();
    table
      .string('outcome', 40)
      .notNullable()
      .comment('accepted, or the code of the refusal');
    table.bigInteger('points').notNullable();
    table.bigInteger('last_at_ms').notNullable();
    // Adds to a minute; sums the last hour for the overview; retention.
    table.primary(['start_ms', 'outcome']);
  });
  await knex.schema.createTable('telemetry_batch', table => {
    table.comment(
      'Bodies that were accepted lately, so that a resent one changes nothing',
    );
    table.string('digest', 64).notNullable();
    table.bigInteger('received_at_ms').notNullable();
    table.bigInteger('rejected_points').notNullable();
    table.text('message').notNullable();
    // Finds a body that was sent before.
    table.primary(['digest']);
    // Retention.
    table.index(['received_at_ms'], 'telemetry_batch_received');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('telemetry_batch');
  await knex.schema.dropTable('telemetry_intake');
  await knex.schema.dropTable('telemetry_window');
  await knex.schema.dropTable('telemetry_series');
  await knex.schema.dropTable('telemetry_stream');
};
