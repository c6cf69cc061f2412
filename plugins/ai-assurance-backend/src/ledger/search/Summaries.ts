import { EvidenceSummary } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, readPrepared } from '../../platform';
import { ItemRow } from '../tables';
import { Words } from '../words';
import { Recent } from './core/recent';
import { summariesRead } from './reads';
import { Found } from './SearchIndex';
import {
  SearchState,
  Segment,
  SegmentStore,
  stateOf,
  StateRow,
} from './SegmentStore';

/** What of an item is listed, as it is stored. */
export type SummaryRow = Pick<
  ItemRow,
  | 'position'
  | 'source'
  | 'id'
  | 'type'
  | 'subject'
  | 'time_ms'
  | 'recorded_at_ms'
  | 'expires_at_ms'
  | 'status'
> & { salt_length: number };

/** Summaries kept for the next page that shows them: some thousand pages. */
const keptBytes = 8 * 1024 * 1024;
/** What a summary takes beside its texts. */
const bytesBeside = 300;

/**
 * Summaries of items. Those that the index named are kept: an item never changes but by erasure, and that gives the segment
 * around it another revision, in the same transaction.
 */
export class Summaries {
  readonly #deps: { db: Db; words: Words; store: SegmentStore };
  readonly #kept = new Recent<EvidenceSummary>(keptBytes);

  constructor(deps: { db: Db; words: Words; store: SegmentStore }) {
    this.#deps = deps;
  }

  /** Summaries of rows, in their order. */
  async of(rows: SummaryRow[]): Promise<EvidenceSummary[]> {
    const { db, words } = this.#deps;
    const texts = await words.wordsOf(
      db.knex,
      rows.flatMap(row => [row.source, row.type, row.subject]),
    );
    return rows.map(row => {
      const position = readBigint(row.position);
      return {
        evidenceId: String(position),
        position,
        source: texts.get(row.source)!,
        id: row.id,
        type: texts.get(row.type)!,
        subject: texts.get(row.subject)!,
        timeMs: readBigint(row.time_ms),
        recordedAtMs: readBigint(row.recorded_at_ms),
        expiresAtMs:
          row.expires_at_ms === null
            ? undefined
            : readBigint(row.expires_at_ms),
        // The verdict is part of the payload. Salt and payload are erased together.
        ...(row.salt_length === 0
          ? { redacted: true as const }
          : {
              status: (row.status ?? undefined) as EvidenceSummary['status'],
            }),
      };
    });
  }

  /** Summaries of what the index found, newest first, and the state of the index at the moment of which they tell. */
  async found({
    positions,
    segments,
    version,
  }: Found): Promise<{ items: EvidenceSummary[]; state: SearchState }> {
    const { db, store } = this.#deps;
    const items = new Map<number, EvidenceSummary>();
    const missing: number[] = [];
    positions.forEach((position, i) => {
      const kept = this.#kept.get(keyOf(segments[i], position));
      if (kept) items.set(position, kept);
      else missing.push(position);
    });
    let state: SearchState;
    if (missing.length === 0) {
      state = await store.state(db.knex);
    } else {
      const read = await readPrepared<StateRow & SummaryRow>(
        db.knex,
        summariesRead,
        [missing],
      );
      state = stateOf(read[0]);
      for (const summary of await this.of(itemsIn(read)))
        items.set(summary.position, summary);
    }
    const listed: EvidenceSummary[] = [];
    positions.forEach((position, i) => {
      const summary = items.get(position);
      if (!summary) return;
      listed.push(summary);
      // At another version the segments may be others, or erased from.
      if (state.version === version)
        this.#kept.set(
          keyOf(segments[i], position),
          summary,
          bytesBeside + summary.id.length,
        );
    });
    return { items: listed, state };
  }
}

function keyOf({ id, revision }: Segment, position: number): string {
  return `${id}.${revision}.${position}`;
}

/** A row without an item only tells the state of the index. */
export function itemsIn<Row extends Pick<ItemRow, 'position'>>(
  rows: Row[],
): Row[] {
  return rows.filter(row => row.position !== null);
}
