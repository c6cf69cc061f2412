import { Knex } from 'knex';
import { intersect, Offsets, unite } from './core/postings';
import {
  offsetsIn,
  OpenPage,
  openPage,
  pagesFor,
  retainIn,
  TermRange,
} from './core/pages';
import {
  PAGES_PER_SEGMENT,
  SearchState,
  Segment,
  SegmentGone,
  SegmentStore,
} from './SegmentStore';

/** Bytes of pages kept for the next search; taken apart they take a few times that. */
const keptBytes = 16 * 1024 * 1024;
/** Pages that one search may read; some megabytes. What lies further back is left to the next request. */
const maxPages = 4_000;
/** A condition on that many pages of a segment is looked at only where the narrower ones hold. */
const narrowPages = 2;
const firstRound = 12;

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
  #segments: Segment[] = [];
  readonly #pages = new Map<string, OpenPage>();
  #pagesLength = 0;

  constructor(store: SegmentStore) {
    this.#store = store;
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
      const narrow = await this.#pagesFor(knex, candidates, one => one.narrow);
      readCount += narrow.size;
      for (const candidate of candidates) {
        const { segment } = candidate;
        let offsets = narrowed(undefined, candidate, candidate.narrow, narrow);
        if (offsets?.length !== 0 && candidate.wide.length > 0) {
          const wide = await this.#pagesFor(knex, [candidate], one => one.wide);
          readCount += wide.size;
          offsets = narrowed(offsets, candidate, candidate.wide, wide);
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

  /** Pages of the chosen conditions of some segments, by their key. */
  async #pagesFor(
    knex: Knex,
    candidates: Candidate[],
    rangesOf: (candidate: Candidate) => TermRange[],
  ): Promise<Map<string, OpenPage>> {
    const wanted = new Map<string, number>();
    for (const candidate of candidates) {
      for (const range of rangesOf(candidate)) {
        for (const page of pagesOf(candidate.segment, range))
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
      if (kept) {
        found.set(key, kept);
        // What was used last is dropped last.
        this.#pages.delete(key);
        this.#pages.set(key, kept);
      } else missing.push([key, id]);
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
      this.#keep(key, page);
    }
    return found;
  }

  #keep(key: string, page: OpenPage): void {
    if (this.#pages.has(key)) return;
    this.#pages.set(key, page);
    this.#pagesLength += page.bytes.length;
    for (const [oldest, { bytes }] of this.#pages) {
      if (this.#pagesLength <= keptBytes) return;
      this.#pages.delete(oldest);
      this.#pagesLength -= bytes.length;
    }
  }
}

/** Those of `offsets`, or of all, at which every range holds a term; `undefined` for all when there is no range. */
function narrowed(
  offsets: Offsets | undefined,
  { segment }: Candidate,
  ranges: TermRange[],
  pages: Map<string, OpenPage>,
): Offsets | undefined {
  let left = offsets;
  for (const range of ranges) {
    if (left?.length === 0) return left;
    left = holding(
      left,
      pagesOf(segment, range).map(({ key }) => pages.get(key)!),
      range,
    );
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
