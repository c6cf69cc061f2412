import fc from 'fast-check';
import { emptyHour, Hour, hourMs } from './hours';
import { KnownHours, knownAfter, knownAt, knownSince } from './knownHours';
import { mergeHours } from './mergeHours';

const minuteMs = 60_000;

/** What a database would answer: the last hour that began by then. */
const lastBy = (hours: Hour[], atMs: number) =>
  hours.filter(hour => hour.startMs <= atMs).pop() ?? null;

describe('the hours that are known of a line', () => {
  it('are those that it has, whatever changed and whenever it was asked for', () => {
    const step = fc.record({
      from: fc.integer({ min: 0, max: 700 }),
      length: fc.integer({ min: 1, max: 90 }),
      count: fc.integer({ min: 0, max: 3 }),
      asked: fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 4 }),
      keptFrom: fc.integer({ min: 0, max: 13 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), steps => {
        let stored: Hour[] = [];
        let known: KnownHours | undefined;
        for (const { from, length, count, asked, keptFrom } of steps) {
          const range = {
            fromMs: from * minuteMs,
            toMs: (from + length) * minuteMs,
          };
          const sinceMs = Math.floor(range.fromMs / hourMs) * hourMs;
          const fromStore = [
            ...stored.filter(hour => hour.startMs < sinceMs).slice(-1),
            ...stored.filter(hour => hour.startMs >= sinceMs),
          ];
          const hours = (known && knownSince(known, sinceMs)) ?? fromStore;
          // Nothing that a change builds on is missing.
          expect(hours.filter(hour => hour.startMs >= sinceMs)).toEqual(
            fromStore.filter(hour => hour.startMs >= sinceMs),
          );
          expect(lastBy(hours, sinceMs - 1)).toEqual(
            lastBy(fromStore, sinceMs - 1),
          );
          const counted = new Map(
            count === 0
              ? []
              : [[range.fromMs, { goodCount: count, totalCount: 3 }] as const],
          );
          const changed = mergeHours(hours, counted, range);
          const put = (list: Hour[]) =>
            [
              ...new Map(
                [...list, ...changed].map(hour => [hour.startMs, hour]),
              ).values(),
            ].sort((a, b) => a.startMs - b.startMs);
          stored = put(stored);
          known = knownAfter(
            known,
            { sinceMs, hours: put(hours), changed },
            keptFrom * hourMs,
          );
          for (const hour of asked) {
            const truth = lastBy(stored, hour * hourMs);
            const answer = knownAt(known, hour * hourMs);
            // What is not known is read, and known from then on.
            if (answer === undefined) known.older.set(hour * hourMs, truth);
            expect(knownAt(known, hour * hourMs)).toEqual(truth);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are as few of the newest as are kept, with the last one before', () => {
    const hours = [0, 1, 2, 5].map(hour => emptyHour(hour * hourMs));
    const known = knownAfter(
      undefined,
      { sinceMs: 0, hours, changed: [] },
      3 * hourMs,
    );
    expect([
      known.newest.map(hour => hour.startMs / hourMs),
      knownAt(known, 4 * hourMs)?.startMs,
      knownAt(known, hourMs),
      knownSince(known, 2 * hourMs),
    ]).toEqual([[2, 5], 2 * hourMs, undefined, undefined]);
  });
});
