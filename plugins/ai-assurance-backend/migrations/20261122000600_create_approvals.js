/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('approval_release', table => {
    table.comment(
      'Model versions that were proposed, and how each was decided',
    );
    table.string('release_id', 100).notNullable().primary();
    table.string('model_ref', 200).notNullable();
    table.string('version', 100).notNullable().comment('Label, for people');
    table.string('digest', 80).notNullable().comment('Identity of the version');
    table.text('cohorts').notNullable().comment('JSON list of entity refs');
    table.string('state', 20).notNullable();
    table
      .integer('row_version')
      .notNullable()
      .comment('Goes up with every change; a vote names the one it saw');
    table
      .string('open_key', 300)
      .nullable()
      .comment('Model and digest while in review, else null');
    table.string('proposed_by', 200).notNullable();
    table.bigInteger('proposed_at_ms').notNullable();
    table.text('reason').notNullable();
    table.bigInteger('deadline_ms').notNullable();
    table.string('policy_id', 100).notNullable();
    table.string('policy_digest', 80).notNullable();
    table
      .text('policy_text')
      .notNullable()
      .comment('The policy in words, as it was');
    table.integer('quorum').notNullable();
    table
      .text('approver_groups')
      .notNullable()
      .comment('JSON list of entity refs');
    table
      .text('frozen_verdicts')
      .notNullable()
      .comment('JSON: what was known when it was proposed');
    table.bigInteger('decided_at_ms').nullable();
    // Guarantee: only one release of a digest is in review.
    table.unique(['open_key'], {
      indexName: 'approval_release_open_key_unique',
    });
    // Query: all releases, newest first.
    table.index(
      ['proposed_at_ms', 'release_id'],
      'approval_release_proposed_idx',
    );
    // Query: releases of one state, newest first (the inbox).
    table.index(
      ['state', 'proposed_at_ms', 'release_id'],
      'approval_release_state_proposed_idx',
    );
    // Query: releases of one model, newest first.
    table.index(
      ['model_ref', 'proposed_at_ms', 'release_id'],
      'approval_release_model_proposed_idx',
    );
    // Query: the newest release of a digest.
    table.index(
      ['model_ref', 'digest', 'proposed_at_ms'],
      'approval_release_digest_idx',
    );
    // Query: releases in review whose deadline has come.
    table.index(['state', 'deadline_ms'], 'approval_release_deadline_idx');
  });
  await knex.schema.createTable('approval_vote', table => {
    table.comment('One vote of one person on one release');
    table
      .string('release_id', 100)
      .notNullable()
      .references('release_id')
      .inTable('approval_release');
    table.string('voted_by', 200).notNullable();
    table.string('vote', 10).notNullable();
    table.text('reason').notNullable();
    table.string('digest', 80).notNullable().comment('What the voter saw');
    table.bigInteger('voted_at_ms').notNullable();
    // Query: the votes of a release. Guarantee: nobody votes twice.
    table.primary(['release_id', 'voted_by']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('approval_vote');
  await knex.schema.dropTable('approval_release');
};
