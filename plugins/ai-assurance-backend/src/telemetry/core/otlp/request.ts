import { PointBuffer } from './point';
import { Unreadable } from './wire';

/** An OTLP metrics request whose sources are known and whose points are read when they are asked for. */
export interface OtlpRequest {
  sources: OtlpSource[];
}

/** Bytes from `from` up to `end`. */
export interface Stretch {
  view: DataView;
  from: number;
  end: number;
}

/** One instrumentation scope of one resource. */
export interface OtlpSource {
  /**
   * Scalar attributes as text, of the resource and, where it has no such attribute, of the scope; the scope's name and
   * version are `otel.scope.name` and `otel.scope.version`. Lists and maps are left out. Without a prototype, so that no
   * name is special. Reading them throws when the bytes are not readable.
   */
  readonly attributes: Record<string, string>;
  /**
   * Resource and scope as they stand in the body: where the bytes are the same, attributes and identity are. They stay only
   * until the next source is asked. `undefined` where nothing is gained by it.
   */
  stretch(): Stretch | undefined;
  /** All attributes of resource and scope, read or not, in a fixed order: what tells senders apart. */
  identity(): string;
  /** Hands every metric and point to `sink`, once. Throws when the bytes are not readable. */
  each(sink: MetricSink): void;
}

/** Takes metrics and their points one after the other. */
export interface MetricSink {
  /** A metric begins; answers whether its points are wanted. */
  metric(metric: OtlpMetric, pointCount: number): boolean;
  /** A point of the metric that began last. The buffer is used again for the next. */
  point(point: PointBuffer): void;
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
  /** Sums only. */
  isMonotonic: boolean;
}

/** Most attributes read of one resource or point; the rest is left out. */
export const MAX_ATTRIBUTES = 128;

/** Longest attribute value read, in characters; a longer one is left out, since no selector or label is that long. */
export const MAX_ATTRIBUTE_LENGTH = 1024;

/** An attribute map without a prototype. */
export function emptyAttributes(): Record<string, string> {
  return Object.create(null);
}

/**
 * Attributes of a scope with those of its resource, which win. The attributes of the resource stay as they are unless
 * nobody else needs them.
 */
export function withScope(
  resource: Record<string, string>,
  scope: { name: string; version: string; attributes: Record<string, string> },
  isOnlyScope: boolean = false,
): Record<string, string> {
  const attributes = isOnlyScope
    ? resource
    : Object.assign(emptyAttributes(), resource);
  for (const key of Object.keys(scope.attributes))
    attributes[key] ??= scope.attributes[key];
  if (scope.name) attributes['otel.scope.name'] ??= scope.name;
  if (scope.version) attributes['otel.scope.version'] ??= scope.version;
  return attributes;
}

/** Most resources, scopes, metrics and points read of one request, together. */
export const MAX_PARTS = 100_000;

/** Counts the parts of a request while it is read: a body of empty points must not keep the server busy for long. */
export class PartsBudget {
  #left = MAX_PARTS;

  /** Throws once a request has more than {@link MAX_PARTS} parts. */
  spend(count: number = 1): void {
    this.#left -= count;
    if (this.#left < 0)
      throw new Unreadable(
        `more than ${MAX_PARTS} resources, metrics and points; send smaller batches`,
      );
  }
}
