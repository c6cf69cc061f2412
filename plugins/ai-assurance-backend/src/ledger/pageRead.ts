import { PreparedRead } from '../platform';
import { EvidenceQuery } from './types';

/** A statement with its values, in the order in which the text of SQLite has them; PostgreSQL numbers them alike. */
export interface BoundRead {
  read: PreparedRead;
  values: unknown[];
}

/** Numbers of words that are at hand; `undefined` when one of them is not. */
type IdsOf = (words: readonly string[]) => number[] | undefined;

/**
 * The statement of a page of items, newest first. Words whose numbers are not at hand, for example of kinds that nobody has
 * recorded yet, are looked up by the very statement that needs them: a question of their own would be asked again each time.
 */
export function pageRead(
  query: EvidenceQuery,
  idsOf: IdsOf,
  columns: '*' | 'position' = '*',
): BoundRead {
  const values: unknown[] = [];
  const postgres: string[] = [];
  const sqlite: string[] = [];
  const names: string[] = [];
  const value = (one: unknown) => `$${values.push(one)}`;
  const one = (column: 'subject' | 'type', word: string) => {
    const ids = idsOf([word]);
    const place = value(ids ? ids[0] : word);
    const found = (mark: string) =>
      ids
        ? mark
        : `(SELECT ledger_word.id FROM ledger_word WHERE ledger_word.word = ${mark})`;
    names.push(ids ? column : `new-${column}`);
    postgres.push(`ledger_item.${column} = ${found(place)}`);
    sqlite.push(`ledger_item.${column} = ${found('?')}`);
  };
  const compare = (column: string, sign: string, bound: number) => {
    names.push(column);
    postgres.push(`ledger_item.${column} ${sign} ${value(bound)}`);
    sqlite.push(`ledger_item.${column} ${sign} ?`);
  };

  if (query.subject !== undefined) one('subject', query.subject);
  if (query.type !== undefined) one('type', query.type);
  if (query.types !== undefined) {
    const ids = idsOf(query.types);
    const place = value(ids ?? [...query.types]);
    const words = 'SELECT ledger_word.id FROM ledger_word WHERE';
    postgres.push(
      `ledger_item.type = ANY(${
        ids ? place : `ARRAY(${words} ledger_word.word = ANY(${place}))`
      })`,
    );
    const listed = 'SELECT value FROM json_each(?)';
    sqlite.push(
      `ledger_item.type IN (${
        ids ? listed : `${words} ledger_word.word IN (${listed})`
      })`,
    );
  }
  if (query.fromMs !== undefined) compare('time_ms', '>=', query.fromMs);
  if (query.toMs !== undefined) compare('time_ms', '<', query.toMs);
  if (query.beforePosition !== undefined)
    compare('position', '<', query.beforePosition);
  const text = (conditions: string[], limit: string) =>
    `SELECT ledger_item.${columns} FROM ledger_item${
      conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
    } ORDER BY ledger_item.position DESC LIMIT ${limit}`;
  // How many items there are of some kinds in some time is for the planner to judge each time; one kind has an index.
  const hasOnePlan =
    query.subject !== undefined &&
    query.type !== undefined &&
    query.fromMs === undefined &&
    query.toMs === undefined;
  return {
    read: {
      ...(hasOnePlan && {
        name: `ledger-page-${[...names, columns].join('-')}`,
      }),
      postgres: text(postgres, value(query.limit)),
      sqlite: text(sqlite, '?'),
    },
    values,
  };
}
