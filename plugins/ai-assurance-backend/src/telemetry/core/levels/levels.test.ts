import fc from 'fast-check';
import { sketchOf } from '../devices';
import { EMPTY_EXPONENTIAL, normalExponential } from '../exponential';
import { mergeValues, WindowValue } from '../windowValue';
import { ByteReader, ByteWriter } from './bytes';
import { Group, readGroups, writeGroups } from './groups';
import { LEVEL_MS, piecesOf, stepsOfRange } from './level';
import { eachSegment, readMembers, SegmentBytes, Segments } from './segments';
import { readValue, Shapes, writeValue } from './valueBytes';

const counts = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 40 });
const devices = fc.option(
  fc
    .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 80 })
    .map(hashes => [sketchOf(20_000, hashes)]),
  { nil: undefined },
);
const exponential: fc.Arbitrary<WindowValue> = fc
  .record({
    scale: fc.integer({ min: -4, max: 12 }),
    zeroCount: fc.integer({ min: 0, max: 100 }),
    positiveOffset: fc.integer({ min: -300, max: 300 }),
    positiveCounts: counts,
    negativeOffset: fc.integer({ min: -50, max: 50 }),
    negativeCounts: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 }),
    // Whole numbers, so that sums are equal whatever the order.
    sum: fc.integer({ min: 0, max: 1e6 }),
    max: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
  })
  .map(parts => {
    const total = [...parts.positiveCounts, ...parts.negativeCounts].reduce(
      (a, b) => a + b,
      parts.zeroCount,
    );
    return {
      kind: 'exponential' as const,
      exponential: normalExponential({
        ...EMPTY_EXPONENTIAL,
        ...parts,
        count: total,
        max: total > 0 ? parts.max : undefined,
      }),
    };
  });
const explicit: fc.Arbitrary<WindowValue> = fc
  .tuple(
    fc.constantFrom<number[][]>([0.5], [0.1, 0.2, 0.4]),
    fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 0, max: 1e6 }),
  )
  .map(([boundaries, bins, sum]) => {
    const own = bins.slice(0, boundaries.length + 1);
    return {
      kind: 'explicit' as const,
      explicit: {
        boundaries,
        counts: own,
        count: own.reduce((a, b) => a + b, 0),
        sum,
      },
    };
  });
const value = fc
  .tuple(fc.oneof(exponential, explicit), devices)
  .map(
    ([measured, seen]): WindowValue =>
      seen ? { ...measured, devices: seen } : measured,
  );

function valuesOf(bytes: SegmentBytes): Map<number, WindowValue> {
  const values = new Map<number, WindowValue>();
  eachSegment(
    bytes,
    () => true,
    (id, one) => values.set(id, one),
  );
  return values;
}

describe('bytes of a row', () => {
  it('reads any value as it was written', () => {
    const any = fc.oneof(
      value,
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((sum): WindowValue => ({ kind: 'sum', sum, n: 3 })),
      fc.record({
        kind: fc.constant('gauge' as const),
        gauge: fc.record({
          last: fc.double({ noNaN: true }),
          lastAtMs: fc.integer({ min: 0, max: 2e12 }),
          max: fc.double({ noNaN: true }),
        }),
      }),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), values => {
        const shapes = new Shapes();
        const to = new ByteWriter();
        for (const one of values) writeValue(to, shapes, one);
        const from = new ByteReader(to.take());
        expect(values.map(() => readValue(from, shapes))).toEqual(values);
        expect(from.isAtEnd).toBe(true);
      }),
    );
  });

  it('keeps weighted counts as they are, and every whole number up to 2^53 - 1', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeNat(),
          fc.double({ min: 0, max: 1e15, noNaN: true }),
        ),
        count => {
          const to = new ByteWriter();
          to.count(count);
          expect(new ByteReader(to.take()).count()).toBe(count + 0);
        },
      ),
    );
  });

  it('throws where bytes end too early, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        let thrown: unknown = new RangeError();
        try {
          readGroups(bytes);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(RangeError);
      }),
    );
  });
});

describe('merging into levels', () => {
  const arrivals = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 4 }), exponential, devices),
    { minLength: 1, maxLength: 12 },
  );

  it('gives the same row in any order and any grouping, and counts everything exactly once', () => {
    fc.assert(
      fc.property(
        arrivals,
        fc.integer({ min: 1, max: 12 }),
        (list, groupSize) => {
          const valueOf = ([, one, seen]: (typeof list)[number]) =>
            seen ? { ...one, devices: seen } : one;
          const inOneGo = new Segments();
          for (const one of list) inOneGo.add(one[0], valueOf(one));
          // The other way round, and written and read again after every few.
          let bytes: SegmentBytes | undefined;
          const reversed = [...list].reverse();
          for (let at = 0; at < reversed.length; at += groupSize) {
            const row = new Segments(bytes);
            for (const one of reversed.slice(at, at + groupSize))
              row.add(one[0], valueOf(one));
            bytes = row.toBytes();
          }
          expect(valuesOf(bytes!)).toEqual(valuesOf(inOneGo.toBytes()));
          expect(readMembers(bytes!.members)).toEqual(
            [...new Set(list.map(([seriesId]) => seriesId))].sort(
              (a, b) => a - b,
            ),
          );
          const counted = [...valuesOf(bytes!).values()].reduce(
            (sum, one) =>
              sum + (one.kind === 'exponential' ? one.exponential.count : 0),
            0,
          );
          expect(counted).toBe(
            list.reduce(
              (sum, [, one]) =>
                sum + (one.kind === 'exponential' ? one.exponential.count : 0),
              0,
            ),
          );
        },
      ),
    );
  });

  it('gives the same group whether its parts come one by one or as groups', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), values => {
        const whole = new Group();
        values.forEach((one, i) => whole.add(0, one, i % 3 ? 'ok' : 'error'));
        const joined = new Group();
        [...values.entries()].reverse().forEach(([i, one]) => {
          const part = new Group();
          part.add(0, one, i % 3 ? 'ok' : 'error');
          for (const read of readGroups(writeGroups([part.toPart(7)])))
            joined.join(0, read);
        });
        expect(joined.errorCount).toBe(whole.errorCount);
        expect(joined.deviceCount).toBe(whole.deviceCount);
        const byShape = (group: Group) =>
          group.histograms
            .values()
            .map(one => mergeValues(one, one))
            .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
        expect(byShape(joined)).toEqual(byShape(whole));
      }),
    );
  });
});

describe('which rows answer a range', () => {
  const at = fc.integer({ min: 0, max: 5000 }).map(i => i * 60_000);

  it('are aligned, follow each other and hold each minute once', () => {
    fc.assert(
      fc.property(
        at,
        at,
        fc.constantFrom('minute' as const, 'hour' as const, 'day' as const),
        (a, b, coarsest) => {
          const [fromMs, toMs] = a < b ? [a, b] : [b, a];
          const pieces = piecesOf(fromMs, toMs, coarsest);
          let expectedMs = fromMs;
          for (const piece of pieces) {
            expect(piece.fromMs).toBe(expectedMs);
            expect(piece.fromMs % LEVEL_MS[piece.level]).toBe(0);
            expect(piece.toMs % LEVEL_MS[piece.level]).toBe(0);
            expect(LEVEL_MS[piece.level]).toBeLessThanOrEqual(
              LEVEL_MS[coarsest],
            );
            expectedMs = piece.toMs;
          }
          expect(expectedMs).toBe(pieces.length > 0 ? toMs : fromMs);
        },
      ),
    );
  });

  it('are few: a month from the middle of a minute to the middle of another is three levels', () => {
    const fromMs = 20_000 * LEVEL_MS.day - 90 * 60_000;
    expect(
      piecesOf(fromMs + 1, fromMs + 30 * LEVEL_MS.day, 'day').map(piece => [
        piece.level,
        (piece.toMs - piece.fromMs) / LEVEL_MS[piece.level],
      ]),
    ).toEqual([
      ['minute', 29],
      ['hour', 1],
      ['day', 29],
      ['hour', 22],
      ['minute', 30],
    ]);
  });

  it.each([
    [3 * LEVEL_MS.hour, undefined, 60_000, 180],
    [LEVEL_MS.day, undefined, 5 * 60_000, 288],
    [7 * LEVEL_MS.day, undefined, LEVEL_MS.hour, 168],
    [30 * LEVEL_MS.day, undefined, 6 * LEVEL_MS.hour, 120],
    [30 * LEVEL_MS.day, LEVEL_MS.hour, LEVEL_MS.hour, 720],
    [30 * LEVEL_MS.day, 1, LEVEL_MS.hour, 720],
    [365 * LEVEL_MS.day, undefined, 2 * LEVEL_MS.day, 183],
    [LEVEL_MS.hour, 7 * 60_000, 15 * 60_000, 4],
  ])(
    'cuts %p ms, asked in steps of %p, into steps of %p',
    (range, stepMs, chosenMs, stepCount) => {
      const fromMs = 20_000 * LEVEL_MS.day;
      const steps = stepsOfRange(fromMs, fromMs + range, stepMs);
      expect([steps.stepMs, steps.stepCount]).toEqual([chosenMs, stepCount]);
    },
  );

  it('never answers more than 2,000 steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 1, max: 1e11 }),
        fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
        (fromMs, lengthMs, stepMs) => {
          const steps = stepsOfRange(fromMs, fromMs + lengthMs, stepMs);
          expect(steps.stepCount).toBeLessThanOrEqual(2000);
          expect(steps.fromMs).toBeLessThanOrEqual(fromMs);
          expect(
            steps.fromMs + steps.stepCount * steps.stepMs,
          ).toBeGreaterThanOrEqual(fromMs + lengthMs);
        },
      ),
    );
  });
});
