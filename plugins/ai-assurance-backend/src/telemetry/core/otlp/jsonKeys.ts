import { areSameBytes, viewOf } from './byBytes';
import { Unusual } from './jsonBytes';

// Members of ExportMetricsServiceRequest in its JSON form (opentelemetry-proto 1.x) that senders write.
const KEYS = [
  'resourceMetrics',
  'resource',
  'scopeMetrics',
  'schemaUrl',
  'scope',
  'metrics',
  'name',
  'unit',
  'description',
  'sum',
  'gauge',
  'histogram',
  'exponentialHistogram',
  'dataPoints',
  'aggregationTemporality',
  'isMonotonic',
  'attributes',
  'startTimeUnixNano',
  'timeUnixNano',
  'flags',
  'asDouble',
  'asInt',
  'count',
  'min',
  'max',
  'bucketCounts',
  'explicitBounds',
  'scale',
  'zeroCount',
  'zeroThreshold',
  'positive',
  'negative',
  'offset',
] as const;
export type Key = (typeof KEYS)[number];

interface KnownKey {
  key: Key;
  view: DataView;
  /** Tells it from the other keys of one object, so that none is read twice. */
  bit: number;
}

/** Keys by length and first letter, which tell nearly all of them apart. */
const keysByForm: KnownKey[][] = [];
const formOf = (length: number, first: number) => length * 128 + first;
KEYS.forEach((key, i) => {
  const view = viewOf(Buffer.from(key, 'latin1'));
  const form = formOf(key.length, view.getUint8(0));
  keysByForm[form] ??= [];
  keysByForm[form].push({ key, view, bit: 2 ** (i % 31) });
});

/** Tells which members of one object were read. */
export class MembersRead {
  #seen = 0;

  /** The key in these bytes. Throws {@link Unusual} when it is none of those above, or comes a second time. */
  next(view: DataView, from: number, end: number): Key {
    const found = keysByForm[formOf(end - from, view.getUint8(from))];
    if (found === undefined) throw new Unusual();
    for (const known of found) {
      if (!areSameBytes(known.view, 0, view, from, end - from)) continue;
      /* eslint-disable no-bitwise */
      // Of two the last would count.
      if ((this.#seen & known.bit) !== 0) throw new Unusual();
      this.#seen |= known.bit;
      /* eslint-enable no-bitwise */
      return known.key;
    }
    throw new Unusual();
  }

  /** Begins an object within the one that is read; answers what {@link leave} wants. */
  enter(): number {
    const outer = this.#seen;
    this.#seen = 0;
    return outer;
  }

  leave(outer: number): void {
    this.#seen = outer;
  }
}
