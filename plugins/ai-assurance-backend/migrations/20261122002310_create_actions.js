/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('action_order', table => {
    table.comment(
      'Orders to other systems to change production, and what they answered',
    );
    table.string('order_id', 60).primary();
    table.string('subject', 200).notNullable().comment('Entity ref');
    table.string('request_id', 100).notNullable().comment('Made by the caller');
    table.string('state', 20).notNullable();
    table.string('from_version', 100).notNullable();
    table.string('from_digest', 80).nullable();
    table.string('to_version', 100).notNullable();
    table.string('to_digest', 80).nullable();
    table.double('traffic_ratio').nullable();
    table.string('ordered_by', 200).notNullable().comment('Entity ref');
    table.text('reason').notNullable();
    table.bigInteger('ordered_at_ms').notNullable();
    table.bigInteger('sent_at_ms').nullable();
    table.bigInteger('answered_at_ms').nullable();
    table.integer('answer_status').nullable().comment('HTTP status');
    table.string('answer_code', 100).nullable();
    // Query: whether a request was taken already; two at once become one order.
    table.unique(['subject', 'request_id'], {
      indexName: 'action_order_request_idx',
    });
    // Query: the newest orders of a subject.
    table.index(['subject', 'ordered_at_ms'], 'action_order_subject_idx');
    // Query: orders that are not sent, or whose answer is awaited.
    table.index(['state'], 'action_order_state_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('action_order');
};
