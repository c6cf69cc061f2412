/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('collector_state', table => {
    table.comment(
      'How the newest run of each collector about each subject ended',
    );
    table.string('collector_id', 60).notNullable();
    table.string('subject', 200).notNullable();
    table.string('collector_version', 50).notNullable();
    table.string('state', 20).notNullable().comment('working or failing');
    table
      .bigInteger('since_ms')
      .notNullable()
      .comment('When the first run with this state ended');
    table
      .bigInteger('asked_at_ms')
      .notNullable()
      .comment('Start of the newest run; the next is counted from here');
    table.bigInteger('ended_at_ms').notNullable();
    table
      .bigInteger('success_asked_at_ms')
      .comment('Start of the newest run that went well');
    table
      .bigInteger('success_ended_at_ms')
      .comment('End of the newest run that went well');
    table.string('failure_code', 40).comment('Null while working');
    table
      .string('failure_message', 500)
      .comment('For people; holds no credential');
    table.integer('failed_run_count').notNullable();
    table
      .integer('fact_count')
      .notNullable()
      .comment('Facts that the newest run brought');
    table
      .text('memory')
      .comment('JSON that the collector keeps from good run to good run');
    table.string('evidence_id', 40).comment('The newest stated status');
    table.bigInteger('stated_at_ms').comment('When it was stated');
    // Query: the states of one collector, before each round of runs and for the list of sources.
    table.primary(['collector_id', 'subject']);
    // Query: the sources of one subject, for its page.
    table.index(['subject'], 'collector_state_by_subject');
  });

  await knex.schema.createTable('collector_transition', table => {
    table.comment(
      'Every change between working and failing; rows are never changed',
    );
    table.string('collector_id', 60).notNullable();
    table.string('subject', 200).notNullable();
    table.bigInteger('at_ms').notNullable();
    table.string('state', 20).notNullable();
    table.string('failure_code', 40);
    table
      .bigInteger('success_ended_at_ms')
      .comment('End of the newest run that had gone well by then');
    table.string('evidence_id', 40);
    // Query: the newest change of each source up to a moment, for answers about the past.
    table.primary(['collector_id', 'subject', 'at_ms']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('collector_transition');
  await knex.schema.dropTable('collector_state');
};
