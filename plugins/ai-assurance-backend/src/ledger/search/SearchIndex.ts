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
import { OpenPage } from './core/openPage';
import { pagesFor, TermRange } from './core/pages';
import { Edges, edgesOf, holdsFor } from './core/edges';
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
  /** Which segment holds each of them. */
  segments: Segment[];
  /** Everything at or above it, and below the position it began from, was looked at. 0: all. */
  searchedTo: number;
  /** Of the index in which it was found. */
  version: number;
}

/** A condition with the pages of a segment that may hold it. */
interface Condition {
  range: TermRange;
  pages: PageName[];
}

interface PageName {
  key: string;
  id: number;
}

interface Candidate {
  segment: Segment;
  /** Without any, all of the segment holds. */
  narrow: Condition[];
  wide: Condition[];
}

/** Reads the search index. Keeps segments, and the pages used last, in memory: they change only with their revision. */
export class SearchIndex {
  readonly #store: SegmentStore;
  #version = -1;
  #known: SearchState | undefined;
  #segments: Segment[] = [];
  readonly #pages = new Recent<OpenPage>(keptBytes);
  readonly #marks = new Recent<Marks>(keptMarksBytes);
  readonly #edges = new WeakMap<Segment, Map<string, Edges | undefined>>();

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
    const version = this.#version;
    const segments = this.#segments
      .filter(segment => segment.from < before)
      .reverse();
    const positions: number[] = [];
    const holders: Segment[] = [];
    const foundTo = (searchedTo: number): Found => ({
      positions,
      segments: holders,
      searchedTo,
      version,
    });
    let readCount = 0;
    let round = firstRound;
    for (let at = 0; at < segments.length; round *= 4) {
      const together = segments.slice(at, at + round);
      readCount += await this.#readEdges(knex, together, ranges);
      const candidates = together.flatMap(segment => {
        const left = this.#leftOf(segment, ranges);
        return left ? [candidateOf(segment, left)] : [];
      });
      // Narrow conditions of the whole round in one go; wide ones only of the segments that are still needed.
      const narrow = await this.#pagesFor(knex, candidates);
      readCount += narrow.size;
      for (const candidate of candidates) {
        const { segment } = candidate;
        let offsets = narrowed(candidate, narrow);
        for (const condition of candidate.wide) {
          if (offsets?.length === 0) break;
          const wide = await this.#marksOf(knex, segment, condition);
          readCount += wide.readCount;
          offsets = offsets
            ? retainMarked(offsets, wide.marks)
            : markedIn(wide.marks);
        }
        offsets ??= allOf(segment);
        for (let i = offsets.length - 1; i >= 0; i -= 1) {
          const position = segment.from + offsets[i];
          if (position >= before) continue;
          positions.push(position);
          holders.push(segment);
          if (positions.length === limit) return foundTo(position);
        }
      }
      at += together.length;
      if (readCount > maxPages && at < segments.length)
        return foundTo(segments[at - 1].from);
    }
    return foundTo(0);
  }

  /** Makes the edges of segments known, for conditions of which every item has one term; answers how many pages that took. */
  async #readEdges(
    knex: Knex,
    segments: Segment[],
    ranges: TermRange[],
  ): Promise<number> {
    let readCount = 0;
    for (const { every } of ranges) {
      if (!every) continue;
      const unknown = segments.flatMap(segment =>
        this.#edges.get(segment)?.has(every.from)
          ? []
          : [{ segment, names: pagesOf(segment, every) }],
      );
      const ends = ({ names }: { names: PageName[] }) =>
        names.length > 0 ? [names[0], names[names.length - 1]] : [];
      const pages = await this.#read(knex, unknown.flatMap(ends));
      readCount += pages.size;
      for (const one of unknown) {
        const { segment } = one;
        const [first, last] = ends(one).map(({ key }) => pages.get(key)!);
        const ofSegment = this.#edges.get(segment) ?? new Map();
        this.#edges.set(segment, ofSegment);
        ofSegment.set(
          every.from,
          first &&
            edgesOf(every, {
              first,
              last,
              afterFirst:
                segment.directory[pagesFor(segment.directory, every).from + 1],
            }),
        );
      }
    }
    return readCount;
  }

  /** What of the conditions the edges of a segment leave open; `undefined` where nothing in it can hold. */
  #leftOf(segment: Segment, ranges: TermRange[]): TermRange[] | undefined {
    const left: TermRange[] = [];
    for (const range of ranges) {
      const edges =
        range.every && this.#edges.get(segment)?.get(range.every.from);
      const holds = edges ? holdsFor(range, edges) : 'some';
      if (holds === 'none') return undefined;
      if (holds === 'some') left.push(range);
    }
    return left;
  }

  /** What a wide condition holds for in a segment, and how many pages had to be read to know it. */
  async #marksOf(
    knex: Knex,
    segment: Segment,
    { range, pages: wanted }: Condition,
  ): Promise<{ marks: Marks; readCount: number }> {
    const key = `${segment.id}.${segment.revision}.${range.from}.${range.to}`;
    const kept = this.#marks.get(key);
    if (kept) return { marks: kept, readCount: 0 };
    const pages = await this.#read(knex, wanted);
    const marks = marksOf(holding(undefined, [...pages.values()], range));
    this.#marks.set(key, marks, marks.length + key.length);
    return { marks, readCount: wanted.length };
  }

  /** Pages of the narrow conditions of some segments, by their key. */
  async #pagesFor(
    knex: Knex,
    candidates: Candidate[],
  ): Promise<Map<string, OpenPage>> {
    return this.#read(
      knex,
      candidates.flatMap(({ narrow }) => narrow.flatMap(({ pages }) => pages)),
    );
  }

  async #read(knex: Knex, wanted: PageName[]): Promise<Map<string, OpenPage>> {
    const found = new Map<string, OpenPage>();
    const missing = new Map<string, number>();
    for (const { key, id } of wanted) {
      if (found.has(key) || missing.has(key)) continue;
      const kept = this.#pages.get(key);
      if (kept) found.set(key, kept);
      else missing.set(key, id);
    }
    const read = await this.#store.pages(knex, [...missing.values()]);
    for (const [key, id] of missing) {
      const bytes = read.get(id);
      if (!bytes) throw new SegmentGone();
      const page = new OpenPage(bytes);
      found.set(key, page);
      this.#pages.set(key, page, bytes.length);
    }
    return found;
  }
}

/** The offsets at which every narrow range holds a term; `undefined` for all when there is no such range. */
function narrowed(
  { narrow }: Candidate,
  pages: Map<string, OpenPage>,
): Offsets | undefined {
  const conditions = narrow.map(({ range, pages: names }) => {
    const own = names.map(({ key }) => pages.get(key)!);
    const count = own.reduce((sum, page) => sum + page.countIn(range), 0);
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
    const kept = pages[0].retainIn(range, wanted);
    if (kept) return kept;
  }
  const found = unite([
    ...pages.flatMap(page => page.offsetsIn(range)),
    new Uint16Array(0),
  ]);
  return wanted ? intersect([wanted, found]) : found;
}

function candidateOf(segment: Segment, ranges: TermRange[]): Candidate {
  const candidate: Candidate = { segment, narrow: [], wide: [] };
  for (const range of ranges) {
    const pages = pagesOf(segment, range);
    const sort =
      pages.length <= narrowPages ? candidate.narrow : candidate.wide;
    sort.push({ range, pages });
  }
  return candidate;
}

function allOf({ from, to }: Segment): Offsets {
  return Uint16Array.from({ length: to - from }, (_, i) => i);
}

function pagesOf(segment: Segment, range: TermRange): PageName[] {
  const { from, to } = pagesFor(segment.directory, range);
  return Array.from({ length: to - from }, (_, i) => ({
    key: `${segment.id}.${segment.revision}.${from + i}`,
    id: segment.id * PAGES_PER_SEGMENT + from + i,
  }));
}
