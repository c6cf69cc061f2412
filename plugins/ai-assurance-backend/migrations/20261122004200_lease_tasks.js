/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('task_lease', table => {
    table.comment(
      'Which replica does a task now, and when it is to be done next',
    );
    // Every statement names a task: the primary key is the only index that is needed.
    table.string('task', 200).primary();
    table
      .string('holder', 60)
      .nullable()
      .comment('The process that does it; nobody does when it is empty');
    table
      .bigInteger('held_until_ms')
      .notNullable()
      .comment('The holder renews it; one that was killed cannot');
    table.bigInteger('next_run_ms').notNullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('task_lease');
};
