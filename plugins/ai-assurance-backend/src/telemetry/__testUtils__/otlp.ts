import { Folder, FoldLimits } from '../core/fold';
import { emptyAttributes, OtlpMetric, OtlpRequest } from '../core/otlp/request';
import { labelsOf, NumberList, PointBuffer } from '../core/otlp/point';
import { sourceOf } from '../core/source';

interface Buckets {
  offset: number;
  counts: number[];
}

/** A point as a value of its own, to be written down in a test or compared. */
export interface TestPoint {
  timeMs: number;
  startMs: number;
  attributes: Record<string, string>;
  isWithoutValue: boolean;
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
  positive: Buckets;
  negative: Buckets;
}

export interface TestMetric extends OtlpMetric {
  points: TestPoint[];
}

export interface TestRequest {
  resources: { attributes: Record<string, string>; metrics: TestMetric[] }[];
}

/** A point with nothing in it. */
export const emptyPoint = (): TestPoint => ({
  timeMs: 0,
  startMs: 0,
  attributes: emptyAttributes(),
  isWithoutValue: false,
  value: undefined,
  count: 0,
  sum: undefined,
  min: undefined,
  max: undefined,
  explicitBounds: [],
  bucketCounts: [],
  scale: 0,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset: 0, counts: [] },
  negative: { offset: 0, counts: [] },
});

function fill(list: NumberList, numbers: number[]): void {
  list.length = 0;
  numbers.forEach(number => list.push(number));
}

/** The point in the buffer that decoders fill. */
export function bufferOf(point: TestPoint): PointBuffer {
  const buffer = new PointBuffer();
  const identity = JSON.stringify(Object.entries(point.attributes).sort());
  Object.assign(buffer, {
    timeMs: point.timeMs,
    startMs: point.startMs,
    labels: labelsOf(point.attributes, () => identity),
    isWithoutValue: point.isWithoutValue,
    value: point.value ?? NaN,
    count: point.count,
    sum: point.sum,
    min: point.min,
    max: point.max,
    scale: point.scale,
    zeroCount: point.zeroCount,
    zeroThreshold: point.zeroThreshold,
    positiveOffset: point.positive.offset,
    negativeOffset: point.negative.offset,
  });
  fill(buffer.boundaries, point.explicitBounds);
  fill(buffer.counts, point.bucketCounts);
  fill(buffer.positive, point.positive.counts);
  fill(buffer.negative, point.negative.counts);
  return buffer;
}

/** Everything that a decoder hands out, kept. */
export function read(request: OtlpRequest) {
  return {
    resources: request.sources.map(source => {
      const metrics: (OtlpMetric & { points: object[] })[] = [];
      source.each({
        metric(metric) {
          metrics.push({ ...metric, points: [] });
          return true;
        },
        point(point) {
          const { boundaries, counts, positive, negative, labels, ...rest } =
            point;
          metrics[metrics.length - 1].points.push({
            ...rest,
            outcome: labels.outcome,
            outputClass: labels.outputClass,
            weight: labels.weight,
            explicitBounds: boundaries.toArray(),
            bucketCounts: counts.toArray(),
            positive: positive.toArray(),
            negative: negative.toArray(),
          });
        },
      });
      return {
        attributes: source.attributes,
        metrics: metrics as (OtlpMetric & { points: any[] })[],
      };
    }),
  };
}

/** Folds a request that was written down. */
export function fold(
  request: TestRequest,
  assignments: (
    | { subjectRef: string; cohortRef: string | undefined }
    | undefined
  )[],
  limits: FoldLimits,
) {
  const folder = new Folder(limits);
  request.resources.forEach(({ attributes, metrics }, i) => {
    folder.source(sourceOf(attributes, assignments[i]), () =>
      JSON.stringify(Object.entries(attributes).sort()),
    );
    for (const { points, ...metric } of metrics) {
      if (!folder.metric(metric, points.length)) continue;
      points.forEach(point => folder.point(bufferOf(point)));
    }
  });
  return folder.finish();
}
