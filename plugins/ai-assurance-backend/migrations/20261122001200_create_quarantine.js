/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('quarantine_item', table => {
    table.comment(
      'What was sent as evidence and not let in: kept until somebody replays or discards it',
    );
    table.string('id', 40).notNullable().primary();
    table.bigInteger('received_at_ms').notNullable();
    table.bigInteger('last_received_at_ms').notNullable();
    table
      .integer('received_count')
      .notNullable()
      .comment('How often the same content came while it waited');
    table
      .string('origin', 100)
      .notNullable()
      .comment('http, events, or webhook:<name>');
    table.string('caller', 300).notNullable();
    table
      .string('sender', 71)
      .notNullable()
      .comment('Digest of origin and caller: what the bounds are counted by');
    table
      .text('source')
      .comment('As the item gives it, where that can be read');
    table.text('given_id');
    table.text('type');
    table.string('subject', 200);
    table.string('code', 100).notNullable();
    table.text('message').notNullable();
    table
      .text('content')
      .comment('The bytes, as encoding says; null once resolved');
    table.string('encoding', 10).notNullable();
    table.integer('size_bytes').notNullable().comment('Of all bytes received');
    table.integer('kept_bytes').notNullable().comment('Of content');
    table.string('digest', 71).notNullable();
    table.string('state', 20).notNullable();
    table.integer('row_version').notNullable();
    table.bigInteger('last_judged_at_ms').notNullable();
    table.string('resolved_by', 300);
    table.bigInteger('resolved_at_ms');
    table.text('discard_reason');
    table.string('evidence_id', 40);
    // Query: the list, newest first, of one state.
    table.index(['state', 'id'], 'quarantine_item_state_idx');
    // Query: the list of one reason and state; what waits for a replay of a reason, oldest first; how many wait for each.
    table.index(['code', 'state', 'id'], 'quarantine_item_code_idx');
    // Query: the list of one subject.
    table.index(['subject', 'id'], 'quarantine_item_subject_idx');
    // Query: how many items and bytes of one sender wait.
    table.index(
      ['sender', 'state', 'kept_bytes'],
      'quarantine_item_sender_idx',
    );
    // Query: the next items to be judged again by themselves, longest ago first.
    table.index(['state', 'last_judged_at_ms'], 'quarantine_item_judged_idx');
    // Query: what was resolved so long ago that it is forgotten.
    table.index(['resolved_at_ms'], 'quarantine_item_resolved_idx');
  });
  // The same content of the same sender waits once, however often it comes.
  await knex.raw(
    "CREATE UNIQUE INDEX quarantine_item_waiting_once ON quarantine_item (sender, digest) WHERE state = 'waiting'",
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('quarantine_item');
};
