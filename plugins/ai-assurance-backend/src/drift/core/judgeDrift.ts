import {
  inconclusive,
  InconclusiveReason,
  Verdict,
  VerdictFacts,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { prepareBins } from './bins';
import { compareInto } from './compare';
import {
  Comparison,
  roomFor,
  rowLength,
  statisticCount,
  valueOf,
} from './comparison';
import {
  automaticStatistic,
  conventionalFail,
  conventionalWarn,
  createQuantiles,
  enoughAt,
  Limited,
  limitsInto,
  limitsLength,
  pValueAt,
  Quantiles,
  Statistic,
  statistics,
} from './limits';
import { FalseDiscovery } from './statistics/benjaminiHochberg';

export interface Histogram {
  /** Upper bin edges; the last bin is open. Empty for categories. */
  boundaries: number[];
  /** One more than boundaries, or one for each category. */
  bins: number[];
  /** Of a categorical signal, in the order of the bins. */
  categories?: string[];
}

export interface DriftInput {
  /** The newest approved reference; `undefined` when there is none. */
  reference: (Histogram & { expiresAtMs: number }) | undefined;
  /** Bins that stand in for those of the reference: those of a cohort that the reference has apart. */
  referenceBins?: number[];
  /** `undefined` when nothing was reported. */
  current: Histogram | undefined;
  /** Half-open. */
  windowStartMs: number;
  windowEndMs: number;
  nowMs: number;
  minimumCount: number;
  /** What the verdict rests on; by itself where left out. */
  statistic?: Statistic | 'auto';
  /** Too few devices: nothing may be said. */
  isSuppressed?: boolean;
  /** The source could not be read. */
  isUnreadable?: boolean;
}

/** What was found of one input of a family, as pages tell it of a cohort. */
export interface BriefJudgement {
  value: number | undefined;
  failLimit: number;
  referenceCount: number;
  currentCount: number;
  pValue: number | undefined;
  adjustedPValue: number | undefined;
  verdict: Verdict;
}

/** What was found of one input of a family. */
export interface DriftJudgement extends BriefJudgement {
  statistic: Statistic;
  warnLimit: number;
  comparisonCount: number;
  /** Events with which chance alone stays below the upper band; `undefined`: no number would do, or nothing was compared. */
  enoughCount: number | undefined;
  /** All statistics that can be told, with limits at the same chance. */
  statistics: (Limited & { pValue: number })[];
  /** Both histograms over the same bins. */
  aligned: { reference: Histogram; current: Histogram } | undefined;
}

export function countOf(histogram: Histogram | undefined): number {
  return histogram ? sumOf(histogram.bins) : 0;
}

function sumOf(bins: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bins.length; i += 1) sum += bins[i];
  return sum;
}

function sameNumbers(a: number[], b: number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Both histograms over the same bins; `undefined` when they cannot be. A category that the reference never saw gets a bin
 * that is empty there.
 */
export function align(
  whole: Histogram,
  current: Histogram,
  bins: number[] = whole.bins,
): { reference: Histogram; current: Histogram } | undefined {
  const reference =
    bins === whole.bins
      ? whole
      : {
          boundaries: whole.boundaries,
          bins,
          ...(whole.categories ? { categories: whole.categories } : {}),
        };
  if (!reference.categories !== !current.categories) return undefined;
  if (!reference.categories)
    return sameNumbers(reference.boundaries, current.boundaries) &&
      reference.bins.length === current.bins.length
      ? { reference, current }
      : undefined;
  const counts = new Map(
    current.categories!.map((category, i) => [category, current.bins[i]]),
  );
  const unseen = current.categories!.filter(
    category => !reference.categories!.includes(category),
  );
  const categories = [...reference.categories, ...unseen];
  return {
    reference: {
      ...reference,
      categories,
      bins: categories.map((_, i) => reference.bins[i] ?? 0),
    },
    current: {
      boundaries: [],
      categories,
      bins: categories.map(category => counts.get(category) ?? 0),
    },
  };
}

const sharedQuantiles = createQuantiles();

const toldOf = (value: number) => (Number.isNaN(value) ? undefined : value);

/** Why an input has no verdict of its own, or what it is. The order is that of {@link reasons}. */
const judged = 0;
const reasons: (InconclusiveReason | undefined)[] = [
  undefined,
  'suppressed',
  'no-data',
  'stale',
  'source-error',
  'insufficient-sample',
];
const codeOf = (reason: InconclusiveReason) => reasons.indexOf(reason);
const codes = {
  suppressed: codeOf('suppressed'),
  noData: codeOf('no-data'),
  stale: codeOf('stale'),
  sourceError: codeOf('source-error'),
  insufficient: codeOf('insufficient-sample'),
};

/** What a signal would be judged by, where nothing could be compared. */
function askedOf({ statistic, reference, current }: DriftInput): Statistic {
  if (statistic !== undefined && statistic !== 'auto') return statistic;
  return (reference ?? current)?.categories ? 'jensen-shannon' : 'psi';
}

/**
 * Inputs that are judged together. Alarms are those whose effect reaches its band and whose p-value Benjamini and Hochberg's
 * rule rejects among all of them: of the alarms at most `falseAlarmRatio` are expected to be false, and where nothing changed
 * any alarm at all has that chance. The limits are the values at which the rule would have rejected, so that value and limit
 * stand for the verdict. Without a reference a signal is `no-data`, with an expired one `stale`, with other bins than the
 * reference's `source-error`, and `insufficient-sample` below the minimum or where a shift as large as the upper band could
 * hide in chance.
 *
 * Numbers stand in columns, a row for each input: thousands are judged without an object for each of their statistics. What
 * pages tell is made when it is asked for. Add all inputs, then {@link judge}, then read.
 */
export class Family {
  readonly #inputs: DriftInput[] = [];
  readonly #aligned: DriftJudgement['aligned'][] = [];
  readonly #capacity: number;
  readonly #numbers: Float64Array;
  readonly #limits: Float64Array;
  readonly #referenceCounts: Float64Array;
  readonly #currentCounts: Float64Array;
  /** NaN where nothing was tested. */
  readonly #pValues: Float64Array;
  readonly #adjusted: Float64Array;
  /** Events that would be enough; NaN where no number would be. */
  readonly #enough: Float64Array;
  readonly #codes: Uint8Array;
  readonly #statistics: Uint8Array;
  readonly #isCompared: Uint8Array;
  readonly #row: Comparison;
  #comparisonCount = 0;

  /** Has room for at most so many inputs. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#numbers = roomFor(capacity);
    this.#limits = new Float64Array(capacity * limitsLength);
    this.#referenceCounts = new Float64Array(capacity);
    this.#currentCounts = new Float64Array(capacity);
    this.#pValues = new Float64Array(capacity);
    this.#adjusted = new Float64Array(capacity);
    this.#enough = new Float64Array(capacity);
    this.#codes = new Uint8Array(capacity);
    this.#statistics = new Uint8Array(capacity);
    this.#isCompared = new Uint8Array(capacity);
    this.#row = { numbers: this.#numbers, at: 0 };
  }

  get size(): number {
    return this.#inputs.length;
  }

  /** Inputs that were tested: how many the false alarms are shared among. */
  get comparisonCount(): number {
    return this.#comparisonCount;
  }

  /** Compares an input by all statistics and returns its place. Throws a RangeError beyond the capacity. */
  add(input: DriftInput): number {
    const place = this.#inputs.length;
    if (place >= this.#capacity)
      throw new RangeError(`A family of ${this.#capacity} has no room`);
    this.#inputs.push(input);
    const { reference, current } = input;
    const referenceCount = reference
      ? sumOf(input.referenceBins ?? reference.bins)
      : 0;
    const currentCount = countOf(current);
    this.#referenceCounts[place] = referenceCount;
    this.#currentCounts[place] = currentCount;
    this.#pValues[place] = NaN;
    const mayLook =
      reference !== undefined &&
      current !== undefined &&
      !input.isSuppressed &&
      !input.isUnreadable;
    const aligned = mayLook
      ? align(reference, current, input.referenceBins)
      : undefined;
    this.#aligned.push(aligned);
    const isCompared =
      aligned !== undefined &&
      Math.min(referenceCount, currentCount) >= input.minimumCount;
    this.#codes[place] = this.#whyNot(input, {
      currentCount,
      isAligned: aligned !== undefined,
      isCompared,
    });
    let statistic = askedOf(input);
    if (isCompared) {
      this.#isCompared[place] = 1;
      this.#row.at = place * rowLength;
      compareInto(
        this.#numbers,
        this.#row.at,
        prepareBins(
          aligned.reference.bins,
          aligned.reference.categories
            ? undefined
            : aligned.reference.boundaries,
        ),
        aligned.current.bins,
        currentCount,
      );
      if (
        input.statistic === undefined ||
        input.statistic === 'auto' ||
        valueOf(statistic, this.#row) === undefined
      )
        statistic = automaticStatistic(this.#row);
    }
    const which = statistics.indexOf(statistic);
    this.#statistics[place] = which;
    // An expired reference gives no verdict, hence takes no part in the count of comparisons.
    if (isCompared && reference!.expiresAtMs > input.nowMs) {
      this.#pValues[place] = pValueAt(which, this.#row);
      this.#comparisonCount += 1;
    }
    return place;
  }

  #whyNot(
    input: DriftInput,
    found: { currentCount: number; isAligned: boolean; isCompared: boolean },
  ): number {
    if (input.isSuppressed) return codes.suppressed;
    if (!input.reference) return codes.noData;
    if (input.reference.expiresAtMs <= input.nowMs) return codes.stale;
    if (input.isUnreadable) return codes.sourceError;
    if (found.currentCount === 0) return codes.noData;
    if (!found.isAligned) return codes.sourceError;
    return found.isCompared ? judged : codes.insufficient;
  }

  /** Shares the chance of a false alarm among all inputs and works out every limit. Once, after the last was added. */
  judge(falseAlarmRatio: number, quantiles: Quantiles = sharedQuantiles): void {
    const size = this.#inputs.length;
    const discovery = new FalseDiscovery(this.#pValues.subarray(0, size));
    let rejectedCount = 0;
    for (let place = 0; place < size; place += 1) {
      const adjusted = discovery.adjusted(this.#pValues[place]);
      this.#adjusted[place] = adjusted;
      if (adjusted <= falseAlarmRatio) rejectedCount += 1;
    }
    const chance = quantiles.at(
      (falseAlarmRatio * Math.max(1, rejectedCount)) /
        Math.max(1, this.#comparisonCount),
    );
    const row = this.#row;
    for (let place = 0; place < size; place += 1) {
      if (this.#isCompared[place] === 0) {
        this.#enough[place] = NaN;
        continue;
      }
      row.at = place * rowLength;
      limitsInto(this.#limits, place * limitsLength, row, chance);
      this.#enough[place] = enoughAt(this.#statistics[place], row, chance);
    }
  }

  #valueAt(place: number): number | undefined {
    if (this.#isCompared[place] === 0) return undefined;
    this.#row.at = place * rowLength;
    return valueOf(statistics[this.#statistics[place]], this.#row);
  }

  #limitAt(place: number, band: 'warn' | 'fail'): number {
    if (this.#isCompared[place] === 0)
      return band === 'warn' ? conventionalWarn : conventionalFail;
    return this.#limits[
      place * limitsLength +
        (band === 'fail' ? statisticCount : 0) +
        this.#statistics[place]
    ];
  }

  /** The verdict of an input. */
  verdict(place: number): Verdict {
    const input = this.#inputs[place];
    const value = this.#valueAt(place);
    const failLimit = this.#limitAt(place, 'fail');
    const currentCount = this.#currentCounts[place];
    const facts: VerdictFacts = {
      bound: failLimit,
      comparator: 'below',
      unit: statisticTitle(statistics[this.#statistics[place]]),
      windowStartMs: input.windowStartMs,
      windowEndMs: input.windowEndMs,
    };
    if (value !== undefined) facts.value = value;
    if (!input.isSuppressed) facts.sampleCount = currentCount;
    const reason = reasons[this.#codes[place]];
    if (reason !== undefined) {
      if (reason === 'insufficient-sample')
        facts.sampleCountNeeded = input.minimumCount;
      return inconclusive(reason, facts);
    }
    if (value! >= failLimit)
      return { status: 'fail', reason: 'drifted', facts };
    const enough = this.#enough[place];
    if (!(enough <= currentCount)) {
      if (!Number.isNaN(enough)) facts.sampleCountNeeded = enough;
      return inconclusive('insufficient-sample', facts);
    }
    const warnLimit = this.#limitAt(place, 'warn');
    facts.bound = warnLimit;
    return value! >= warnLimit
      ? { status: 'warn', reason: 'drifting', facts }
      : { status: 'pass', reason: 'within-limit', facts };
  }

  brief(place: number): BriefJudgement {
    return {
      value: this.#valueAt(place),
      failLimit: this.#limitAt(place, 'fail'),
      referenceCount: this.#referenceCounts[place],
      currentCount: this.#currentCounts[place],
      pValue: toldOf(this.#pValues[place]),
      adjustedPValue: toldOf(this.#adjusted[place]),
      verdict: this.verdict(place),
    };
  }

  judgement(place: number): DriftJudgement {
    return {
      ...this.brief(place),
      statistic: statistics[this.#statistics[place]],
      warnLimit: this.#limitAt(place, 'warn'),
      comparisonCount: this.#comparisonCount,
      enoughCount: toldOf(this.#enough[place]),
      statistics: this.#statisticsOf(place),
      aligned: this.#aligned[place],
    };
  }

  #statisticsOf(place: number): DriftJudgement['statistics'] {
    const told: DriftJudgement['statistics'] = [];
    if (this.#isCompared[place] === 0) return told;
    this.#row.at = place * rowLength;
    const limits = place * limitsLength;
    statistics.forEach((statistic, which) => {
      const value = valueOf(statistic, this.#row);
      if (value === undefined) return;
      told.push({
        statistic,
        value,
        warnLimit: this.#limits[limits + which],
        failLimit: this.#limits[limits + statisticCount + which],
        pValue: pValueAt(which, this.#row),
      });
    });
    return told;
  }
}

/** Judges inputs as one {@link Family}. */
export function judgeTogether(
  inputs: readonly DriftInput[],
  falseAlarmRatio: number,
): DriftJudgement[] {
  const family = new Family(inputs.length);
  for (const input of inputs) family.add(input);
  family.judge(falseAlarmRatio);
  return inputs.map((_, place) => family.judgement(place));
}

/** {@link judgeTogether} for one signal alone. */
export function judgeDrift(
  input: DriftInput & { falseAlarmRatio: number },
): DriftJudgement {
  return judgeTogether([input], input.falseAlarmRatio)[0];
}
