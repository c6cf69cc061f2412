/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('telemetry_salt', table => {
    table.comment(
      'Secrets that hashes of senders are made with; that of devices is of one day and is deleted with it',
    );
    table
      .string('purpose', 20)
      .notNullable()
      .comment('devices, or streams of cumulative points');
    table
      .bigInteger('day')
      .notNullable()
      .comment('Whole days since the epoch, UTC; 0 for streams');
    table.string('salt', 64).notNullable();
    // Finds the salt of the day; forgets those of earlier days.
    table.primary(['purpose', 'day']);
  });
  await knex.schema.createTable('telemetry_cumulative', table => {
    table.comment(
      'Cumulative streams as they were last seen, by a salted hash of what tells them apart',
    );
    table.string('identity', 64).notNullable();
    table
      .bigInteger('stream_id')
      .notNullable()
      .references('telemetry_stream.stream_id');
    table
      .bigInteger('counted_from_ms')
      .notNullable()
      .comment('When the sender began to count; 0: it does not say');
    table.bigInteger('counted_to_ms').notNullable();
    table.string('kind', 20).notNullable();
    table
      .text('value')
      .notNullable()
      .comment('What had been counted, in the form of a window');
    table.bigInteger('seen_at_ms').notNullable();
    // Finds the state that a point goes on from.
    table.primary(['identity']);
    // Counts the cumulative streams of a metric, which are bounded.
    table.index(['stream_id'], 'telemetry_cumulative_stream');
    // Forgets streams that have fallen silent.
    table.index(['seen_at_ms'], 'telemetry_cumulative_seen');
  });
  await knex.schema.createTable('telemetry_batch_key', table => {
    table.comment(
      'Batch ids that senders gave, so that one id never stands for two bodies',
    );
    table
      .string('key_hash', 64)
      .notNullable()
      .comment('Of the sender and the id it gave');
    table.string('digest', 64).notNullable();
    table.bigInteger('received_at_ms').notNullable();
    // Finds a batch that was sent before.
    table.primary(['key_hash']);
    // Retention.
    table.index(['received_at_ms'], 'telemetry_batch_key_received');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('telemetry_batch_key');
  await knex.schema.dropTable('telemetry_cumulative');
  await knex.schema.dropTable('telemetry_salt');
};
