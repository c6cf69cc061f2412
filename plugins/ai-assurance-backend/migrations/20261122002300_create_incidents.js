/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('incident', table => {
    table.comment('Incidents that were opened here');
    table.string('incident_id', 60).primary();
    table.string('subject', 200).notNullable().comment('Entity ref');
    table.string('state', 20).notNullable();
    table.integer('row_version').notNullable();
    table.string('opened_by', 200).notNullable().comment('Entity ref');
    table
      .text('summary')
      .notNullable()
      .comment('In the words of who opened it');
    table.text('payload').notNullable().comment('JSON: its newest statement');
    table.bigInteger('opened_at_ms').notNullable();
    // Query: what people wrote about the incidents of a subject, beside what the ledger says.
    table.index(['subject', 'opened_at_ms'], 'incident_subject_idx');
  });
  await knex.schema.createTable('runbook_check', table => {
    table.comment('Who vouched for a runbook, and when; rows are only added');
    table.bigIncrements('seq');
    table.string('subject', 200).notNullable().comment('Entity ref');
    table.string('url', 500).notNullable();
    table.string('checked_by', 200).notNullable().comment('Entity ref');
    table.bigInteger('checked_at_ms').notNullable();
    table.string('evidence_id', 20).notNullable();
    // Query: the newest check of each runbook of a subject, now or by a moment that is over.
    table.index(['subject', 'checked_at_ms'], 'runbook_check_subject_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('runbook_check');
  await knex.schema.dropTable('incident');
};
