// The ledger in a form that costs less to write and to keep. A leaf is a fixed frame around its members, so the members
// are stored and the frame is not: source, type and subject as numbers of a dictionary, hashes and salts as bytes. What is
// stored IS the leaf: no column can say other than it. New is that a payload may be erased, once its position is listed in
// ledger_redaction; the database refuses every other change.

const rowsPerPage = 500;
const leafHead = '{"datacontenttype":"application/json","envelope":';
const frozenTables = ['ledger_word', 'ledger_redaction'];

const isSqlite = knex => knex.client.dialect === 'sqlite3';

/** Everything of a leaf behind its envelope. */
function leafTail(row, time) {
  const text = JSON.stringify;
  return (
    `,"id":${text(row.id)},"leafFormat":"ai-assurance-leaf/v1"` +
    `,"payloadCommitment":"${row.payload_commitment}","source":${text(
      row.source,
    )}` +
    `,"specversion":"1.0","subject":${text(row.subject)},"time":${text(time)}` +
    `,"type":${text(row.type)}}`
  );
}

async function createTables(knex) {
  const bytes = isSqlite(knex) ? 'blob' : 'bytea';
  await knex.schema.createTable('ledger_word', table => {
    table.comment(
      'Dictionary of the ledger: sources, types and subjects by number. Rows are only added',
    );
    table.integer('id').notNullable().primary();
    // Query: the number of a word; the guarantee that a word has one number.
    table.text('word').notNullable().unique('ledger_word_word_unique');
  });
  await knex.schema.createTable('ledger_redaction', table => {
    table.comment('Items whose payload and salt may be erased, and why');
    table
      .bigInteger('position')
      .notNullable()
      .primary()
      .comment('The redacted item');
    table
      .bigInteger('redaction_position')
      .notNullable()
      .comment('The evidence that orders the redaction');
    table.bigInteger('recorded_at_ms').notNullable();
    // Query: what one redaction erased.
    table.index(['redaction_position'], 'ledger_redaction_evidence_idx');
  });
  // Wide values last, eight-byte values first: PostgreSQL pads between them.
  await knex.raw(`
    CREATE TABLE ledger_item_compact (
      position ${isSqlite(knex) ? 'integer' : 'bigint'} NOT NULL PRIMARY KEY,
      time_ms bigint NOT NULL,
      recorded_at_ms bigint NOT NULL,
      expires_at_ms bigint,
      source integer NOT NULL,
      type integer NOT NULL,
      subject integer NOT NULL,
      status varchar(20),
      id text ${isSqlite(knex) ? '' : 'COLLATE "C"'} NOT NULL,
      time_text varchar(64),
      salt ${bytes} NOT NULL,
      payload_commitment ${bytes} NOT NULL,
      leaf_hash ${bytes} NOT NULL,
      envelope text NOT NULL,
      payload text NOT NULL
    )`);
}

/** The number of each word, given in the order of first use. */
async function numbersOf(knex, numbers, words) {
  const fresh = [...new Set(words)].filter(word => !numbers.has(word));
  for (const word of fresh) {
    numbers.set(word, numbers.size);
    await knex('ledger_word').insert({ id: numbers.get(word), word });
  }
  return numbers;
}

async function copyItems(knex) {
  const numbers = new Map();
  let recordedAtMs = 0;
  for (let after = -1; ; ) {
    const rows = await knex('ledger_item')
      .where('position', '>', after)
      .orderBy('position')
      .limit(rowsPerPage);
    if (rows.length === 0) return recordedAtMs;
    await numbersOf(
      knex,
      numbers,
      rows.flatMap(row => [row.source, row.type, row.subject]),
    );
    const copies = [];
    for (const row of rows) {
      const { time } = JSON.parse(row.leaf);
      const timeMs = Number(row.time_ms);
      const tail = leafTail(row, time);
      if (!row.leaf.startsWith(leafHead) || !row.leaf.endsWith(tail))
        throw new Error(
          `The leaf at position ${row.position} is not as this suite writes it. Run "fsck" with the version before: the row was changed.`,
        );
      // From here on the order of recording is the order of positions.
      recordedAtMs = Math.max(recordedAtMs, Number(row.recorded_at_ms));
      copies.push({
        position: row.position,
        time_ms: timeMs,
        recorded_at_ms: recordedAtMs,
        expires_at_ms: row.expires_at_ms,
        source: numbers.get(row.source),
        type: numbers.get(row.type),
        subject: numbers.get(row.subject),
        status: row.status,
        id: row.id,
        time_text: new Date(timeMs).toISOString() === time ? null : time,
        salt: Buffer.from(row.salt, 'hex'),
        payload_commitment: Buffer.from(row.payload_commitment, 'hex'),
        leaf_hash: Buffer.from(row.leaf_hash, 'hex'),
        envelope: row.leaf.slice(leafHead.length, -tail.length),
        payload: row.payload,
      });
    }
    await knex.batchInsert('ledger_item_compact', copies, 50);
    after = rows[rows.length - 1].position;
  }
}

/** Signing times must not fall either: they tell which positions were recorded by when. */
async function straightenHeads(knex) {
  let newestMs = 0;
  for (let after = -1; ; ) {
    const heads = await knex('ledger_head')
      .select('size', 'signed_at_ms')
      .where('size', '>', after)
      .orderBy('size')
      .limit(rowsPerPage);
    if (heads.length === 0) return newestMs;
    for (const head of heads) {
      const signedAtMs = Number(head.signed_at_ms);
      if (signedAtMs < newestMs)
        await knex('ledger_head')
          .where('size', head.size)
          .update({ signed_at_ms: newestMs });
      newestMs = Math.max(newestMs, signedAtMs);
    }
    after = heads[heads.length - 1].size;
  }
}

async function createIndexes(knex) {
  // On SQLite every index ends in the position by itself.
  const position = isSqlite(knex) ? '' : ', position';
  const indexes = [
    // Query: "is this item already known?", and the guarantee behind it.
    ['UNIQUE INDEX', 'source_id_unique', 'source, id'],
    // Query: the newest item of a kind about a subject; a page of one kind of one subject.
    ['INDEX', 'subject_type_position_idx', `subject, type${position}`],
    // Query: a page of all items of a subject; the export of a subject.
    ['INDEX', 'subject_position_idx', `subject${position}`],
    // Query: a page of one kind over all subjects.
    ['INDEX', 'type_position_idx', `type${position}`],
    // Query: a page of one source. No index by the time of observation: every index here is paid for by every append,
    // and filters by time are answered by the search index.
    ['INDEX', 'source_position_idx', `source${position}`],
  ];
  for (const [what, name, columns] of indexes)
    await knex.raw(
      `CREATE ${what} ledger_item_${name} ON ledger_item (${columns})`,
    );
}

async function freeze(knex) {
  if (isSqlite(knex)) {
    const refuse = (table, operation) =>
      `SELECT RAISE(ABORT, 'Rows of ${table} are written once: ${operation} is refused');`;
    for (const table of [...frozenTables, 'ledger_item']) {
      await knex.raw(
        `CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN ${refuse(
          table,
          'DELETE',
        )} END`,
      );
      if (table !== 'ledger_item')
        await knex.raw(
          `CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN ${refuse(
            table,
            'UPDATE',
          )} END`,
        );
    }
    const kept = [
      'position',
      'time_ms',
      'recorded_at_ms',
      'expires_at_ms',
      'source',
      'type',
      'subject',
      'status',
      'id',
      'time_text',
      'payload_commitment',
      'leaf_hash',
      'envelope',
    ];
    // "IS" compares values and their storage: a text that looks like the bytes is another value.
    await knex.raw(`
      CREATE TRIGGER ledger_item_no_update BEFORE UPDATE ON ledger_item
      WHEN NOT (
        NEW.payload IS '' AND NEW.salt IS x''
        AND ${kept.map(name => `NEW.${name} IS OLD.${name}`).join(' AND ')}
        AND EXISTS (SELECT 1 FROM ledger_redaction WHERE ledger_redaction.position = OLD.position)
      )
      BEGIN ${refuse('ledger_item', 'UPDATE')} END`);
    return;
  }
  for (const table of frozenTables)
    await knex.raw(
      `CREATE TRIGGER ${table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()`,
    );
  await knex.raw(
    `CREATE TRIGGER ledger_item_kept BEFORE DELETE OR TRUNCATE ON ledger_item FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()`,
  );
  await knex.raw(`
    CREATE FUNCTION ledger_allow_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      erased ledger_item%ROWTYPE := OLD;
    BEGIN
      erased.payload := '';
      erased.salt := '';
      IF NEW IS DISTINCT FROM erased OR NOT EXISTS (
        SELECT 1 FROM ledger_redaction WHERE ledger_redaction.position = OLD.position
      ) THEN
        RAISE EXCEPTION 'Rows of % are written once: % is refused', TG_TABLE_NAME, TG_OP;
      END IF;
      RETURN NEW;
    END $$`);
  await knex.raw(
    `CREATE TRIGGER ledger_item_frozen BEFORE UPDATE ON ledger_item FOR EACH ROW EXECUTE FUNCTION ledger_allow_erasure()`,
  );
}

async function whileHeadsAreOpen(knex, work) {
  if (isSqlite(knex)) {
    await knex.raw('DROP TRIGGER ledger_head_no_update');
    const result = await work();
    await knex.raw(
      `CREATE TRIGGER ledger_head_no_update BEFORE UPDATE ON ledger_head BEGIN SELECT RAISE(ABORT, 'Rows of ledger_head are written once: UPDATE is refused'); END`,
    );
    return result;
  }
  await knex.raw('ALTER TABLE ledger_head DISABLE TRIGGER ledger_head_frozen');
  const result = await work();
  await knex.raw('ALTER TABLE ledger_head ENABLE TRIGGER ledger_head_frozen');
  return result;
}

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createTables(knex);
  const itemMs = await copyItems(knex);
  const headMs = await whileHeadsAreOpen(knex, () => straightenHeads(knex));
  await knex.schema.dropTable('ledger_item');
  await knex.schema.renameTable('ledger_item_compact', 'ledger_item');
  if (!isSqlite(knex))
    await knex.raw(
      'ALTER INDEX ledger_item_compact_pkey RENAME TO ledger_item_pkey',
    );
  await createIndexes(knex);
  await freeze(knex);
  await knex.schema.alterTable('ledger_head', table => {
    // Query: how much was recorded by some moment.
    table.index(['signed_at_ms', 'size'], 'ledger_head_signed_at_idx');
  });
  await knex.schema.alterTable('ledger_counter', table => {
    table
      .bigInteger('recorded_at_ms')
      .notNullable()
      .defaultTo(0)
      .comment('When the newest item was recorded: the next is not earlier');
  });
  await knex('ledger_counter').update({
    recorded_at_ms: Math.max(itemMs, headMs),
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  const [{ count }] = await knex('ledger_item').count({ count: '*' });
  if (Number(count) > 0)
    throw new Error(
      `The ledger holds ${count} items of evidence. A migration never drops evidence: keep this version, or move the database aside.`,
    );
  for (const table of ['ledger_item', 'ledger_redaction', 'ledger_word'])
    await knex.schema.dropTable(table);
  if (!isSqlite(knex)) await knex.raw('DROP FUNCTION ledger_allow_erasure()');
  await knex.schema.alterTable('ledger_counter', table =>
    table.dropColumn('recorded_at_ms'),
  );
  await knex.schema.alterTable('ledger_head', table =>
    table.dropIndex(['signed_at_ms', 'size'], 'ledger_head_signed_at_idx'),
  );
  await knex.schema.createTable('ledger_item', table => {
    table.bigInteger('position').notNullable().primary();
    table.string('source', 300).notNullable();
    table.string('id', 200).notNullable();
    table.string('type', 100).notNullable();
    table.string('subject', 200).notNullable();
    table.bigInteger('time_ms').notNullable();
    table.bigInteger('recorded_at_ms').notNullable();
    table.bigInteger('expires_at_ms').nullable();
    table.string('status', 20).nullable();
    table.text('leaf').notNullable();
    table.text('payload').notNullable();
    table.string('salt', 64).notNullable();
    table.string('payload_commitment', 64).notNullable();
    table.string('leaf_hash', 64).notNullable();
    // The same queries as in the migration that made the table first.
    table.unique(['source', 'id'], {
      indexName: 'ledger_item_source_id_unique',
    });
    table.index(
      ['subject', 'type', 'position'],
      'ledger_item_subject_type_position_idx',
    );
    table.index(['subject', 'position'], 'ledger_item_subject_position_idx');
    table.index(['type', 'position'], 'ledger_item_type_position_idx');
  });
  if (!isSqlite(knex)) {
    await knex.raw(
      `CREATE TRIGGER ledger_item_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_item FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()`,
    );
    return;
  }
  for (const operation of ['UPDATE', 'DELETE'])
    await knex.raw(
      `CREATE TRIGGER ledger_item_no_${operation.toLowerCase()} BEFORE ${operation} ON ledger_item BEGIN SELECT RAISE(ABORT, 'Rows of ledger_item are written once: ${operation} is refused'); END`,
    );
};
