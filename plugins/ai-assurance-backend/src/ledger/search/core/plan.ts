import { MAX_SPAN } from './postings';

/** A stretch of positions that was indexed together, `[from, to)`. */
export interface Stretch {
  from: number;
  to: number;
}

/** Spans at which a segment counts as one of the next rank; the last rank is never merged again. */
const ranks = [256, 2_048, 16_384];
const segmentsPerMerge = 8;
const fullPerMerge = 4;
/** From here on a segment is full. */
const fullSpan = MAX_SPAN - 8_192;

function rankOf(stretch: Stretch): number {
  const span = stretch.to - stretch.from;
  if (span >= fullSpan) return ranks.length + 1;
  return ranks.filter(limit => span >= limit).length;
}

/**
 * Which neighbours to merge next, oldest first; empty when none. Keeps the number of segments, and so the reads of a search,
 * to a few of each rank beside the full ones; each position is written once for each rank. `segments` MUST come in order.
 */
export function nextMerge<S extends Stretch>(segments: S[]): S[] {
  for (let rank = 0; rank <= ranks.length; rank += 1) {
    let first = segments.length;
    while (first > 0 && rankOf(segments[first - 1]) <= rank) first -= 1;
    const recent = segments.slice(first);
    const count = recent.filter(segment => rankOf(segment) === rank).length;
    if (count < (rank === ranks.length ? fullPerMerge : segmentsPerMerge))
      continue;
    // What does not fit together with its neighbour stays as it is.
    for (let at = 0; at < recent.length; at += 1) {
      const chosen = recent
        .slice(at)
        .filter(segment => segment.to - recent[at].from <= MAX_SPAN);
      if (chosen.length > 1) return chosen;
    }
  }
  return [];
}
