// The keys that signed heads, one after the other. A key's row says from which head on it signs; its heads stay verifiable
// for ever. Private keys never come near the database.

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('ledger_key', table => {
    table.comment('Public keys of the log, in the order in which they signed');
    table
      .bigInteger('from_size')
      .notNullable()
      .primary()
      .comment(
        'Size of the first head that this key signs. Query: the key of a head; the newest key',
      );
    table.string('key_id', 8).notNullable().comment('Hex, as in C2SP notes');
    table
      .text('verifier_key')
      .notNullable()
      .comment('C2SP signed-note verifier key: name+id+base64');
    table
      .text('hand_over')
      .nullable()
      .comment(
        'Note signed by the previous key and this one; null for the first key, and where the previous one was lost',
      );
    table.bigInteger('added_at_ms').notNullable();
    // A key that was replaced never comes back.
    table.unique(['verifier_key'], {
      indexName: 'ledger_key_verifier_key_unique',
    });
  });
  await knex.schema.alterTable('ledger_counter', table => {
    table
      .string('key_id', 8)
      .nullable()
      .comment(
        'The key that signs the next head: a replica that holds another one is refused. It rides on the row that all writers lock',
      );
  });
  if (knex.client.dialect !== 'sqlite3') {
    await knex.raw(`
      CREATE FUNCTION ledger_key_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'Rows of % are written once: % is refused', TG_TABLE_NAME, TG_OP;
      END $$`);
    await knex.raw(
      'CREATE TRIGGER ledger_key_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_key FOR EACH STATEMENT EXECUTE FUNCTION ledger_key_refuse_change()',
    );
  } else {
    for (const operation of ['UPDATE', 'DELETE']) {
      await knex.raw(
        `CREATE TRIGGER ledger_key_no_${operation.toLowerCase()} BEFORE ${operation} ON ledger_key BEGIN SELECT RAISE(ABORT, 'Rows of ledger_key are written once: ${operation} is refused'); END`,
      );
    }
  }
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  const [{ count }] = await knex('ledger_key').count({ count: '*' });
  // One key is written again at the next start, from the configuration. After a rotation the table alone knows the others.
  if (Number(count) > 1) {
    throw new Error(
      `The ledger was signed with ${count} keys, one after the other. Without them its older heads could not be verified: keep this version, or move the database aside.`,
    );
  }
  await knex.schema.dropTable('ledger_key');
  if (knex.client.dialect !== 'sqlite3')
    await knex.raw('DROP FUNCTION ledger_key_refuse_change()');
  await knex.schema.alterTable('ledger_counter', table => {
    table.dropColumn('key_id');
  });
};
