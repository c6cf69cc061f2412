const labels = [
  'stream_id',
  'version',
  'digest',
  'cohort_ref',
  'outcome',
  'output_class',
  'kind',
  'shape',
];
const indexName = 'telemetry_series_key';

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('telemetry_series', table => {
    table
      .string('environment', 100)
      .notNullable()
      .defaultTo('')
      .comment('Where it runs, as the sender says; empty where it does not');
    table.dropUnique(labels, indexName);
  });
  await knex.schema.alterTable('telemetry_series', table => {
    // Finds or makes the series of a point; lists the series of a stream for reading.
    table.unique([...labels, 'environment'], { indexName });
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('telemetry_series', table => {
    table.dropUnique([...labels, 'environment'], indexName);
  });
  // Series that only their environment tells apart stay apart by their version, so that nothing counted is lost.
  await knex('telemetry_series')
    .whereNot('telemetry_series.environment', '')
    .update({
      version: knex.raw(`substr(version || '@' || environment, 1, 100)`),
    });
  await knex.raw('ALTER TABLE telemetry_series DROP COLUMN environment');
  await knex.schema.alterTable('telemetry_series', table => {
    table.unique(labels, { indexName });
  });
};
