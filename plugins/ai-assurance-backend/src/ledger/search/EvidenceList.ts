import { EvidenceSummary } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError } from '@backstage/errors';
import { Knex } from 'knex';
import { Db, readBigint, readPrepared, withCode } from '../../platform';
import { recordsOf } from '../rows';
import { ItemRow } from '../tables';
import { Words } from '../words';
import { TermRange } from './core/pages';
import { isRounded, longWordsOf, rangesOf, SearchFilter } from './core/query';
import { hasWords, holdsTexts, wordsIn } from './core/words';
import { EqualColumn, itemsRead, newestRead, sizesBeforeRead } from './reads';
import { SearchIndex } from './SearchIndex';
import { SearchState, SegmentGone, stateOf, StateRow } from './SegmentStore';
import { itemsIn, Summaries, SummaryRow } from './Summaries';

/** Items behind the index that are read one by one for their words. */
const maxTail = 2_000;
/** Candidates that are compared with the items themselves before a request gives up and says how far it came. */
const maxCompared = 5_000;
const mostWords = 8;
const triesWhileMerging = 3;

/** Filters of the evidence list. Ranges are half-open; everything given must hold. */
export interface EvidenceListQuery {
  subject?: string;
  type?: string;
  source?: string;
  status?: string;
  /** When it was observed. */
  fromMs?: number;
  toMs?: number;
  /** When it was recorded. */
  recordedFromMs?: number;
  recordedToMs?: number;
  /** Words that must occur, each as the beginning of a word of the item. */
  text?: string;
  limit: number;
  /** Only items at positions below this one; for keyset paging, newest first. */
  beforePosition?: number;
}

export interface EvidenceListPage {
  /** Newest first, by position. */
  items: EvidenceSummary[];
  /** Where the next page begins; absent on the last. */
  nextPosition: number | undefined;
  /** Set when the search stopped before it had looked at everything: what it found lies at or above this position. */
  searchedToPosition: number | undefined;
  /** Only with text: items at positions from here on, up to the newest, are not searched for words yet. */
  textUnsearchedFrom: number | undefined;
}

/** Filters in the numbers of the dictionary. */
interface Condition {
  equal: Partial<Record<EqualColumn, number>>;
  status: string | undefined;
  fromMs: number | undefined;
  toMs: number | undefined;
  words: string[];
}

/** What is asked of the index. */
interface Search {
  condition: Condition;
  ranges: TermRange[];
  /** The index only rounds: the items are compared themselves. */
  isCompared: boolean;
  low: number;
}

interface Batch {
  items: EvidenceSummary[];
  /** What the index named, before it was compared. */
  foundCount: number;
  searchedTo: number;
  state: SearchState;
}

/** Positions `[low, high)`. */
interface Bounds {
  low: number;
  high: number;
}

/**
 * The list of the evidence explorer. One index of the ledger serves a filter that is a prefix of it; every other, and every
 * search for words, goes through the search index, so that each costs about the same however many items there are.
 */
export class EvidenceList {
  readonly #deps: {
    db: Db;
    words: Words;
    index: SearchIndex;
    summaries: Summaries;
  };

  constructor(deps: {
    db: Db;
    words: Words;
    index: SearchIndex;
    summaries: Summaries;
  }) {
    this.#deps = deps;
  }

  /** A page of items, newest first. Throws InputError `INVALID_TEXT` for a text without words. */
  async page(query: EvidenceListQuery): Promise<EvidenceListPage> {
    const words = wantedWords(query.text);
    const none: EvidenceListPage = {
      items: [],
      nextPosition: undefined,
      searchedToPosition: undefined,
      textUnsearchedFrom: undefined,
    };
    const equal = await this.#numbersOf(query);
    if (!equal) return none;
    const condition: Condition = {
      equal,
      status: query.status,
      fromMs: query.fromMs,
      toMs: query.toMs,
      words,
    };
    if (isIndexed(condition)) {
      const items = await this.#newest(query, equal);
      return { ...none, ...cut(items, query.limit) };
    }
    const bounds = await this.#bounds(query);
    if (!bounds) return none;
    // First with what is known of the index: mostly it did not change, and that comes with the items.
    let known = this.#deps.index.known;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#search(query, condition, bounds, known);
      } catch (error) {
        if (!(error instanceof SegmentGone) || tries === triesWhileMerging)
          throw error;
        known = undefined;
      }
    }
  }

  /** The newest items that have such numbers, one more than the page takes; recording and items are read at once. */
  async #newest(
    { recordedFromMs, recordedToMs, beforePosition, limit }: EvidenceListQuery,
    equal: Condition['equal'],
  ): Promise<EvidenceSummary[]> {
    const { db, summaries } = this.#deps;
    const [isFrom, isTo] = [recordedFromMs, recordedToMs].map(
      ms => ms !== undefined,
    );
    const rows = await readPrepared<SummaryRow>(
      db.knex,
      newestRead(Object.keys(equal) as EqualColumn[], limit + 1, {
        isFrom,
        isTo,
      }),
      [
        beforePosition ?? Number.MAX_SAFE_INTEGER,
        ...(isTo ? [recordedToMs] : []),
        ...(isFrom ? [recordedFromMs] : []),
        ...Object.values(equal),
      ],
    );
    return summaries.of(rows);
  }

  async #search(
    query: EvidenceListQuery,
    condition: Condition,
    bounds: Bounds,
    known: SearchState | undefined,
  ): Promise<EvidenceListPage> {
    const { db, index } = this.#deps;
    const wanted = query.limit + 1;
    const begun = known ?? (await index.refresh(db.knex));
    const filter: SearchFilter = { ...query, words: condition.words };
    const search: Search = {
      condition,
      ranges: rangesOf(filter),
      isCompared: isRounded(filter),
      low: bounds.low,
    };
    let before = Math.min(bounds.high, begun.indexedTo);
    let limit = search.isCompared ? wanted * 2 : wanted;
    let batch =
      before > bounds.low
        ? await this.#batch(search, before, limit)
        : undefined;
    let state = begun;
    if (known) {
      state = batch?.state ?? (await index.refresh(db.knex));
      if (state.version !== known.version) throw new SegmentGone();
    }
    const tail = {
      low: Math.max(bounds.low, state.indexedTo),
      high: Math.min(bounds.high, state.ledgerSize),
    };
    const { items, lookedFrom } =
      tail.low < tail.high
        ? await this.#tail(condition, tail, wanted)
        : { items: [], lookedFrom: tail.low };
    // What is between the index and the newest items that were read is left out, and said to be.
    const textUnsearchedFrom =
      condition.words.length > 0 && lookedFrom > tail.low
        ? tail.low
        : undefined;

    let comparedCount = 0;
    while (batch && items.length < wanted) {
      items.push(...batch.items);
      comparedCount += batch.foundCount;
      before = batch.searchedTo;
      if (items.length >= wanted || before <= bounds.low) break;
      if (batch.foundCount < limit || comparedCount >= maxCompared) {
        return {
          items,
          nextPosition: before,
          searchedToPosition: before,
          textUnsearchedFrom,
        };
      }
      limit = Math.min(limit * 4, 1_000);
      batch = await this.#batch(search, before, limit);
    }
    return {
      ...cut(items, query.limit),
      searchedToPosition: undefined,
      textUnsearchedFrom,
    };
  }

  /** The newest items below `before` that the index names, up to `limit`, and the state of the index when they were read. */
  async #batch(
    { condition, ranges, isCompared, low }: Search,
    before: number,
    limit: number,
  ): Promise<Batch> {
    const { db, index, summaries } = this.#deps;
    const found = await index.find(db.knex, ranges, { before, limit });
    const isBelow = found.positions.findIndex(at => at < low);
    const count = isBelow < 0 ? found.positions.length : isBelow;
    const positions = found.positions.slice(0, count);
    const { items, state } = isCompared
      ? await this.#compared(condition, positions)
      : await summaries.found({ ...found, positions });
    return {
      items:
        condition.status === undefined
          ? items
          : items.filter(item => !item.redacted),
      foundCount: found.positions.length,
      searchedTo: found.searchedTo,
      state,
    };
  }

  /** The newest items that are not indexed yet; they are read as they are. */
  async #tail(
    condition: Condition,
    tail: Bounds,
    wanted: number,
  ): Promise<{ items: EvidenceSummary[]; lookedFrom: number }> {
    const { db, words, summaries } = this.#deps;
    const page = this.#select(db.knex, condition, tail)
      .orderBy('ledger_item.position', 'desc')
      .limit(condition.words.length === 0 ? wanted : maxTail);
    const rows: ItemRow[] = await page.select('ledger_item.*');
    if (condition.words.length === 0)
      return {
        items: await summaries.of(rows.map(summaryOf)),
        lookedFrom: tail.low,
      };
    const records = await recordsOf(db.knex, words, rows);
    return {
      items: await summaries.of(
        rows
          .filter((_, i) => hasWords(records[i], condition.words))
          .slice(0, wanted)
          .map(summaryOf),
      ),
      lookedFrom:
        rows.length < maxTail
          ? tail.low
          : readBigint(rows[rows.length - 1].position),
    };
  }

  /** Items that the index named, newest first, as far as they themselves fit: the index only rounds. */
  async #compared(
    condition: Condition,
    positions: number[],
  ): Promise<{ items: EvidenceSummary[]; state: SearchState }> {
    const { db, words, summaries } = this.#deps;
    const read = await readPrepared<StateRow & ItemRow>(db.knex, itemsRead, [
      positions,
    ]);
    const { fromMs = -Infinity, toMs = Infinity } = condition;
    const rows = itemsIn(read).filter(row => {
      const timeMs = readBigint(row.time_ms);
      return fromMs <= timeMs && timeMs < toMs;
    });
    const longWords = longWordsOf(condition);
    const records =
      longWords.length === 0
        ? undefined
        : await recordsOf(db.knex, words, rows);
    return {
      items: await summaries.of(
        rows
          // That a word begins with what is kept of them, the index has said.
          .filter((_, i) => !records || holdsTexts(records[i], longWords))
          .map(summaryOf),
      ),
      state: stateOf(read[0]),
    };
  }

  #select(knex: Knex, condition: Condition, { low, high }: Bounds) {
    const page = knex<ItemRow>('ledger_item');
    for (const [name, id] of Object.entries(condition.equal))
      page.where(`ledger_item.${name}`, id);
    if (condition.status !== undefined)
      page
        .where('ledger_item.status', condition.status)
        .whereRaw('length(ledger_item.salt) > 0');
    if (condition.fromMs !== undefined)
      page.where('ledger_item.time_ms', '>=', condition.fromMs);
    if (condition.toMs !== undefined)
      page.where('ledger_item.time_ms', '<', condition.toMs);
    if (low > 0) page.where('ledger_item.position', '>=', low);
    if (high < Number.MAX_SAFE_INTEGER)
      page.where('ledger_item.position', '<', high);
    return page;
  }

  /** Positions within the cursor and the recorded range; `undefined` when there is none. Both never fall along the ledger. */
  async #bounds(query: EvidenceListQuery): Promise<Bounds | undefined> {
    const { recordedFromMs, recordedToMs, beforePosition } = query;
    let recorded: { low: unknown; high: unknown } = { low: null, high: null };
    if (recordedFromMs !== undefined || recordedToMs !== undefined)
      [recorded] = await readPrepared<typeof recorded>(
        this.#deps.db.knex,
        sizesBeforeRead,
        [recordedFromMs ?? null, recordedToMs ?? null],
      );
    const low = readBigint(recorded.low ?? 0);
    const high = Math.min(
      recordedToMs === undefined
        ? Number.MAX_SAFE_INTEGER
        : readBigint(recorded.high ?? 0),
      beforePosition ?? Number.MAX_SAFE_INTEGER,
    );
    return low < high ? { low, high } : undefined;
  }

  /** `undefined` when one of them is not in the dictionary: then no item has it. */
  async #numbersOf(
    query: EvidenceListQuery,
  ): Promise<Condition['equal'] | undefined> {
    const { db, words } = this.#deps;
    const names = (['subject', 'type', 'source'] as const).filter(
      name => query[name] !== undefined,
    );
    const ids = await words.idsOf(
      db.knex,
      names.map(name => query[name]!),
    );
    const equal: Condition['equal'] = {};
    for (const name of names) {
      const id = ids.get(query[name]!);
      if (id === undefined) return undefined;
      equal[name] = id;
    }
    return equal;
  }
}

/** As many as a page takes, and where the next one begins. */
function cut(found: EvidenceSummary[], limit: number) {
  const items = found.slice(0, limit);
  return {
    items,
    nextPosition:
      found.length > limit ? items[items.length - 1].position : undefined,
  };
}

function summaryOf(row: ItemRow): SummaryRow {
  return { ...row, salt_length: row.salt.length };
}

/** Whether one index of the ledger serves it: nothing that it finds has to be thrown away. */
function isIndexed(condition: Condition): boolean {
  const { equal, status, fromMs, toMs, words } = condition;
  const names = Object.keys(equal).sort().join();
  return (
    words.length === 0 &&
    status === undefined &&
    fromMs === undefined &&
    toMs === undefined &&
    ['', 'subject', 'subject,type'].includes(names)
  );
}

function wantedWords(text: string | undefined): string[] {
  if (text === undefined) return [];
  const words = [...new Set(wordsIn(text))];
  if (words.length === 0 || words.length > mostWords) {
    throw withCode(
      new InputError(
        `text: holds ${words.length} words, and one to ${mostWords} are taken: letters and digits, such as a name, a digest or a version.`,
      ),
      'INVALID_TEXT',
    );
  }
  return words;
}
