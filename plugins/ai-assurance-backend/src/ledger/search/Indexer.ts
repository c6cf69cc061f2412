import { setImmediate } from 'node:timers/promises';
import { Knex } from 'knex';
import { Db, Task, Tx } from '../../platform';
import { SegmentBuilder } from './core/build';
import { mergeTerms, TermSource } from './core/merge';
import { Page, PageWriter, TermPostings, termsOf } from './core/pages';
import { nextMerge, Stretch } from './core/plan';
import { SearchableItem, term, wordsOfLeaf } from './core/words';
import {
  PAGES_PER_SEGMENT,
  Segment,
  SegmentGone,
  SegmentStore,
} from './SegmentStore';

/** Positions indexed at a time: less than a second of work, in slices. Each step fewer is a merge fewer. */
const step = 8_192;
/** Items that are read at once, and items whose terms are sorted at once: a millisecond or two, for which requests wait. */
const itemsPerSlice = 64;
const itemsPerPart = 512;
const termsPerSlice = 500;
const pagesPerRead = 32;
const pagesPerWrite = 64;

/** Reads what is to be indexed: items at positions `[from, to)`, in order. */
export type ReadItems = (
  knex: Knex,
  from: number,
  to: number,
) => Promise<SearchableItem[]>;

/**
 * Keeps the search index behind the ledger. It follows commits instead of being part of them, works in slices between which
 * requests are served, and goes on only while the ledger grows slower than it indexes: ingestion comes first.
 */
export class Indexer {
  readonly #deps: {
    db: Db;
    store: SegmentStore;
    readItems: ReadItems;
  };
  #hasCleaned = false;

  constructor(deps: { db: Db; store: SegmentStore; readItems: ReadItems }) {
    this.#deps = deps;
  }

  task(): Task {
    return {
      id: 'ledger-search-index',
      everySeconds: 2,
      run: () => this.run(),
    };
  }

  /** Indexes what is there, or one step of it while more comes in faster. Safe to repeat and to be run by two at once. */
  async run(): Promise<void> {
    const { db, store } = this.#deps;
    if (!this.#hasCleaned) {
      for (const id of await store.strayIds(db.knex))
        await store.dropPages(db.knex, id);
      this.#hasCleaned = true;
    }
    for (let before = -1; ; ) {
      const { from, to, size } = await this.#indexNext();
      await this.#mergeAll();
      const grown = before < 0 ? 0 : size - before;
      if (to <= from || grown > to - from) return;
      before = size;
    }
  }

  /** Answers what it indexed, nothing where `to` is `from`, and how large the ledger was before. */
  async #indexNext(): Promise<Stretch & { size: number }> {
    const { db, store } = this.#deps;
    const state = await store.state(db.knex);
    const { indexedTo: from, version, ledgerSize: size } = state;
    const to = Math.min(from + step, size);
    if (to <= from) return { from, to: from, size };
    const parts: TermSource[] = [];
    for (let at = from; at < to; at += itemsPerPart)
      parts.push(await this.#partOf(at, Math.min(at + itemsPerPart, to)));
    const isPublished = await this.#write(
      { from, to },
      mergeTerms(parts),
      [],
      version,
    );
    return { from, to: isPublished ? to : from, size };
  }

  /** The terms of a few items. */
  async #partOf(from: number, to: number): Promise<TermSource> {
    const { db, readItems } = this.#deps;
    const builder = new SegmentBuilder(from);
    for (let at = from; at < to; at += itemsPerSlice) {
      const end = Math.min(at + itemsPerSlice, to);
      for (const item of await readItems(db.knex, at, end)) builder.add(item);
      await setImmediate();
    }
    const terms = [builder.terms()];
    return { from, more: async () => terms.pop() ?? [] };
  }

  async #mergeAll(): Promise<void> {
    const { db, store } = this.#deps;
    for (;;) {
      const { version } = await store.state(db.knex);
      const merged = nextMerge(await store.segments(db.knex));
      if (merged.length === 0) return;
      const stretch = {
        from: merged[0].from,
        to: merged[merged.length - 1].to,
      };
      const terms = mergeTerms(
        merged.map(segment => this.#sourceOf(db.knex, segment)),
      );
      if (!(await this.#write(stretch, terms, merged, version))) return;
      for (const { id } of merged) await store.dropPages(db.knex, id);
    }
  }

  #sourceOf(knex: Knex, segment: Segment): TermSource {
    const { store } = this.#deps;
    let number = 0;
    return {
      from: segment.from,
      async more() {
        const ids: number[] = [];
        for (; number < segment.directory.length; number += 1) {
          if (ids.length === pagesPerRead) break;
          ids.push(segment.id * PAGES_PER_SEGMENT + number);
        }
        const pages = await store.pages(knex, ids);
        return ids.flatMap(id => {
          const bytes = pages.get(id);
          if (!bytes)
            throw new SegmentGone(`Page ${id} of the search index is gone`);
          return [...termsOf(bytes)];
        });
      },
    };
  }

  /** Answers `false`, having left nothing behind, when another process changed the index meanwhile. */
  async #write(
    stretch: Stretch,
    terms: Iterable<TermPostings> | AsyncIterable<TermPostings>,
    replaced: Segment[],
    version: number,
  ): Promise<boolean> {
    const { db, store } = this.#deps;
    const id = await db.transaction(tx => store.newSegmentId(tx));
    try {
      const firstTerms = await this.#writePages(id, terms);
      const isPublished = await db.transaction(tx =>
        store.publish(tx, { id, ...stretch, firstTerms }, replaced, version),
      );
      if (isPublished) return true;
    } catch (error) {
      if (!(error instanceof SegmentGone)) throw error;
    }
    await store.dropPages(db.knex, id);
    return false;
  }

  /** Answers the first term of each page. */
  async #writePages(
    id: number,
    terms: Iterable<TermPostings> | AsyncIterable<TermPostings>,
  ): Promise<string[]> {
    const { db, store } = this.#deps;
    const firstTerms: string[] = [];
    let waiting: Page[] = [];
    const flush = async () => {
      const number = firstTerms.length - waiting.length;
      await store.addPages(db.knex, id, number, waiting);
      waiting = [];
    };
    let count = 0;
    for await (const page of pagesOf(terms)) {
      if (page) {
        waiting.push(page);
        firstTerms.push(page.firstTerm);
      }
      if (waiting.length === pagesPerWrite) await flush();
      count += 1;
      if (count % termsPerSlice === 0) await setImmediate();
    }
    await flush();
    return firstTerms;
  }

  /**
   * Takes the words of erased payloads out of the index, in the transaction that erases them: afterwards the items are found
   * by what their leaves say. Safe to repeat.
   */
  async forget(
    tx: Tx,
    erased: { position: number; leaf: string }[],
  ): Promise<void> {
    if (erased.length === 0) return;
    const { store } = this.#deps;
    // Whoever is indexing or merging now has read the words already: the version tells it to begin again.
    await store.raiseVersion(tx);
    const kept = new Map(
      erased.map(({ position, leaf }) => [position, wordsOfLeaf(leaf)]),
    );
    for (const segment of await store.segments(tx)) {
      const within = [...kept.keys()]
        .filter(at => at >= segment.from && at < segment.to)
        .map(at => at - segment.from);
      if (within.length === 0) continue;
      const erasedOffsets = new Set(within);
      const isGone = (text: string, offset: number) =>
        erasedOffsets.has(offset) &&
        !kept.get(segment.from + offset)!.has(text.slice(2));
      const source = mergeTerms([this.#sourceOf(tx, segment)]);
      let pages: Page[];
      try {
        pages = await pagesWithout(isGone, source);
      } catch (error) {
        if (!(error instanceof SegmentGone)) throw error;
        // A page is lost. That must not hold up an erasure, and the ledger itself still has all of it.
        pages = await pagesWithout(isGone, await this.#termsOf(tx, segment));
      }
      await store.rewrite(tx, segment, pages);
    }
  }

  /** The terms of a segment, from the items themselves. */
  async #termsOf(tx: Tx, { from, to }: Stretch): Promise<TermPostings[]> {
    const builder = new SegmentBuilder(from);
    for (let at = from; at < to; at += step) {
      const items = await this.#deps.readItems(tx, at, Math.min(at + step, to));
      for (const item of items) builder.add(item);
    }
    return builder.terms();
  }
}

async function pagesWithout(
  isGone: (text: string, offset: number) => boolean,
  terms: Iterable<TermPostings> | AsyncIterable<TermPostings>,
): Promise<Page[]> {
  const pages: Page[] = [];
  const writer = new PageWriter();
  const keep = (page: Page | undefined) => page && pages.push(page);
  for await (const { term: text, offsets } of terms) {
    const left = term.isWord(text)
      ? offsets.filter(offset => !isGone(text, offset))
      : offsets;
    if (left.length > 0) keep(writer.add(text, left));
  }
  keep(writer.end());
  return pages;
}

/** Pages as they fill; `undefined` after each term that did not fill one, so that the caller can pause. */
async function* pagesOf(
  terms: Iterable<TermPostings> | AsyncIterable<TermPostings>,
): AsyncGenerator<Page | undefined> {
  const writer = new PageWriter();
  for await (const { term: text, offsets } of terms)
    yield writer.add(text, offsets);
  yield writer.end();
}
