import { Knex } from 'knex';
import {
  intersect,
  markedIn,
  Marks,
  marksOf,
  Offsets,
  retainMarked,
  unite,
} from './core/postings';
import {
  countIn,
  offsetsIn,
  OpenPage,
  openPage,
  pagesFor,
  retainIn,
  TermRange,
} from './core/pages';
import { Recent } from './core/recent';
import {
  PAGES_PER_SEGMENT,
  SearchState,
  Segment,
  SegmentGone,
  SegmentStore,
} from './SegmentStore';

/** Bytes of pages kept for the next search; taken apart they take a few times that. */
const keptBytes = 16 * 1024 * 1024;
/** Bytes of what wide conditions hold for, kept for the next page and the next filter beside them. */
const keptMarksBytes = 4 * 1024 * 1024;
/** Pages that one search may read; some megabytes. What lies further back is left to the next request. */
const maxPages = 4_000;
/** A condition on that many pages of a segment is looked at only where the narrower ones hold. */
const narrowPages = 2;
/** Segments whose narrow conditions are read in one statement: those of two million items. */
const firstRound = 32;

/** What a search found. */
export interface Found {
  /** Newest first. */
  positions: number[];
  /** Everything at or above it, and below the position it began from, was looked at. 0: all. */
  searchedTo: number;
}

interface Candidate {
  segment: Segment;
  narrow: TermRange[];
  wide: TermRange[];
}

/** Reads the search index. Keeps segments, and the pages used last, in memory: they change only with their revision. */
export class SearchIndex {
  readonly #store: SegmentStore;
  #version = -1;
  #known: SearchState | undefined;
  #segments: Segment[] = [];
  readonly #pages = new Recent<OpenPage>(keptBytes);
  readonly #marks = new Recent<Marks>(keptMarksBytes);

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  /**
   * The state at the last {@link SearchIndex.refresh} that brought news. What is found by it counts only if the index still
   * has this version afterwards.
   */
  get known(): SearchState | undefined {
    return this.#known;
  }

  /** Positions below `indexedTo` can be found; the caller looks at those from there on by itself. */
  async refresh(knex: Knex): Promise<SearchState> {
    const state = await this.#store.state(knex);
    const { version } = state;
    if (version !== this.#version) {
      const before = this.#version;
      const known = new Map(this.#segments.map(one => [one.id, one]));
      const segments = await this.#store.segments(knex, known);
      // Another request may have read newer ones meanwhile; what it may find must not be taken from it.
      if (version > this.#version || before === this.#version) {
        this.#segments = segments;
        this.#version = version;
        this.#known = state;
      }
    }
    return state;
  }

  /**
   * The newest positions below `before` at which each range holds a term, up to `limit`. Ask {@link SearchIndex.refresh}
   * first. `searchedTo` is above 0 when the limit was reached, or when more would have to be read than one request may cost.
   */
  async find(
    knex: Knex,
    ranges: TermRange[],
    options: { before: number; limit: number },
  ): Promise<Found> {
    const { before, limit } = options;
    const segments = this.#segments
      .filter(segment => segment.from < before)
      .reverse();
    const positions: number[] = [];
    let readCount = 0;
    let round = firstRound;
    for (let at = 0; at < segments.length; round *= 4) {
      const candidates = segments
        .slice(at, at + round)
        .map(segment => candidateOf(segment, ranges));
      // Narrow conditions of the whole round in one go; wide ones only of the segments that are still needed.
      const narrow = await this.#pagesFor(knex, candidates);
      readCount += narrow.size;
      for (const candidate of candidates) {
        const { segment } = candidate;
        let offsets = narrowed(candidate, narrow);
        for (const range of candidate.wide) {
          if (offsets?.length === 0) break;
          const wide = await this.#marksOf(knex, segment, range);
          readCount += wide.readCount;
          offsets = offsets
            ? retainMarked(offsets, wide.marks)
            : markedIn(wide.marks);
        }
        if (!offsets) continue;
        for (let i = offsets.length - 1; i >= 0; i -= 1) {
          const position = segment.from + offsets[i];
          if (position >= before) continue;
          positions.push(position);
          if (positions.length === limit)
            return { positions, searchedTo: position };
        }
      }
      at += candidates.length;
      if (readCount > maxPages && at < segments.length)
        return { positions, searchedTo: segments[at - 1].from };
    }
    return { positions, searchedTo: 0 };
  }

  /** What a wide condition holds for in a segment, and how many pages had to be read to know it. */
  async #marksOf(
    knex: Knex,
    segment: Segment,
    range: TermRange,
  ): Promise<{ marks: Marks; readCount: number }> {
    const key = `${segment.id}.${segment.revision}.${range.from}.${range.to}`;
    const kept = this.#marks.get(key);
    if (kept) return { marks: kept, readCount: 0 };
    const wanted = pagesOf(segment, range);
    const pages = await this.#read(
      knex,
      new Map(wanted.map(page => [page.key, page.id])),
    );
    const marks = marksOf(holding(undefined, [...pages.values()], range));
    this.#marks.set(key, marks, marks.length + key.length);
    return { marks, readCount: wanted.length };
  }

  /** Pages of the narrow conditions of some segments, by their key. */
  async #pagesFor(
    knex: Knex,
    candidates: Candidate[],
  ): Promise<Map<string, OpenPage>> {
    const wanted = new Map<string, number>();
    for (const { segment, narrow } of candidates) {
      for (const range of narrow) {
        for (const page of pagesOf(segment, range))
          wanted.set(page.key, page.id);
      }
    }
    return this.#read(knex, wanted);
  }

  async #read(
    knex: Knex,
    wanted: Map<string, number>,
  ): Promise<Map<string, OpenPage>> {
    const found = new Map<string, OpenPage>();
    const missing: [key: string, id: number][] = [];
    for (const [key, id] of wanted) {
      const kept = this.#pages.get(key);
      if (kept) found.set(key, kept);
      else missing.push([key, id]);
    }
    const read = await this.#store.pages(
      knex,
      missing.map(([, id]) => id),
    );
    for (const [key, id] of missing) {
      const bytes = read.get(id);
      if (!bytes) throw new SegmentGone();
      const page = openPage(bytes);
      found.set(key, page);
      this.#pages.set(key, page, bytes.length);
    }
    return found;
  }
}

/** The offsets at which every narrow range holds a term; `undefined` for all when there is no such range. */
function narrowed(
  { segment, narrow }: Candidate,
  pages: Map<string, OpenPage>,
): Offsets | undefined {
  const conditions = narrow.map(range => {
    const own = pagesOf(segment, range).map(({ key }) => pages.get(key)!);
    const count = own.reduce((sum, page) => sum + countIn(page, range), 0);
    return { range, own, count };
  });
  // The rarest first: of the others only what is left is looked at.
  conditions.sort((a, b) => a.count - b.count);
  if (conditions[0]?.count === 0) return new Uint16Array(0);
  let left: Offsets | undefined;
  for (const { range, own } of conditions) {
    left = holding(left, own, range);
    if (left.length === 0) return left;
  }
  return left;
}

function holding(
  wanted: Offsets | undefined,
  pages: OpenPage[],
  range: TermRange,
): Offsets {
  if (wanted && pages.length === 1) {
    const kept = retainIn(pages[0], range, wanted);
    if (kept) return kept;
  }
  const found = unite([
    ...pages.flatMap(page => offsetsIn(page, range)),
    new Uint16Array(0),
  ]);
  return wanted ? intersect([wanted, found]) : found;
}

function candidateOf(segment: Segment, ranges: TermRange[]): Candidate {
  const isNarrow = (range: TermRange) => {
    const { from, to } = pagesFor(segment.directory, range);
    return to - from <= narrowPages;
  };
  return {
    segment,
    narrow: ranges.filter(isNarrow),
    wide: ranges.filter(range => !isNarrow(range)),
  };
}

function pagesOf(
  segment: Segment,
  range: TermRange,
): { key: string; id: number }[] {
  const { from, to } = pagesFor(segment.directory, range);
  return Array.from({ length: to - from }, (_, i) => ({
    key: `${segment.id}.${segment.revision}.${from + i}`,
    id: segment.id * PAGES_PER_SEGMENT + from + i,
  }));
}
