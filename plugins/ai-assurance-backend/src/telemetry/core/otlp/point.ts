/** Most boundaries read of an explicit histogram. */
export const MAX_BOUNDARIES = 500;

/** Most buckets read of each side of an exponential histogram. */
export const MAX_SENT_BUCKETS = 10_000;

/** Numbers of a point, in a list that is used again for the next. What does not fit is counted in `length` alone. */
export class NumberList {
  readonly numbers: Float64Array;
  length = 0;

  constructor(readonly capacity: number) {
    this.numbers = new Float64Array(capacity);
  }

  push(value: number): void {
    if (this.length < this.capacity) this.numbers[this.length] = value;
    this.length += 1;
  }

  /** The numbers as a list of their own. */
  toArray(): number[] {
    return Array.from(this.numbers.subarray(0, this.length));
  }
}

/** What the attributes of a point say, as far as it is read. Shared by all points with the same attributes. */
export interface PointLabels {
  outcome: 'ok' | 'error';
  /** `ai_assurance.class`. */
  outputClass: string | undefined;
  /** Outcome and class in one: labels with the same belong to the same segment. */
  segment: string;
  /** How many events each event of the point stands for; NaN when it is said and cannot be read. */
  weight: number;
  /** All attributes, read or not, in a fixed order: what tells streams of one sender apart. */
  identity(): string;
}

function segmentOf(outcome: string, outputClass: string | undefined): string {
  return outputClass === undefined ? outcome : `${outcome}|${outputClass}`;
}

/** Of points without attributes. */
export const NO_LABELS: PointLabels = Object.freeze({
  outcome: 'ok',
  outputClass: undefined,
  segment: segmentOf('ok', undefined),
  weight: 1,
  identity: () => '',
});

/** One data point of any kind, overwritten by the next: nothing of it may be kept. */
export class PointBuffer {
  timeMs = 0;
  /** Start of the interval; 0 when absent. */
  startMs = 0;
  labels: PointLabels = NO_LABELS;
  /** The sender says that there is no value in this interval. */
  isWithoutValue = false;
  /** Sums and gauges; NaN when the point carries no number. */
  value = NaN;
  count = 0;
  /** `undefined` when absent, as are the extremes. */
  sum: number | undefined = undefined;
  min: number | undefined = undefined;
  max: number | undefined = undefined;
  readonly boundaries = new NumberList(MAX_BOUNDARIES);
  readonly counts = new NumberList(MAX_BOUNDARIES + 1);
  scale = 0;
  zeroCount = 0;
  zeroThreshold = 0;
  positiveOffset = 0;
  readonly positive = new NumberList(MAX_SENT_BUCKETS);
  negativeOffset = 0;
  readonly negative = new NumberList(MAX_SENT_BUCKETS);

  /** Makes it a point with nothing in it. */
  clear(): void {
    this.timeMs = 0;
    this.startMs = 0;
    this.labels = NO_LABELS;
    this.isWithoutValue = false;
    this.value = NaN;
    this.count = 0;
    this.sum = undefined;
    this.min = undefined;
    this.max = undefined;
    this.boundaries.length = 0;
    this.counts.length = 0;
    this.scale = 0;
    this.zeroCount = 0;
    this.zeroThreshold = 0;
    this.positiveOffset = 0;
    this.positive.length = 0;
    this.negativeOffset = 0;
    this.negative.length = 0;
  }
}

/** Attributes of points that are read. Everything else only tells streams apart: it could hold what nobody may keep. */
export const POINT_ATTRIBUTES: ReadonlySet<string> = new Set([
  'error.type',
  'http.response.status_code',
  'ai_assurance.outcome',
  'ai_assurance.class',
  'ai_assurance.sampling.weight',
  'sampling.threshold',
]);

const failedOutcomes = new Set(['failed', 'crashed', 'error']);

/** Whether a point counts failures: an error type, a server error status, or an outcome that says so. */
export function outcomeOf(attributes: Record<string, string>): 'ok' | 'error' {
  if (attributes['error.type']) return 'error';
  if (Number(attributes['http.response.status_code']) >= 500) return 'error';
  return failedOutcomes.has(attributes['ai_assurance.outcome'])
    ? 'error'
    : 'ok';
}

const MAX_WEIGHT = 1e6;

const usable = (weight: number) =>
  weight >= 1 && weight <= MAX_WEIGHT ? weight : NaN;

/**
 * How many events each event stands for: `ai_assurance.sampling.weight`, or what follows from the rejection threshold that
 * OpenTelemetry's samplers write (`th`, up to 14 hexadecimal digits of a 56-bit number): 2^56 / (2^56 − threshold). 1 where
 * nothing is said, NaN where it cannot be used.
 */
export function weightOf(attributes: Record<string, string>): number {
  const weight = attributes['ai_assurance.sampling.weight'];
  if (weight !== undefined) return usable(Number(weight.trim() || NaN));
  const threshold = attributes['sampling.threshold'];
  if (threshold === undefined) return 1;
  if (!/^[0-9a-f]{1,14}$/i.test(threshold)) return NaN;
  const range = 2 ** 56;
  return usable(range / (range - parseInt(threshold.padEnd(14, '0'), 16)));
}

/** What is read of a point's attributes. */
export function labelsOf(
  attributes: Record<string, string>,
  identity: () => string,
): PointLabels {
  const outcome = outcomeOf(attributes);
  const outputClass = attributes['ai_assurance.class'];
  return {
    outcome,
    outputClass,
    segment: segmentOf(outcome, outputClass),
    weight: weightOf(attributes),
    identity,
  };
}

/**
 * The buffer that every decoder fills. Points are read and folded one after the other and never wait in between, so that one
 * is enough, and none has to be made for each request.
 */
export const SHARED_POINT = new PointBuffer();
