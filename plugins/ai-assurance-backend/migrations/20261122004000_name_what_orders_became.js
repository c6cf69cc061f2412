/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('action_order', table => {
    table
      .string('answer_reference', 100)
      .nullable()
      .comment('What the order became in the system that carries it out');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('action_order', table => {
    table.dropColumn('answer_reference');
  });
};
