import fc from 'fast-check';
import {
  ByteReader,
  countWritten,
  decodePostings,
  encodePostings,
  intersect,
  markedIn,
  marksOf,
  MAX_SPAN,
  retainMarked,
  retainWritten,
  unite,
} from './postings';

const rising = (offsets: number[]) =>
  Uint16Array.from([...new Set(offsets)].sort((a, b) => a - b));
const offsets = fc
  .uniqueArray(fc.integer({ min: 0, max: MAX_SPAN - 1 }), {
    minLength: 1,
    maxLength: 300,
  })
  .map(rising);
const run = (from: number, to: number) =>
  Uint16Array.from({ length: to - from }, (_, i) => from + i);

describe('offsets of a term', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(offsets, list => {
        const bytes = encodePostings(list);
        const reader = new ByteReader(bytes);
        expect([...decodePostings(reader)]).toEqual([...list]);
        expect(reader.at).toBe(bytes.length);
      }),
    );
  });

  it('are counted without being read', () => {
    fc.assert(
      fc.property(offsets, list => {
        expect(countWritten(new ByteReader(encodePostings(list)))).toBe(
          list.length,
        );
      }),
    );
  });

  it('are marked, and asked for, one by one', () => {
    fc.assert(
      fc.property(offsets, offsets, (list, wanted) => {
        const marks = marksOf(list);
        expect([...markedIn(marks)]).toEqual([...list]);
        expect([...retainMarked(wanted, marks)]).toEqual([
          ...intersect([list, wanted]),
        ]);
      }),
    );
  });

  it.each<[string, Uint16Array, number]>([
    ['one item', Uint16Array.of(40_000), 4],
    ['all items', run(0, MAX_SPAN), 7],
    ['all items but one', rising([...run(0, 500), ...run(501, 60_000)]), 10],
    ['every second item', run(0, 30_000).map(i => i * 2), 7_504],
    ['every hundredth item', run(0, 600).map(i => i * 100), 602],
  ])('of %s take few bytes', (_what, list, length) => {
    const bytes = encodePostings(list);
    expect(bytes.length).toBe(length);
    expect([...decodePostings(new ByteReader(bytes))]).toEqual([...list]);
  });

  it('are not read beyond the end of what was written', () => {
    const bytes = encodePostings(run(0, 300).map(i => i * 3));
    expect(() =>
      decodePostings(new ByteReader(bytes.subarray(0, 100))),
    ).toThrow('A page of the search index ends too early');
  });

  it('are compared with a list as if they were unpacked', () => {
    const dense = fc
      .array(fc.tuple(fc.nat(3_000), fc.integer({ min: 1, max: 400 })), {
        minLength: 1,
        maxLength: 8,
      })
      .map(runs =>
        rising(runs.flatMap(([at, length]) => [...run(at, at + length)])),
      );
    const bits = fc
      .nat(500)
      .map(at => run(0, 3_000).filter(i => (i * 7 + at) % 3 !== 0));
    fc.assert(
      fc.property(
        fc.oneof(offsets, dense, bits),
        fc.oneof(offsets, dense),
        (written, wanted) => {
          const reader = new ByteReader(encodePostings(written));
          expect([...retainWritten(wanted, reader)]).toEqual([
            ...intersect([wanted, written]),
          ]);
        },
      ),
    );
  });

  it('are intersected and united like sets', () => {
    fc.assert(
      fc.property(fc.array(offsets, { minLength: 1, maxLength: 4 }), lists => {
        const [first, ...others] = lists.map(list => new Set(list));
        expect([...intersect(lists)]).toEqual(
          [...first].filter(one => others.every(other => other.has(one))),
        );
        expect([...unite(lists)]).toEqual([
          ...rising(lists.flatMap(list => [...list])),
        ]);
      }),
    );
  });
});
