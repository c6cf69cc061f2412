import { Knex } from 'knex';
import { Words } from '../words';
import { EvidenceList } from './EvidenceList';

/** Values listed for one filter; more make no choice. */
const mostValues = 500;

/** What every type of evidence begins with, and what comes behind all of them: the dot is followed by the slash. */
const typesFrom = 'io.ai-assurance.';
const typesTo = 'io.ai-assurance/';

/** What the filters of the evidence list can be set to. */
export interface EvidenceFacets {
  types: string[];
  sources: string[];
  subjects: string[];
}

type Column = 'type' | 'source' | 'subject';

/**
 * Values that occur in the ledger, each in alphabetical order. Each costs one step in an index, or one look at the list,
 * however many items have it.
 */
export class Facets {
  readonly #deps: { knex: Knex; words: Words; list: EvidenceList };
  /** Words that are the type of an item; they stay it. */
  readonly #types = new Set<string>();

  constructor(deps: { knex: Knex; words: Words; list: EvidenceList }) {
    this.#deps = deps;
  }

  /** With `size` those that occurred when the ledger had that many items. */
  async of(size?: number): Promise<EvidenceFacets> {
    return {
      types: await this.#typesOf(size),
      sources: await this.#valuesOf('source', size),
      subjects: await this.#valuesOf('subject', size),
    };
  }

  /** There are few types, and no index by them: the dictionary has them. A source can look like one, though. */
  async #typesOf(size: number | undefined): Promise<string[]> {
    const words: string[] = await this.#deps
      .knex('ledger_word')
      .where('ledger_word.word', '>=', typesFrom)
      .andWhere('ledger_word.word', '<', typesTo)
      .limit(mostValues)
      .pluck('ledger_word.word');
    const types: string[] = [];
    for (const word of words.sort()) {
      const isKnown = size === undefined && this.#types.has(word);
      if (!isKnown && !(await this.#occurs('type', word, size))) continue;
      this.#types.add(word);
      types.push(word);
    }
    return types;
  }

  async #valuesOf(
    column: 'source' | 'subject',
    size: number | undefined,
  ): Promise<string[]> {
    const { knex, words } = this.#deps;
    const ids = await distinctIds(knex, column);
    const all = [...(await words.wordsOf(knex, ids)).values()].sort();
    if (size === undefined) return all;
    const then: string[] = [];
    for (const word of all)
      if (await this.#occurs(column, word, size)) then.push(word);
    return then;
  }

  async #occurs(
    column: Column,
    word: string,
    size: number | undefined,
  ): Promise<boolean> {
    const { items } = await this.#deps.list.page({
      [column]: word,
      limit: 1,
      beforePosition: size,
    });
    return items.length > 0;
  }
}

/** Numbers that occur in a column which an index begins with. */
async function distinctIds(
  knex: Knex,
  column: 'source' | 'subject',
): Promise<number[]> {
  const next = `SELECT MIN(i.${column}) FROM ledger_item i WHERE i.${column} > step.value`;
  const result = await knex.raw(
    `WITH RECURSIVE step(value) AS (
       SELECT MIN(ledger_item.${column}) FROM ledger_item
       UNION ALL
       SELECT (${next}) FROM step WHERE step.value IS NOT NULL
     )
     SELECT step.value FROM step WHERE step.value IS NOT NULL LIMIT ${mostValues}`,
  );
  const rows: { value: number }[] = result.rows ?? result;
  return rows.map(row => row.value);
}
