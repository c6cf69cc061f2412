import { createTestDatabases, fixedClock } from '@ai-assurance/test-kit';
import fc from 'fast-check';
import {
  explicit,
  nowMs,
  phones,
  setUpStore,
  subject,
  window,
} from './__testUtils__/store';
import { FoldedWindow } from './core/fold';
import { levelsTask } from './levels';
import { LevelStore } from './LevelStore';
import { SignalReads } from './SignalReads';
import { METRICS, Window } from './types';

jest.setTimeout(120_000);
const databases = createTestDatabases();
const minuteMs = 60_000;
const tablets = 'resource:default/tablets';

const devices = (count: number) => ({
  devices: [
    {
      day: 19_675,
      hashes: Array.from({ length: count }, (_, i) => (i + 1) * 1_000),
    },
  ],
});

/** One window of a signal, with many or few devices, in one of two lists of bins, or a count of a class. */
const reported: fc.Arbitrary<FoldedWindow> = fc
  .record({
    minute: fc.integer({ min: 0, max: 3 }),
    cohort: fc.constantFrom(phones, tablets, undefined),
    deviceCount: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    boundaries: fc.constantFrom<number[]>([0.5], [0.25, 0.5]),
    counts: fc.array(fc.nat({ max: 100 }), { minLength: 3, maxLength: 3 }),
    outputClass: fc.constantFrom('a', 'b'),
    isHistogram: fc.boolean(),
  })
  .map(one => {
    const over = {
      startMs: nowMs + one.minute * minuteMs,
      cohort: one.cohort,
    };
    const made = one.isHistogram
      ? explicit(
          one.counts.slice(0, one.boundaries.length + 1),
          one.boundaries,
          over,
        )
      : window({
          ...over,
          metric: METRICS.outputClass,
          outputClass: one.outputClass,
          value: { kind: 'sum', sum: one.counts[0] },
        });
    return one.deviceCount === undefined
      ? made
      : { ...made, value: { ...made.value, ...devices(one.deviceCount) } };
  });

/** What the windows of a signal add up to, one after the other. */
function addedUp(windows: Window[]) {
  const histograms = windows.filter(one => one.explicit);
  const newest = histograms[histograms.length - 1]?.explicit!.boundaries;
  const counts: Record<string, number[]> = {};
  const classes: Record<string, Record<string, number>> = {};
  for (const one of windows)
    for (const key of one.cohort ? ['', one.cohort] : ['']) {
      if (one.explicit?.boundaries.join() === newest?.join())
        one.explicit?.counts.forEach((count, i) => {
          counts[key] ??= one.explicit!.counts.map(() => 0);
          counts[key][i] += count;
        });
      if (one.outputClass !== undefined) {
        classes[key] ??= {};
        classes[key][one.outputClass] =
          (classes[key][one.outputClass] ?? 0) + one.sum;
      }
    }
  return { boundaries: newest, counts, classes };
}

describe.each(databases.eachSupportedId())('many signals, %p', id => {
  it('are what windows and groups tell of each, whether they were moved into the levels or not', async () => {
    const { db, record, reads } = await setUpStore(databases, id);
    const signals = new SignalReads({
      db,
      minimums: async () => () => 5,
    });
    const store = new LevelStore({ maxSegments: 500 });
    const range = { fromMs: nowMs, toMs: nowMs + 3 * minuteMs };
    const metrics = [METRICS.confidence, METRICS.outputClass];
    const check = async () => {
      const asked = metrics.map(metric => ({
        subject,
        metric,
        byCohort: true,
      }));
      const told = await signals.signals(asked, range);
      for (const [i, metric] of metrics.entries()) {
        const windows = await reads.windows({ subject, metric, ...range });
        const signal = told[i];
        const last = windows[windows.length - 1];
        expect(signal?.newestStartMs).toBe(last?.startMs);
        if (!signal) continue;
        expect({
          boundaries: signal.boundaries,
          counts: {
            ...(signal.counts && { '': signal.counts }),
            ...Object.fromEntries(signal.cohortCounts),
          },
          classes: Object.fromEntries(
            [
              ...(signal.classes.size > 0
                ? [['', signal.classes] as const]
                : []),
              ...signal.cohortClasses,
            ].map(([key, of]) => [key, Object.fromEntries(of)]),
          ),
        }).toEqual(addedUp(windows));
        const cohorts = new Set(
          windows.flatMap(({ cohort }) => (cohort ? [cohort] : [])),
        );
        const small = [];
        for (const cohort of cohorts) {
          const group = await reads.groupOf({
            subject,
            metric,
            ...range,
            cohort,
          });
          if (group.isSuppressed) small.push(cohort);
        }
        expect([...signal.suppressed].sort()).toEqual(small.sort());
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(reported, { maxLength: 12 }),
        fc.boolean(),
        async (some, isMoved) => {
          await record(some);
          if (isMoved)
            await levelsTask({
              db,
              clock: fixedClock(nowMs + 2 * minuteMs + 30_000),
              store,
            }).run();
          await check();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('are read whole, however many bins a minute has', async () => {
    const { db, record } = await setUpStore(databases, id);
    const signals = new SignalReads({ db, minimums: async () => () => 5 });
    const boundaries = Array.from({ length: 3_000 }, (_, i) => i / 7);
    const counts = Array.from({ length: 3_001 }, (_, i) => i * i);
    await record([
      explicit(counts, boundaries, { startMs: nowMs }),
      explicit([1, 2], [0.5], { startMs: nowMs, cohort: tablets }),
      explicit(counts, boundaries, { startMs: nowMs + minuteMs }),
    ]);
    await levelsTask({
      db,
      clock: fixedClock(nowMs + 2 * minuteMs + 30_000),
      store: new LevelStore({ maxSegments: 500 }),
    }).run();
    const [signal] = await signals.signals(
      [{ subject, metric: METRICS.confidence, byCohort: true }],
      { fromMs: nowMs, toMs: nowMs + 2 * minuteMs },
    );
    expect(signal?.boundaries).toEqual(boundaries);
    expect(signal?.counts).toEqual(counts.map(count => 2 * count));
    expect([...signal!.cohortCounts.keys()]).toEqual([phones]);
  });

  it('are told whole when series began since the last time, each of its own minute', async () => {
    const { db, record } = await setUpStore(databases, id);
    const signals = new SignalReads({ db, minimums: async () => () => 5 });
    const store = new LevelStore({ maxSegments: 500 });
    const clock = fixedClock(nowMs + 3 * minuteMs + 30_000);
    const countsOf = async () => {
      await levelsTask({ db, clock, store }).run();
      const [signal] = await signals.signals(
        [{ subject, metric: METRICS.confidence, byCohort: true }],
        { fromMs: nowMs, toMs: nowMs + 3 * minuteMs },
      );
      return [signal?.counts, Object.fromEntries(signal!.cohortCounts)];
    };
    await record([explicit([1, 2], [0.5])]);
    expect(await countsOf()).toEqual([[1, 2], { [phones]: [1, 2] }]);
    const ofTablets = (minute: number, counts: number[]) =>
      explicit(counts, [0.5], {
        startMs: nowMs + minute * minuteMs,
        cohort: tablets,
        version: String(minute),
      });
    await record([ofTablets(0, [10, 0]), ofTablets(1, [20, 300])]);
    await record([ofTablets(2, [40, 5])]);
    expect(await countsOf()).toEqual([
      [71, 307],
      { [phones]: [1, 2], [tablets]: [70, 305] },
    ]);
  });

  it('of as many devices as a sketch holds are counted by their hashes', async () => {
    const { db, record } = await setUpStore(databases, id);
    // Sixty-four hashes up to the end of their range stand for some sixty-three devices.
    const hashes = Array.from({ length: 64 }, (_, i) => (i + 1) * 2 ** 26 - 1);
    const made = explicit([1, 2], [0.5]);
    await record([
      { ...made, value: { ...made.value, devices: [{ day: 19_675, hashes }] } },
    ]);
    await levelsTask({
      db,
      clock: fixedClock(nowMs + 2 * minuteMs),
      store: new LevelStore({ maxSegments: 500 }),
    }).run();
    const suppressedAt = async (minimum: number) => {
      const signals = new SignalReads({
        db,
        minimums: async () => () => minimum,
      });
      const [signal] = await signals.signals(
        [{ subject, metric: METRICS.confidence, byCohort: true }],
        { fromMs: nowMs, toMs: nowMs + minuteMs },
      );
      return [...signal!.suppressed];
    };
    expect(await suppressedAt(63)).toEqual([]);
    expect(await suppressedAt(64)).toEqual([phones]);
  });

  it('of which nobody ever told are unknown', async () => {
    const { db } = await setUpStore(databases, id);
    const signals = new SignalReads({ db, minimums: async () => () => 5 });
    expect(
      await signals.signals(
        [{ subject, metric: METRICS.confidence, byCohort: true }],
        { fromMs: nowMs, toMs: nowMs + minuteMs },
      ),
    ).toEqual([undefined]);
  });
});
