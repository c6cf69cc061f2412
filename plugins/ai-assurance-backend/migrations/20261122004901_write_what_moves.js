const isSqlite = knex => String(knex.client.config.client).includes('sqlite');

/** The answer with its numbers replaced by those of the list, in their order. */
function withNumbers(value, numbers) {
  if (typeof value === 'number') return numbers.shift();
  if (Array.isArray(value)) return value.map(one => withNumbers(one, numbers));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, withNumbers(one, numbers)]),
  );
}

/**
 * From one evaluation to the next an answer changes in its numbers alone: they are written, and the answer stays. On
 * PostgreSQL it lies aside, so that a new version of its row takes it over without a copy.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('slo_status', table => {
    table
      .text('numbers')
      .comment(
        'JSON list: the numbers of the answer as they are now, in its order; null: as the answer has them',
      );
    table
      .string('form', 44)
      .comment(
        'Hash of all else in the answer, with the places of its numbers; null: not known',
      );
    table
      .bigInteger('numbers_at_ms')
      .comment(
        'Both stand while it is when the row was last evaluated: an earlier version of the suite may write beside this one',
      );
  });
  if (isSqlite(knex)) return;
  await knex.raw(
    `ALTER TABLE slo_status ALTER COLUMN answer SET STORAGE EXTERNAL, SET (toast_tuple_target = 1024)`,
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  const rows = await knex('slo_status')
    .whereNotNull('numbers')
    .whereRaw('numbers_at_ms = evaluated_at_ms')
    .select('subject', 'slo_name', 'objective_name', 'answer', 'numbers');
  for (const { answer, numbers, ...key } of rows)
    await knex('slo_status')
      .where(key)
      .update({
        answer: JSON.stringify(
          withNumbers(JSON.parse(answer), JSON.parse(numbers)),
        ),
      });
  if (!isSqlite(knex))
    await knex.raw(
      `ALTER TABLE slo_status ALTER COLUMN answer SET STORAGE EXTENDED, SET (toast_tuple_target = 8160)`,
    );
  await knex.schema.alterTable('slo_status', table => {
    table.dropColumn('numbers_at_ms');
    table.dropColumn('form');
    table.dropColumn('numbers');
  });
};
