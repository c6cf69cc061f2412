import { VersionBand } from '../types';
import { Steps } from './levels/chart';

const maxBands = 50;

/** What a version counted in each step. */
export interface VersionCounts {
  version: string;
  digest: string | undefined;
  counts: number[];
}

/** Shares of the traffic by version; the 50 that counted most, in the order of their first step. */
export function bandsOf(
  { fromMs, stepMs, stepCount }: Steps,
  versions: VersionCounts[],
): {
  fromMs: number;
  toMs: number;
  stepMs: number;
  bands: VersionBand[];
  leftOutCount: number;
} {
  const totals = new Array<number>(stepCount).fill(0);
  for (const { counts } of versions)
    counts.forEach((count, i) => {
      totals[i] += count;
    });
  const all = totals.reduce((a, b) => a + b, 0);
  const bands = versions.flatMap(({ version, digest, counts }) => {
    const count = counts.reduce((a, b) => a + b, 0);
    if (count === 0) return [];
    let last = counts.length - 1;
    while (counts[last] === 0) last -= 1;
    return [
      {
        version,
        digest,
        fromMs: fromMs + counts.findIndex(one => one > 0) * stepMs,
        toMs: fromMs + (last + 1) * stepMs,
        count: Math.round(count),
        shareRatio: count / all,
        shares: counts.map((one, i) => (totals[i] > 0 ? one / totals[i] : 0)),
      },
    ];
  });
  const kept = [...bands].sort((a, b) => b.count - a.count).slice(0, maxBands);
  return {
    fromMs,
    toMs: fromMs + stepCount * stepMs,
    stepMs,
    bands: kept.sort(
      (a, b) => a.fromMs - b.fromMs || (a.version < b.version ? -1 : 1),
    ),
    leftOutCount: bands.length - kept.length,
  };
}
