import { Knex } from 'knex';
import { readBigint, readPrepared, Tx } from '../../platform';
import { CounterRow } from '../tables';
import { Page, readDirectory, writeDirectory } from './core/pages';
import { Stretch } from './core/plan';
import { pagesRead, stateRead } from './reads';
import { SearchPageRow, SearchSegmentRow, SearchStateRow } from './tables';

export const PAGES_PER_SEGMENT = 2 ** 20;
const rowsPerInsert = 100;
const idsPerQuery = 500;

export interface SearchState {
  indexedTo: number;
  version: number;
  /** Items in the ledger: those from `indexedTo` on are not indexed yet. */
  ledgerSize: number;
}

export interface Segment extends Stretch {
  id: number;
  revision: number;
  /** First term of each page. */
  directory: string[];
}

/** A page was merged away meanwhile: whoever needed it begins again with the segments of now. */
export class SegmentGone extends Error {}

export type StateRow = Pick<SearchStateRow, 'indexed_to' | 'version'> &
  Pick<CounterRow, 'size'>;

export function stateOf(row: StateRow | undefined): SearchState {
  if (!row)
    throw new Error(
      'The search index has lost its state. Roll its migration back and forward again: it is built anew from the ledger.',
    );
  return {
    indexedTo: readBigint(row.indexed_to),
    version: readBigint(row.version),
    ledgerSize: readBigint(row.size),
  };
}

/** The tables of the search index. Every write that readers can see raises the version, and only from the one it was based on. */
export class SegmentStore {
  async state(knex: Knex): Promise<SearchState> {
    const [row] = await readPrepared<StateRow>(knex, stateRead, []);
    return stateOf(row);
  }

  /** All segments in order of position. Those that `known` holds in the same revision are the same objects. */
  async segments(
    knex: Knex,
    known: Map<number, Segment> = new Map(),
  ): Promise<Segment[]> {
    const rows: Omit<SearchSegmentRow, 'directory'>[] =
      await knex<SearchSegmentRow>('ledger_search_segment')
        .select(
          'ledger_search_segment.id',
          'ledger_search_segment.from_position',
          'ledger_search_segment.to_position',
          'ledger_search_segment.revision',
        )
        .orderBy('ledger_search_segment.from_position');
    const isKnown = (row: (typeof rows)[number]) =>
      known.get(readBigint(row.id))?.revision === row.revision;
    const missing = rows
      .filter(row => !isKnown(row))
      .map(row => readBigint(row.id));
    const directories = new Map<number, string[]>();
    for (let at = 0; at < missing.length; at += 32) {
      const read: Pick<SearchSegmentRow, 'id' | 'directory'>[] =
        await knex<SearchSegmentRow>('ledger_search_segment')
          .select('ledger_search_segment.id', 'ledger_search_segment.directory')
          .whereIn('ledger_search_segment.id', missing.slice(at, at + 32));
      for (const row of read)
        directories.set(readBigint(row.id), readDirectory(row.directory));
    }
    // One was merged away between the two reads: without its successor its items would be missed.
    if (missing.some(id => !directories.has(id)))
      return this.segments(knex, known);
    return rows.map(row => {
      const id = readBigint(row.id);
      if (isKnown(row)) return known.get(id)!;
      return {
        id,
        from: readBigint(row.from_position),
        to: readBigint(row.to_position),
        revision: row.revision,
        directory: directories.get(id)!,
      };
    });
  }

  /** Bytes of pages by their id; those that are gone are left out. */
  async pages(knex: Knex, ids: number[]): Promise<Map<number, Uint8Array>> {
    const found = new Map<number, Uint8Array>();
    for (let at = 0; at < ids.length; at += idsPerQuery) {
      const rows = await readPrepared<SearchPageRow>(knex, pagesRead, [
        ids.slice(at, at + idsPerQuery),
      ]);
      for (const row of rows) found.set(readBigint(row.id), row.bytes);
    }
    return found;
  }

  /** Takes a number for a segment that is to be written; it is used once, whatever becomes of the segment. */
  async newSegmentId(tx: Tx): Promise<number> {
    await tx<SearchStateRow>('ledger_search_state')
      .where('ledger_search_state.id', 1)
      .increment('next_segment', 1);
    const row = await tx<SearchStateRow>('ledger_search_state')
      .where('ledger_search_state.id', 1)
      .first();
    return readBigint(row!.next_segment) - 1;
  }

  /** Writes pages that nobody reads before their segment is published. */
  async addPages(
    knex: Knex,
    segmentId: number,
    firstNumber: number,
    pages: Page[],
  ): Promise<void> {
    if (firstNumber + pages.length > PAGES_PER_SEGMENT)
      throw new Error(`Segment ${segmentId} of the search index is too large`);
    for (let at = 0; at < pages.length; at += rowsPerInsert) {
      await knex<SearchPageRow>('ledger_search_page').insert(
        pages.slice(at, at + rowsPerInsert).map(({ bytes }, i) => ({
          id: segmentId * PAGES_PER_SEGMENT + firstNumber + at + i,
          bytes: Buffer.from(bytes),
        })),
      );
    }
  }

  /**
   * Makes a segment readable, in place of `replaced`. Answers `false`, having changed nothing, when the index is not the one
   * of `version` any more: somebody else indexed, merged or forgot meanwhile.
   */
  async publish(
    tx: Tx,
    segment: Stretch & { id: number; firstTerms: string[] },
    replaced: Segment[],
    version: number,
  ): Promise<boolean> {
    const isNew = replaced.length === 0;
    const moved = await tx<SearchStateRow>('ledger_search_state')
      .where({ id: 1, version })
      .update({
        version: version + 1,
        ...(isNew ? { indexed_to: segment.to } : {}),
      });
    if (moved !== 1) return false;
    if (!isNew) {
      await tx<SearchSegmentRow>('ledger_search_segment')
        .whereIn(
          'ledger_search_segment.id',
          replaced.map(one => one.id),
        )
        .delete();
    }
    await tx<SearchSegmentRow>('ledger_search_segment').insert({
      id: segment.id,
      from_position: segment.from,
      to_position: segment.to,
      revision: 0,
      directory: Buffer.from(writeDirectory(segment.firstTerms)),
    });
    return true;
  }

  /** Drops pages of segments that are not read any more, or were never published. */
  async dropPages(knex: Knex, segmentId: number): Promise<void> {
    await knex<SearchPageRow>('ledger_search_page')
      .where('ledger_search_page.id', '>=', segmentId * PAGES_PER_SEGMENT)
      .andWhere(
        'ledger_search_page.id',
        '<',
        (segmentId + 1) * PAGES_PER_SEGMENT,
      )
      .delete();
  }

  /** Replaces the pages of a segment within `tx`, in place, and tells all readers. */
  async rewrite(tx: Tx, segment: Segment, pages: Page[]): Promise<void> {
    await this.dropPages(tx, segment.id);
    await this.addPages(tx, segment.id, 0, pages);
    await tx<SearchSegmentRow>('ledger_search_segment')
      .where('ledger_search_segment.id', segment.id)
      .update({
        revision: segment.revision + 1,
        directory: Buffer.from(
          writeDirectory(pages.map(page => page.firstTerm)),
        ),
      });
  }

  /** Tells readers and writers that the index changed. */
  async raiseVersion(tx: Tx): Promise<void> {
    await tx<SearchStateRow>('ledger_search_state')
      .where('ledger_search_state.id', 1)
      .increment('version', 1);
  }

  /** Ids of segments that have pages beyond the published ones: left behind by a process that ended in between. */
  async strayIds(knex: Knex): Promise<number[]> {
    const published = (
      await knex<SearchSegmentRow>('ledger_search_segment').select(
        'ledger_search_segment.id',
      )
    ).map(row => readBigint(row.id));
    const state = await knex<SearchStateRow>('ledger_search_state').first();
    const known = new Set(published);
    const next = readBigint(state!.next_segment);
    const stray: number[] = [];
    // Each step goes to the next segment that has a page: the table is never read whole.
    for (let id = 0; id < next; ) {
      const row = await knex<SearchPageRow>('ledger_search_page')
        .select('ledger_search_page.id')
        .where('ledger_search_page.id', '>=', id * PAGES_PER_SEGMENT)
        .orderBy('ledger_search_page.id')
        .first();
      if (!row) break;
      const found = Math.floor(readBigint(row.id) / PAGES_PER_SEGMENT);
      if (!known.has(found)) stray.push(found);
      id = found + 1;
    }
    return stray;
  }
}
