/**
 * Every index of the ledger is paid for by every append. Pages of one kind or of one source come from the search index now,
 * as those of all other filters do. The release before still finds them without these indexes, only slower.
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  for (const name of ['type_position_idx', 'source_position_idx'])
    await knex.raw(`DROP INDEX ledger_item_${name}`);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  // On SQLite every index ends in the position by itself.
  const isSqlite = String(knex.client.config.client).includes('sqlite');
  for (const column of ['type', 'source'])
    await knex.raw(
      `CREATE INDEX ledger_item_${column}_position_idx ON ledger_item (${column}${
        isSqlite ? '' : ', position'
      })`,
    );
};
