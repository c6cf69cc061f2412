import { areSameBytes, viewOf } from './byBytes';
import { JsonBytes, Unusual } from './jsonBytes';

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

export interface KnownKey {
  key: Key;
  view: DataView;
  /** As it stands in an object, with quotes and colon. */
  quoted: DataView;
  /** Tells it from the other keys of one object, so that none is read twice. */
  bit: number;
  /** The key that stood behind it the last time: senders write objects of a kind all alike. */
  next: KnownKey | undefined;
}

/** Keys by length and first letter, which tell nearly all of them apart. */
const keysByForm: KnownKey[][] = [];
const formOf = (length: number, first: number) => length * 128 + first;
KEYS.forEach((key, i) => {
  const view = viewOf(Buffer.from(key, 'latin1'));
  const form = formOf(key.length, view.getUint8(0));
  keysByForm[form] ??= [];
  keysByForm[form].push({
    key,
    view,
    quoted: viewOf(Buffer.from(`"${key}":`, 'latin1')),
    bit: 2 ** (i % 31),
    next: undefined,
  });
});

function knownKey(view: DataView, from: number, end: number): KnownKey {
  const found = keysByForm[formOf(end - from, view.getUint8(from))];
  const known = found?.find(({ view: own }) =>
    areSameBytes(own, 0, view, from, end - from),
  );
  if (known === undefined) throw new Unusual();
  return known;
}

const COLON = 0x3a;

/**
 * Has `member` read the value of each member of an object. Throws {@link Unusual} when a key is none of those above, or comes
 * a second time. `first` is the key that such an object began with the last time; answers the one that it began with now.
 */
export function readMembers(
  json: JsonBytes,
  first: KnownKey | undefined,
  member: (key: Key) => void,
): KnownKey | undefined {
  if (!json.enter()) return first;
  let seen = 0;
  let before: KnownKey | undefined;
  let begun: KnownKey | undefined;
  do {
    let known = before === undefined ? first : before.next;
    if (known === undefined || !json.skip(known.quoted)) {
      const end = json.text();
      known = knownKey(json.view, json.textFrom, end);
      json.take(COLON);
      if (before) before.next = known;
    }
    /* eslint-disable no-bitwise */
    // Of two the last would count.
    if ((seen & known.bit) !== 0) throw new Unusual();
    seen |= known.bit;
    /* eslint-enable no-bitwise */
    begun ??= known;
    before = known;
    member(known.key);
  } while (json.next());
  return begun;
}
