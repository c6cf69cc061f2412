import fc from 'fast-check';
import { DeviceSketch, sketchOf } from '../devices';
import { WindowValue } from '../windowValue';
import { ByteReader, ByteWriter } from './bytes';
import { eachSegment, readMembers, SegmentReader, Segments } from './segments';

/** Whole ones of every length, and weighted ones. */
const count = fc.oneof(
  fc.nat({ max: 80 }),
  fc.nat({ max: 10_000 }),
  fc.nat({ max: 2 ** 31 - 1 }),
  fc.maxSafeNat(),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
);
const devices = fc.option(
  fc.array(
    fc
      .tuple(fc.integer({ min: 20_000, max: 20_002 }), fc.array(fc.nat()))
      .map(([day, hashes]) => sketchOf(day, hashes)),
    { maxLength: 2 },
  ),
  { nil: undefined },
);
const rawCount = fc.option(fc.nat(), { nil: undefined });
const histogram = fc
  .constantFrom<number[]>([0.5], [0.1, 0.2, 0.4], [])
  .chain(boundaries =>
    fc.record({
      boundaries: fc.constant(boundaries),
      counts: fc.array(count, {
        minLength: boundaries.length + 1,
        maxLength: boundaries.length + 1,
      }),
    }),
  )
  .map(({ boundaries, counts }) => ({
    kind: 'explicit' as const,
    explicit: {
      boundaries,
      counts,
      count: counts.reduce((a, b) => a + b, 0),
      sum: 7.5,
    },
  }));
const measured = fc.oneof(
  { weight: 3, arbitrary: histogram },
  fc.nat().map(sum => ({ kind: 'sum' as const, sum })),
);
const value = fc.tuple(measured, rawCount, devices).map(
  ([one, n, seen]): WindowValue => ({
    ...one,
    ...(n === undefined ? {} : { n }),
    ...(seen === undefined ? {} : { devices: seen }),
  }),
);

interface Told {
  id: number;
  boundaries: number[];
  counts: number[];
  hashCount: number;
  devices: DeviceSketch[] | undefined;
}

describe('segments, read where they lie', () => {
  it('are what they are when values are made of them', () => {
    const reader = new SegmentReader();
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(), value), {
          selector: ([id]) => id,
          maxLength: 8,
        }),
        entries => {
          const segments = new Segments();
          for (const [id, one] of entries) segments.add(id, one);
          const bytes = segments.toBytes();
          const expected: Told[] = [];
          const expectedOthers: [number, WindowValue][] = [];
          eachSegment(
            bytes,
            () => true,
            (id, one) => {
              if (one.kind !== 'explicit') expectedOthers.push([id, one]);
              else
                expected.push({
                  id,
                  boundaries: one.explicit.boundaries,
                  counts: one.explicit.counts,
                  hashCount: one.devices?.[0]?.hashes.length ?? 0,
                  devices: one.devices,
                });
            },
          );
          const told: Told[] = [];
          const others: [number, WindowValue][] = [];
          reader.each(bytes.segments, readMembers(bytes.members), {
            histogram: (id, one) =>
              told.push({
                id,
                boundaries: one.boundaries,
                counts: one.counts.slice(),
                hashCount: one.hashCount,
                devices: one.devices(),
              }),
            other: (id, one) => others.push([id, one]),
          });
          expect(told).toEqual(expected);
          expect(others).toEqual(expectedOthers);
        },
      ),
    );
  });

  it('share the lists of boundaries that are alike', () => {
    const reader = new SegmentReader();
    const listOf = (boundaries: number[]) => {
      const segments = new Segments();
      segments.add(1, {
        kind: 'explicit',
        explicit: { boundaries, counts: [1, 2], count: 3, sum: 1 },
      });
      const bytes = segments.toBytes();
      const lists: number[][] = [];
      reader.each(bytes.segments, readMembers(bytes.members), {
        histogram: (_, one) => lists.push(one.boundaries),
        other: () => undefined,
      });
      return lists[0];
    };
    const first = listOf([0.5]);
    expect(listOf([0.25])).toEqual([0.25]);
    expect(listOf([0.5])).toBe(first);
  });

  it('end where their bytes end', () => {
    const list: number[] = [];
    expect(() =>
      new ByteReader(Uint8Array.of(2, 4)).countsInto(list, 3),
    ).toThrow('The bytes end too early');
    expect(() =>
      new ByteReader(Uint8Array.of(2, 0x84)).countsInto(list, 2),
    ).toThrow('The bytes end too early');
    const last = new ByteWriter();
    last.count(1);
    last.count(300);
    new ByteReader(last.take()).countsInto(list, 2);
    expect(list).toEqual([1, 300]);
  });
});
