/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('telemetry_level', table => {
    table.comment(
      'All segments of a stream in one minute, hour or day of UTC. What telemetry_window receives is moved here, into all three at once',
    );
    table.bigInteger('stream_id').notNullable();
    table
      .specificType('level', 'smallint')
      .notNullable()
      .comment(
        '0 minute, 1 hour, 2 day; for charts alone 3 five minutes, 4 a quarter of an hour, 5 six hours',
      );
    table.bigInteger('start_ms').notNullable();
    table
      .binary('members')
      .notNullable()
      .comment('Ids of the series that have a value here, ascending');
    table
      .binary('headline')
      .notNullable()
      .comment(
        'Counts and percentiles of the stream as a whole, ready to draw',
      );
    table.binary('total').notNullable().comment('All segments merged');
    table.binary('versions').notNullable().comment('Merged by version');
    table.binary('cohorts').notNullable().comment('Merged by cohort');
    table
      .binary('segments')
      .notNullable()
      .comment('One value for each member, in their order');
    // Every read: a level of a stream in a time range; moving windows into a row; retention, stream by stream.
    table.primary(['stream_id', 'level', 'start_ms']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('telemetry_level');
};
