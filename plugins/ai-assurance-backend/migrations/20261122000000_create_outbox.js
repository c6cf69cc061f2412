/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('outbox', table => {
    table.comment(
      'Messages that leave after the commit of the transaction that queued them',
    );
    table.bigIncrements('seq').comment('Order of delivery');
    table.string('topic', 100).notNullable();
    table.text('subjects').notNullable().comment('JSON list of entity refs');
    table.bigInteger('queued_at_ms').notNullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('outbox');
};
