'use strict';

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  // What the gates of each subject are, as last read; a source that fails keeps what it said before.
  await knex.schema.createTable('evaluation_gates', table => {
    table.string('subject', 200).primary();
    table.text('source').notNullable();
    table.text('gates');
    table.text('problem');
    table.bigInteger('attempted_at_ms').notNullable();
  });
  // The newest judgement of each version of a subject. Read by subject, for its page and its next judgement.
  await knex.schema.createTable('evaluation_verdict', table => {
    table.string('subject', 200).notNullable();
    table.string('version_key', 200).notNullable();
    table.text('verdict').notNullable();
    table.text('fingerprint').notNullable();
    table.bigInteger('judged_at_ms').notNullable();
    table.bigInteger('since_ms').notNullable();
    table.bigInteger('evidence_at_ms').notNullable();
    table.string('evidence_id', 20);
    table.primary(['subject', 'version_key']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('evaluation_verdict');
  await knex.schema.dropTable('evaluation_gates');
};
