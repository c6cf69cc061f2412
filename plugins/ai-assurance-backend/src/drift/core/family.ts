import {
  inconclusive,
  Verdict,
  VerdictFacts,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PreparedBins, prepareBins } from './bins';
import { createQuantiles, Quantiles } from './chance';
import { compareInto } from './compare';
import {
  Comparison,
  roomFor,
  rowLength,
  statisticCount,
  valueOf,
} from './comparison';
import { align, haveSameBins, Histogram, sumOf } from './histogram';
import { BriefJudgement, DriftInput, DriftJudgement } from './judgements';
import {
  automaticStatistic,
  enoughAt,
  leastLimit,
  limitsInto,
  limitsLength,
  pValueAt,
  Statistic,
  statistics,
} from './limits';
import { FalseDiscovery } from './statistics/benjaminiHochberg';
import { reasons, whyNot } from './whyNot';

const sharedQuantiles = createQuantiles();
const titles = statistics.map(statisticTitle);

const toldOf = (value: number) => (Number.isNaN(value) ? undefined : value);

const none: number[] = [];

/** Both windows over the same bins; `undefined` when they cannot be. Numbers need no new lists for it. */
function compared(
  prepared: PreparedBins | undefined,
  reference: Histogram,
  current: Histogram,
  bins: ArrayLike<number>,
): { reference: PreparedBins; current: number[] } | undefined {
  if (prepared)
    return !current.categories && haveSameBins(reference, bins, current)
      ? { reference: prepared, current: current.bins }
      : undefined;
  const aligned = align(reference, current, bins);
  return (
    aligned && {
      reference: prepareBins(aligned.reference.bins, undefined),
      current: aligned.current.bins,
    }
  );
}

/** What a signal would be judged by, where nothing could be compared: as {@link automaticStatistic} chooses once it is. */
function askedOf(input: DriftInput): Statistic {
  const { statistic, reference, current, isCategorical } = input;
  if (statistic !== undefined && statistic !== 'auto') return statistic;
  const shown = reference ?? current;
  const isOfCategories = shown ? shown.categories !== undefined : isCategorical;
  return isOfCategories ? 'jensen-shannon' : 'psi';
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
  readonly #capacity: number;
  readonly #numbers: Float64Array;
  readonly #limits: Float64Array;
  readonly #referenceCounts: Float64Array;
  readonly #currentCounts: Float64Array;
  /** NaN where nothing was tested. */
  readonly #pValues: Float64Array;
  /** Events that would be enough; NaN where no number would be. */
  readonly #enough: Float64Array;
  readonly #codes: Uint8Array;
  readonly #statistics: Uint8Array;
  readonly #isCompared: Uint8Array;
  readonly #row: Comparison;
  #comparisonCount = 0;
  #discovery = new FalseDiscovery(new Float64Array(0));
  /** The reference that was compared with last, and what it was made of: a signal and its cohorts mostly share one. */
  readonly #reference = new PreparedBins();
  #referenceBins: ArrayLike<number> | undefined;
  #boundaries: number[] | undefined;

  /** Has room for at most so many inputs. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#numbers = roomFor(capacity);
    this.#limits = new Float64Array(capacity * limitsLength);
    this.#referenceCounts = new Float64Array(capacity);
    this.#currentCounts = new Float64Array(capacity);
    this.#pValues = new Float64Array(capacity);
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
    const bins = input.referenceBins ?? reference?.bins ?? none;
    const mayLook =
      reference !== undefined &&
      current !== undefined &&
      !input.isSuppressed &&
      !input.isUnreadable;
    const prepared =
      mayLook && !reference.categories
        ? this.#prepare(bins, reference.boundaries)
        : undefined;
    const referenceCount = prepared ? prepared.total : sumOf(bins);
    const currentCount = current ? sumOf(current.bins) : 0;
    this.#referenceCounts[place] = referenceCount;
    this.#currentCounts[place] = currentCount;
    this.#pValues[place] = NaN;
    const aligned = mayLook
      ? compared(prepared, reference, current, bins)
      : undefined;
    const isCompared =
      aligned !== undefined &&
      Math.min(referenceCount, currentCount) >= input.minimumCount;
    this.#codes[place] = whyNot(
      input,
      currentCount,
      aligned !== undefined,
      isCompared,
    );
    let statistic = askedOf(input);
    if (isCompared) {
      this.#isCompared[place] = 1;
      this.#row.at = place * rowLength;
      compareInto(
        this.#numbers,
        this.#row.at,
        aligned.reference,
        aligned.current,
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

  #prepare(bins: ArrayLike<number>, boundaries: number[]): PreparedBins {
    if (this.#referenceBins === bins && this.#boundaries === boundaries)
      return this.#reference;
    // Counts that are none leave a reference that is none.
    this.#referenceBins = undefined;
    this.#reference.take(bins, boundaries);
    this.#referenceBins = bins;
    this.#boundaries = boundaries;
    return this.#reference;
  }

  /** Shares the chance of a false alarm among all inputs and works out every limit. Once, after the last was added. */
  judge(falseAlarmRatio: number, quantiles: Quantiles = sharedQuantiles): void {
    const size = this.#inputs.length;
    this.#discovery = new FalseDiscovery(this.#pValues.subarray(0, size));
    const rejectedCount = this.#discovery.rejectedCount(falseAlarmRatio);
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

  #adjustedAt(place: number): number {
    return this.#discovery.adjusted(this.#pValues[place]);
  }

  #limitAt(place: number, band: 'warn' | 'fail'): number {
    if (this.#isCompared[place] === 0)
      return leastLimit(statistics[this.#statistics[place]], band);
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
    const unit = titles[this.#statistics[place]];
    const { windowStartMs, windowEndMs } = input;
    const reason = reasons[this.#codes[place]];
    if (reason !== undefined) {
      const facts: VerdictFacts = {
        bound: failLimit,
        comparator: 'below',
        unit,
        windowStartMs,
        windowEndMs,
      };
      if (value !== undefined) facts.value = value;
      if (!input.isSuppressed) facts.sampleCount = currentCount;
      if (reason === 'insufficient-sample')
        facts.sampleCountNeeded = input.minimumCount;
      return inconclusive(reason, facts);
    }
    // In one piece: nearly all verdicts are made here, and what is added to an object later costs another.
    const facts: VerdictFacts = {
      bound: failLimit,
      comparator: 'below',
      unit,
      windowStartMs,
      windowEndMs,
      value,
      sampleCount: currentCount,
    };
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
      adjustedPValue: toldOf(this.#adjustedAt(place)),
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
      aligned: this.#alignedOf(this.#inputs[place]),
    };
  }

  #alignedOf(input: DriftInput): DriftJudgement['aligned'] {
    const { reference, current, referenceBins } = input;
    const mayLook = !input.isSuppressed && !input.isUnreadable;
    return mayLook && reference && current
      ? align(reference, current, referenceBins)
      : undefined;
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
