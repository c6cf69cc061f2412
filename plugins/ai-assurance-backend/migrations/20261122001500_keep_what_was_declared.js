// What was declared about objectives before: without it nobody could say which objectives a page showed last week.

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('slo_document_history', table => {
    table.comment(
      'OpenSLO documents of each subject as they were: one row for each change, the newest 500 of each subject',
    );
    table.string('subject', 200).notNullable();
    table
      .bigInteger('known_from_ms')
      .notNullable()
      .comment('When it was read, or found to be gone');
    table
      .text('definitions')
      .notNullable()
      .comment('JSON list; empty when nothing was declared');
    table
      .text('problems')
      .notNullable()
      .comment('JSON list: what was wrong, in words');
    // Query: what was declared at an instant. Also: the rows beyond the limit.
    table.primary(['subject', 'known_from_ms']);
  });
  // What is declared now is known since it was read last; what came before was not kept.
  const rows = await knex('slo_document');
  for (const row of rows) {
    const problems = JSON.parse(row.parse_problems);
    await knex('slo_document_history').insert({
      subject: row.subject,
      known_from_ms: row.read_at_ms ?? row.attempted_at_ms,
      definitions: row.definitions,
      problems: JSON.stringify(
        row.read_problem === null ? problems : [row.read_problem, ...problems],
      ),
    });
  }
  await knex.schema.alterTable('approval_release', table => {
    // Query: releases that were in review at an instant: decided later, or not yet.
    table.index(['decided_at_ms'], 'approval_release_decided_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('approval_release', table => {
    table.dropIndex(['decided_at_ms'], 'approval_release_decided_idx');
  });
  // Safe to drop: what was measured against the documents is evidence, and stays in the ledger.
  await knex.schema.dropTable('slo_document_history');
};
