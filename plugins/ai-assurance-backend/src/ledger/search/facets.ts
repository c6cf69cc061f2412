import { Knex } from 'knex';
import { Words } from '../words';

/** Values listed for one filter; more make no choice. */
const mostValues = 500;

/** What the filters of the evidence list can be set to. */
export interface EvidenceFacets {
  types: string[];
  sources: string[];
  subjects: string[];
}

/** Values that occur in the ledger, each in alphabetical order. Each value costs one step in an index, however many items have it. */
export async function facetsOf(
  knex: Knex,
  words: Words,
  size?: number,
): Promise<EvidenceFacets> {
  const valuesOf = async (column: 'type' | 'source' | 'subject') => {
    const ids = await distinctIds(knex, column, size);
    return [...(await words.wordsOf(knex, ids)).values()].sort((a, b) =>
      a < b ? -1 : 1,
    );
  };
  return {
    types: await valuesOf('type'),
    sources: await valuesOf('source'),
    subjects: await valuesOf('subject'),
  };
}

async function distinctIds(
  knex: Knex,
  column: 'type' | 'source' | 'subject',
  size: number | undefined,
): Promise<number[]> {
  const existedThen = `AND EXISTS (SELECT 1 FROM ledger_item e WHERE e.${column} = step.value AND e.position < ?)`;
  const next = `SELECT MIN(i.${column}) FROM ledger_item i WHERE i.${column} > step.value`;
  const result = await knex.raw(
    `WITH RECURSIVE step(value) AS (
       SELECT MIN(ledger_item.${column}) FROM ledger_item
       UNION ALL
       SELECT (${next}) FROM step WHERE step.value IS NOT NULL
     )
     SELECT step.value FROM step WHERE step.value IS NOT NULL ${
       size === undefined ? '' : existedThen
     } LIMIT ${mostValues}`,
    size === undefined ? [] : [size],
  );
  const rows: { value: number }[] = result.rows ?? result;
  return rows.map(row => row.value);
}
