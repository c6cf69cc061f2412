/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('drift_sample', table => {
    table.comment(
      'What the sample file of each monitored feature held when it was read last; never a row of it',
    );
    table.string('subject', 200).notNullable();
    table.string('feature', 100).notNullable();
    table
      .text('wish')
      .notNullable()
      .comment('JSON: file, column and bins that were asked for');
    table
      .text('profile')
      .comment('JSON: histograms; null when it could not be read');
    table.text('problem').comment('Why it could not be read, in words');
    table.string('etag', 500);
    table.string('digest', 71).comment('SHA-256 of the file');
    table.bigInteger('row_count');
    table
      .bigInteger('data_at_ms')
      .comment('When the file changed last, or was first seen as it is');
    table.bigInteger('attempted_at_ms').notNullable();
    // Query: the sample of a signal at every evaluation, and all of a subject when its files are read.
    table.primary(['subject', 'feature']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('drift_sample');
};
