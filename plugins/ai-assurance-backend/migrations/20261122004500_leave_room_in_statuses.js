const isSqlite = knex => String(knex.client.config.client).includes('sqlite');

/**
 * Written anew once a minute, every row. In a page that is full a new version of a row goes to another page, and every
 * index is told; with room for it, it stays where it was and the page cleans itself. Rows that are there already move as
 * they are written.
 */
const rewritten = { slo_status: 45, slo_progress: 50, slo_document: 50 };

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  if (isSqlite(knex)) return;
  for (const [table, percent] of Object.entries(rewritten))
    await knex.raw(`ALTER TABLE ${table} SET (fillfactor = ${percent})`);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  if (isSqlite(knex)) return;
  for (const table of Object.keys(rewritten))
    await knex.raw(`ALTER TABLE ${table} RESET (fillfactor)`);
};
