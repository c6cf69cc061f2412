import { PreparedRead } from '../../platform';

/** Columns of `ledger_item` by which a summary can be asked for. */
export type EqualColumn = 'subject' | 'type' | 'source';

/** Whether a value is in the list that is handed in. */
const isListed = {
  sqlite: 'IN (SELECT value FROM json_each(?))',
  postgres: '= ANY($1::bigint[])',
};

/** What of an item is listed. Its salt is not needed, only whether it is still there. */
const summary = [
  'position',
  'source',
  'id',
  'type',
  'subject',
  'time_ms',
  'recorded_at_ms',
  'expires_at_ms',
  'status',
]
  .map(name => `ledger_item.${name}`)
  .concat('length(ledger_item.salt) AS salt_length')
  .join(', ');

const state = `ledger_search_state.indexed_to, ledger_search_state.version, ledger_counter.size`;
const stateTables = `ledger_search_state JOIN ledger_counter ON ledger_counter.id = ledger_search_state.id`;

/** How far the index goes, and how far the ledger. */
export const stateRead: PreparedRead = inBoth(
  'ledger-search-state',
  `SELECT ${state} FROM ${stateTables} WHERE ledger_search_state.id = 1`,
);

/** Pages of the index by a list of ids. */
export const pagesRead: PreparedRead = byList(
  'ledger-search-pages',
  'SELECT id, bytes FROM ledger_search_page WHERE id',
);

/**
 * Summaries by a list of positions, newest first, each with the state of the index at that very moment. Where there is none
 * of them: one row with the state, and without a position.
 */
export const summariesRead: PreparedRead = withState(
  'ledger-search-summaries',
  summary,
);

/** The same with whole items. */
export const itemsRead: PreparedRead = withState(
  'ledger-search-items',
  'ledger_item.*',
);

const sizeBefore =
  'SELECT size FROM ledger_head WHERE signed_at_ms < ? ORDER BY signed_at_ms DESC, size DESC LIMIT 1';

/**
 * How many items were recorded before each of two instants; without a value where that was none, or no instant was given.
 * Each transaction signs one head at the time of its items.
 */
export const sizesBeforeRead: PreparedRead = inBoth(
  'ledger-search-sizes-before',
  `SELECT (${sizeBefore}) AS low, (${sizeBefore}) AS high`,
);

/** A page of the explorer, and the item that says whether there is another. */
const usualLimit = 51;

const newestReads = new Map<string, PreparedRead>();

/** Which bounds in time of recording come with their instants. */
export interface RecordedBounds {
  isFrom: boolean;
  isTo: boolean;
}

/**
 * Summaries below a position, newest first. Its values: the position; where `isTo`, the instant before which they were
 * recorded; where `isFrom`, the instant from which they were; those of the columns. `limit` is written into the text: a
 * planner that does not know it expects to sort much.
 */
export function newestRead(
  columns: EqualColumn[],
  limit: number,
  { isFrom, isTo }: RecordedBounds,
): PreparedRead {
  const name = [
    'ledger-search-newest',
    ...(isFrom ? ['from'] : []),
    ...(isTo ? ['to'] : []),
    ...columns,
    limit,
  ].join('-');
  const kept = newestReads.get(name);
  if (kept) return kept;
  // One upper bound, since SQLite walks an index by one of them only.
  const statement = (least: string) =>
    `SELECT ${summary} FROM ledger_item WHERE ${[
      isTo
        ? `position < ${least}(?, coalesce((${sizeBefore}), 0))`
        : 'position < ?',
      ...(isFrom ? [`position >= coalesce((${sizeBefore}), 0)`] : []),
      ...columns.map(column => `${column} = ?`),
    ].join(' AND ')} ORDER BY position DESC LIMIT ${Number(limit)}`;
  const read: PreparedRead = {
    name,
    sqlite: statement('min'),
    postgres: numbered(statement('least')),
  };
  // Other lengths of a page are rare, and a connection keeps what it is asked to keep.
  const given =
    limit === usualLimit
      ? read
      : { sqlite: read.sqlite, postgres: read.postgres };
  newestReads.set(name, given);
  return given;
}

function inBoth(name: string, text: string): PreparedRead {
  return { name, sqlite: text, postgres: numbered(text) };
}

function numbered(text: string): string {
  let number = 0;
  return text.replace(/\?/g, () => {
    number += 1;
    return `$${number}`;
  });
}

function byList(name: string, text: string): PreparedRead {
  return {
    name,
    sqlite: `${text} ${isListed.sqlite}`,
    postgres: `${text} ${isListed.postgres}`,
  };
}

function withState(name: string, columns: string): PreparedRead {
  const text = (listed: string) =>
    `SELECT ${state}, ${columns} FROM ${stateTables}
     LEFT JOIN ledger_item ON ledger_item.position ${listed}
     WHERE ledger_search_state.id = 1 ORDER BY ledger_item.position DESC`;
  return {
    name,
    sqlite: text(isListed.sqlite),
    postgres: text(isListed.postgres),
  };
}
