import {
  CollectorError,
  EngineSeries,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Histogram, histogramOfCategories } from './histogram';

/** How the answer of an engine is to be read. */
export interface EngineReading {
  /** Label that holds the category; `undefined`: cumulative buckets by `le`. */
  category: string | undefined;
  cohortLabel: string | undefined;
  /** The moment that was asked about. */
  atMs: number;
  /** Who said it, for the reader of what is wrong with it. */
  sourceName: string;
}

/** Engines write times to the millisecond; more than rounding is another moment. */
const momentToleranceMs = 1_000;
/** Differences of floats below nought that are none. */
const roundingError = 1e-6;

const malformed = (what: string) =>
  new CollectorError('malformed-answer', what);

/** Turns cumulative buckets by their upper edge into bins. Throws for buckets that fall. */
function binsOfBuckets(buckets: Map<string, number>): Histogram {
  const byEdge = new Map(
    [...buckets].map(([le, n]) => [le === '+Inf' ? Infinity : Number(le), n]),
  );
  const edges = [...byEdge.keys()].sort((a, b) => a - b);
  if (edges.some(Number.isNaN))
    throw malformed('the label le of its buckets is no number');
  if (edges[edges.length - 1] !== Infinity)
    throw malformed('its buckets have no le="+Inf"');
  let below = 0;
  const bins = edges.map(edge => {
    const here = byEdge.get(edge)! - below;
    if (!(here >= -roundingError))
      throw malformed(`its buckets fall at le="${edge}"`);
    below += here;
    return Math.max(0, Math.round(here));
  });
  return { boundaries: edges.slice(0, -1), bins };
}

function countOf({ samples }: EngineSeries, atMs: number): number | undefined {
  const sample = samples[samples.length - 1];
  if (!sample) return undefined;
  if (Math.abs(sample.atMs - atMs) > momentToleranceMs)
    throw malformed('it is of another moment than was asked about');
  if (!Number.isFinite(sample.value) || sample.value < -roundingError)
    throw malformed(`it counts ${sample.value}, which is no count`);
  return sample.value;
}

/**
 * The histograms of an instant answer by cohort, the whole under ''. Series that differ by other labels are summed. Throws a
 * CollectorError for what an engine cannot say in earnest: what is left out or counted twice would look like drift, or like none.
 */
export function engineHistograms(
  series: readonly EngineSeries[],
  reading: EngineReading,
): Map<string, Histogram> {
  try {
    return histogramsOf(series, reading);
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error;
    throw malformed(`${reading.sourceName}: ${error.message}`);
  }
}

function histogramsOf(
  series: readonly EngineSeries[],
  { category, cohortLabel, atMs }: EngineReading,
): Map<string, Histogram> {
  const counts = new Map<string, Map<string, number>>();
  const seen = new Set<string>();
  for (const one of series) {
    const identity = JSON.stringify(Object.entries(one.labels).sort());
    if (seen.has(identity)) throw malformed('it gives one series twice');
    seen.add(identity);
    const value = countOf(one, atMs);
    if (value === undefined) continue;
    const bin = one.labels[category ?? 'le'];
    if (bin === undefined)
      throw malformed(
        `a series of the answer has no label ${category ?? 'le'}`,
      );
    const cohort =
      cohortLabel === undefined ? '' : one.labels[cohortLabel] ?? '';
    for (const key of new Set(['', cohort])) {
      let bins = counts.get(key);
      if (!bins) counts.set(key, (bins = new Map()));
      bins.set(bin, (bins.get(bin) ?? 0) + value);
    }
  }
  return new Map(
    [...counts].map(([key, bins]) => [
      key,
      category === undefined
        ? binsOfBuckets(bins)
        : histogramOfCategories(bins),
    ]),
  );
}
