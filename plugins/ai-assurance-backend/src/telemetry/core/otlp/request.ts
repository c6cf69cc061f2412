/** What is read of an OTLP metrics request, the same from protobuf and from JSON. Unreadable numbers are NaN. */
export interface OtlpRequest {
  resources: OtlpResource[];
}

export interface OtlpResource {
  /** Scalar attributes as text; lists and maps are left out. Without a prototype, so that no name is special. */
  attributes: Record<string, string>;
  metrics: OtlpMetric[];
}

export type OtlpMetricKind =
  | 'sum'
  | 'gauge'
  | 'explicit'
  | 'exponential'
  | 'summary'
  | 'unknown';

/** As on the wire. */
export const TEMPORALITY = { unspecified: 0, delta: 1, cumulative: 2 } as const;

export interface OtlpMetric {
  name: string;
  unit: string;
  kind: OtlpMetricKind;
  temporality: number;
  points: OtlpPoint[];
}

export interface OtlpBuckets {
  offset: number;
  counts: number[];
}

/** One data point of any kind; the members of other kinds keep their empty values. */
export interface OtlpPoint {
  /** Epoch milliseconds, cut from nanoseconds; 0 when absent. */
  timeMs: number;
  /** Only those of {@link POINT_ATTRIBUTES}. */
  attributes: Record<string, string>;
  /** The sender says that there is no value in this interval. */
  isWithoutValue: boolean;
  /** Sums and gauges; `undefined` when the point carries no number. */
  value: number | undefined;
  count: number;
  sum: number | undefined;
  min: number | undefined;
  max: number | undefined;
  explicitBounds: number[];
  bucketCounts: number[];
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: OtlpBuckets;
  negative: OtlpBuckets;
}

/** Attributes of points that are read. Everything else on a point is dropped unread: it could hold what nobody may keep. */
export const POINT_ATTRIBUTES: ReadonlySet<string> = new Set([
  'error.type',
  'http.response.status_code',
  'ai_assurance.outcome',
  'ai_assurance.class',
]);

/** Most attributes read of one resource; the rest is left out. */
export const MAX_ATTRIBUTES = 128;

/** Longest attribute value read, in characters; a longer one is left out, since no selector or label is that long. */
export const MAX_ATTRIBUTE_LENGTH = 1024;

/** An attribute map without a prototype. */
export function emptyAttributes(): Record<string, string> {
  return Object.create(null);
}

/** Shared by all points without attributes; frozen. */
export const NO_ATTRIBUTES: Record<string, string> = Object.freeze(
  emptyAttributes(),
);

/** Shared by all points without such numbers; frozen. */
export const NO_NUMBERS: number[] = Object.freeze([]) as unknown as number[];

const NO_BUCKETS: OtlpBuckets = Object.freeze({
  offset: 0,
  counts: NO_NUMBERS,
});

/** A point with nothing in it. Its lists and maps are shared: replace them, never add to them. */
export function emptyPoint(): OtlpPoint {
  return {
    timeMs: 0,
    attributes: NO_ATTRIBUTES,
    isWithoutValue: false,
    value: undefined,
    count: 0,
    sum: undefined,
    min: undefined,
    max: undefined,
    explicitBounds: NO_NUMBERS,
    bucketCounts: NO_NUMBERS,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
  };
}

/** Most resources, metrics and points read of one request, together. */
export const MAX_PARTS = 100_000;

/** Counts the parts of a request while it is read: a body of empty points must not become gigabytes of objects. */
export class PartsBudget {
  #left = MAX_PARTS;

  /** Throws once a request has more than {@link MAX_PARTS} parts. */
  spend(): void {
    this.#left -= 1;
    if (this.#left < 0)
      throw new Error(
        `more than ${MAX_PARTS} resources, metrics and points; send smaller batches`,
      );
  }
}
