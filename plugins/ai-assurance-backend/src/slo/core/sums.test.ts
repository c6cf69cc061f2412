import fc from 'fast-check';
import { compositeCounts } from './composite';
import { countsWithout, joined, wholeMinutes } from './corrections';
import {
  decodeHour,
  emptyHour,
  encodeHour,
  Hour,
  hourMs,
  sumBefore,
} from './hours';
import { wilson } from './interval';
import { mergeHours } from './mergeHours';
import { sliceMinutes } from './slices';
import { BudgetWindow } from './types';
import { periodAt } from './window';

const minuteMs = 60_000;
const at = (text: string) => Date.parse(text);

describe('a calendar window', () => {
  const calendar = (
    count: number,
    unit: 'd' | 'w' | 'M' | 'Q' | 'Y',
    timeZone = 'Europe/Berlin',
    startTime = '2026-01-01 00:00:00',
  ): BudgetWindow => ({ kind: 'calendar', count, unit, startTime, timeZone });
  const hours = (window: BudgetWindow, text: string) => {
    const { startMs, endMs } = periodAt(window, at(text));
    return [new Date(startMs).toISOString(), (endMs - startMs) / hourMs];
  };

  it.each<[string, BudgetWindow, string, string, number]>([
    [
      'a day',
      calendar(1, 'd'),
      '2026-11-22T12:00:00Z',
      '2026-11-21T23:00:00.000Z',
      24,
    ],
    [
      'the day the clock goes forward',
      calendar(1, 'd'),
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00.000Z',
      23,
    ],
    [
      'the day the clock goes back',
      calendar(1, 'd'),
      '2026-10-25T12:00:00Z',
      '2026-10-24T22:00:00.000Z',
      25,
    ],
    [
      'a week from its own weekday',
      calendar(1, 'w'),
      '2026-01-14T12:00:00Z',
      '2026-01-07T23:00:00.000Z',
      168,
    ],
    [
      'a month',
      calendar(1, 'M'),
      '2026-02-10T12:00:00Z',
      '2026-01-31T23:00:00.000Z',
      672,
    ],
    [
      'a month elsewhere',
      calendar(1, 'M', 'America/New_York'),
      '2026-03-10T12:00:00Z',
      '2026-03-01T05:00:00.000Z',
      743,
    ],
    [
      'a quarter',
      calendar(1, 'Q', 'UTC'),
      '2026-11-22T12:00:00Z',
      '2026-10-01T00:00:00.000Z',
      92 * 24,
    ],
    [
      'a leap year',
      calendar(1, 'Y', 'UTC'),
      '2028-11-22T12:00:00Z',
      '2028-01-01T00:00:00.000Z',
      366 * 24,
    ],
    [
      'before its start time',
      calendar(1, 'M', 'UTC'),
      '2025-11-22T12:00:00Z',
      '2025-11-01T00:00:00.000Z',
      720,
    ],
    [
      'from the 31st, in a short month',
      calendar(1, 'M', 'UTC', '2026-01-31 00:00:00'),
      '2026-03-01T00:00:00Z',
      '2026-02-28T00:00:00.000Z',
      31 * 24,
    ],
  ])(
    'of %s begins and lasts as the wall clock says',
    (_, window, now, start, length) => {
      expect(hours(window, now)).toEqual([start, length]);
    },
  );

  it('follows the one before without gap or overlap, wherever one looks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('d', 'w', 'M', 'Q', 'Y' as const),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(
          'Europe/Berlin',
          'America/New_York',
          'Australia/Lord_Howe',
          'UTC',
        ),
        fc.integer({
          min: at('2020-01-01T00:00:00Z'),
          max: at('2035-01-01T00:00:00Z'),
        }),
        (unit, count, zone, nowMs) => {
          const window = calendar(count, unit as 'd', zone);
          const period = periodAt(window, nowMs);
          expect(period.startMs <= nowMs && nowMs < period.endMs).toBe(true);
          expect(periodAt(window, period.endMs).startMs).toBe(period.endMs);
          expect(periodAt(window, period.startMs - 1).endMs).toBe(
            period.startMs,
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('sums by hour', () => {
  it('come back from storage, and answer any range of minutes as adding them up would', () => {
    const minutes = fc.dictionary(
      fc.integer({ min: 0, max: 299 }).map(String),
      fc.record({
        goodCount: fc.integer({ min: 0, max: 50 }),
        totalCount: fc.integer({ min: 50, max: 90 }),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            minutes,
            from: fc.integer({ min: 0, max: 250 }),
            length: fc.integer({ min: 1, max: 120 }),
          }),
          { maxLength: 6 },
        ),
        fc.integer({ min: 0, max: 360 }),
        (steps, end) => {
          let hours: Hour[] = [];
          const truth = new Map<
            number,
            { goodCount: number; totalCount: number }
          >();
          for (const { minutes: counted, from, length } of steps) {
            const range = {
              fromMs: from * minuteMs,
              toMs: (from + length) * minuteMs,
            };
            const within = new Map(
              Object.entries(counted)
                .map(
                  ([minute, counts]) =>
                    [Number(minute) * minuteMs, counts] as const,
                )
                .filter(([ms]) => ms >= range.fromMs && ms < range.toMs),
            );
            for (let ms = range.fromMs; ms < range.toMs; ms += minuteMs)
              truth.delete(ms);
            for (const [ms, counts] of within) truth.set(ms, counts);
            const stored = new Map(hours.map(hour => [hour.startMs, hour]));
            for (const hour of mergeHours(hours, within, range))
              stored.set(
                hour.startMs,
                decodeHour(hour.startMs, hour.before, encodeHour(hour)),
              );
            hours = [...stored.values()].sort((a, b) => a.startMs - b.startMs);
          }
          const endMs = end * minuteMs;
          const last = hours.filter(hour => hour.startMs <= endMs).pop();
          const sum = sumBefore(last, endMs);
          const expected = [...truth].filter(([ms]) => ms < endMs);
          expect([sum.goodCount, sum.totalCount]).toEqual([
            expected.reduce((all, [, one]) => all + one.goodCount, 0),
            expected.reduce((all, [, one]) => all + one.totalCount, 0),
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of shares and of very large counts are the same from text and from numbers', () => {
    const count = fc.oneof(
      fc.nat({ max: 2_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1e21, noNaN: true }),
      fc.maxSafeInteger().map(Math.abs),
    );
    const list = fc.array(count, { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(
        fc
          .boolean()
          .chain(isAllGood =>
            isAllGood
              ? list.map(total => ({ good: total, total }))
              : fc.record({ good: list, total: list }),
          ),
        fc.integer({ min: 0, max: 60 }),
        (lists, minute) => {
          const hour: Hour = {
            startMs: hourMs,
            before: { goodCount: 1, totalCount: 2 },
            ...lists,
          };
          const stored = decodeHour(
            hour.startMs,
            hour.before,
            encodeHour(hour),
          );
          const atMs = hourMs + minute * minuteMs;
          expect(sumBefore(stored, atMs)).toEqual(sumBefore(hour, atMs));
          expect([stored.good, stored.total]).toEqual([hour.good, hour.total]);
          // Having been asked for one sum changes no other.
          const laterMs = atMs + minuteMs;
          expect(sumBefore(stored, laterMs)).toEqual(sumBefore(hour, laterMs));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of an hour that became empty say so', () => {
    const hour = emptyHour(0);
    hour.good[3] = 1;
    hour.total[3] = 2;
    const [next] = mergeHours([hour], new Map(), { fromMs: 0, toMs: hourMs });
    expect([next.startMs, next.total[3], encodeHour(next)]).toEqual([0, 0, '']);
  });
});

describe('time slices', () => {
  const counts = (goodCount: number, totalCount: number) => ({
    goodCount,
    totalCount,
  });
  const minutes = new Map([
    [0, counts(99, 100)],
    [minuteMs, counts(95, 100)],
    [6 * minuteMs, counts(80, 100)],
    [11 * minuteMs, counts(100, 100)],
  ]);
  const slice = { sliceMs: 5 * minuteMs, targetRatio: 0.97 };

  it('are good as a whole or not at all, unknown without events, and uncounted before their end', () => {
    expect([...sliceMinutes(minutes, slice, 0, 14 * minuteMs)]).toEqual([
      [4 * minuteMs, counts(1, 1)],
      [9 * minuteMs, counts(0, 1)],
    ]);
  });

  it('without a target are worth their share', () => {
    expect([
      ...sliceMinutes(
        minutes,
        { ...slice, targetRatio: undefined },
        0,
        15 * minuteMs,
      ),
    ]).toEqual([
      [4 * minuteMs, counts(0.97, 1)],
      [9 * minuteMs, counts(0.8, 1)],
      [14 * minuteMs, counts(1, 1)],
    ]);
  });
});

describe('a composite', () => {
  it('weighs shares, and is unknown while one of its parts is', () => {
    const part = (
      weightRatio: number,
      goodCount: number,
      totalCount: number,
    ) => ({ weightRatio, counts: { goodCount, totalCount } });
    expect(
      compositeCounts([part(0.75, 90, 100), part(0.25, 500, 1000)]),
    ).toEqual({ goodCount: 880, totalCount: 1100 });
    expect(compositeCounts([part(0.75, 90, 100), part(0.25, 0, 0)])).toEqual({
      goodCount: 0,
      totalCount: 0,
    });
  });
});

describe('a correction', () => {
  it('leaves whole minutes out once, however many name them', () => {
    const stretches = joined([
      wholeMinutes({ fromMs: 90_000, toMs: 150_000 }),
      wholeMinutes({ fromMs: 110_000, toMs: 200_000 }),
    ]);
    expect(stretches).toEqual([{ fromMs: 60_000, toMs: 240_000 }]);
    const sumAt = (ms: number) => ({
      goodCount: (ms / minuteMs) * 9,
      totalCount: (ms / minuteMs) * 10,
    });
    expect(
      countsWithout({ fromMs: 120_000, toMs: 600_000 }, stretches, sumAt),
    ).toEqual({ goodCount: 54, totalCount: 60 });
  });
});

describe("Wilson's interval", () => {
  // At both ends it has a closed form, z² / (n + z²); the third is the formula by hand.
  it.each([
    [0, 10, 0, 0.27753279986288],
    [10, 10, 0.72246720013712, 1],
    [95, 100, 0.88824948, 0.97845563],
  ])('of %p in %p is %p to %p', (good, total, low, high) => {
    const interval = wilson(good, total)!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('of nothing is unknown', () => {
    expect(wilson(0, 0)).toBe(undefined);
  });
});
