/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('scorecard_verdict', table => {
    table.comment('What each scorecard says about each subject now');
    table.string('scorecard_id', 100).notNullable();
    table.string('subject', 200).notNullable().comment('Entity ref');
    table
      .string('scorecard_digest', 80)
      .notNullable()
      .comment('Digest of the rules that were applied');
    table.string('level', 100).nullable().comment('Highest level held');
    table.string('status', 20).notNullable();
    table.integer('measured_count').notNullable();
    table.integer('in_scope_count').notNullable();
    table.integer('unknown_count').notNullable();
    table
      .text('checks')
      .notNullable()
      .comment('JSON: the verdict of each check with its facts');
    table.bigInteger('judged_at_ms').notNullable();
    table
      .bigInteger('recorded_at_ms')
      .notNullable()
      .comment('When the verdict last went into the ledger');
    // Query: the board of a scorecard; the row to replace.
    table.primary(['scorecard_id', 'subject']);
    // Query: the score of one subject, on its card and page.
    table.index(['subject'], 'scorecard_verdict_subject_idx');
  });
  await knex.schema.createTable('scorecard_history', table => {
    table.comment(
      'What each scorecard said before: one row for each change, the newest 200 of each subject',
    );
    table.bigIncrements('seq');
    table.string('scorecard_id', 100).notNullable();
    table.string('subject', 200).notNullable().comment('Entity ref');
    table.string('scorecard_digest', 80).notNullable();
    table.string('level', 100).nullable();
    table.string('status', 20).notNullable();
    table.text('checks').notNullable().comment('JSON');
    table.bigInteger('judged_at_ms').notNullable();
    // Query: history of a subject, newest first; finding the rows beyond the limit.
    table.index(
      ['scorecard_id', 'subject', 'seq'],
      'scorecard_history_subject_seq_idx',
    );
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('scorecard_history');
  await knex.schema.dropTable('scorecard_verdict');
};
