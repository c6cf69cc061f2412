import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  digest,
  explicit,
  latency,
  nowMs,
  phones,
  setUpStore,
  subject,
  window,
} from './__testUtils__/store';
import { EMPTY_EXPONENTIAL } from './core/exponential';
import { METRICS } from './types';

jest.setTimeout(60_000);
const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('reads of telemetry, %p', id => {
  it('merges explicit histograms with the boundaries of the newest window and counts the others', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    await record([explicit([5, 5], [9])]);
    await record([
      explicit([1, 2], [0.5]),
      explicit([3, 4], [0.5], { startMs: nowMs + 60_000, version: '2' }),
    ]);
    const filter = {
      ...range,
      metric: METRICS.confidence,
      toMs: nowMs + 120_000,
    };
    expect(await reads.explicit(filter)).toEqual({
      histogram: { boundaries: [0.5], counts: [4, 6], count: 10, sum: 5 },
      leftOutCount: 1,
    });
    expect(await reads.explicit({ ...filter, version: '3' })).toBeUndefined();
  });

  it('merges exponential histograms over time and segments, and by outcome', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    await record([
      latency(4, 1),
      latency(1, 3, { outcome: 'error' }),
      latency(2, 2, { startMs: nowMs + 60_000 }),
    ]);
    const filter = {
      ...range,
      metric: METRICS.inferenceDuration,
      toMs: nowMs + 120_000,
    };
    expect(await reads.exponential(filter)).toEqual({
      ...EMPTY_EXPONENTIAL,
      scale: 0,
      positiveOffset: 1,
      positiveCounts: [4, 2, 1],
      count: 7,
      sum: 7,
    });
    expect(
      (await reads.exponential({ ...filter, outcome: 'error' }))?.count,
    ).toBe(1);
    expect(
      await reads.exponential({
        ...filter,
        fromMs: nowMs + 120_000,
        toMs: nowMs + 180_000,
      }),
    ).toBeUndefined();
  });

  it('draws latency in equal steps with gaps as null, of the requests where there are any', async () => {
    const { record, reads } = await setUpStore(databases, id);
    await record([
      latency(4, -4),
      latency(1, 0, { outcome: 'error' }),
      latency(3, -4, { startMs: nowMs + 120_000, cohort: undefined }),
    ]);
    const points = await reads.latencyPoints(
      subject,
      nowMs + 1,
      nowMs + 180_000,
    );
    expect(points.map(p => [p.startMs - nowMs, p.count, p.errorCount])).toEqual(
      [
        [0, 5, 1],
        [60_000, 0, 0],
        [120_000, 3, 0],
      ],
    );
    expect(points[1]).toEqual({
      startMs: nowMs + 60_000,
      count: 0,
      errorCount: 0,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
    });
    expect(points[0].p50Ms).toBeCloseTo(
      (1000 * 2 * (1 / 16) * (1 / 8)) / (3 / 16),
      9,
    );
    expect(
      (await reads.latencyPoints(subject, nowMs, nowMs + 180_000, phones)).map(
        p => p.count,
      ),
    ).toEqual([5, 0, 0]);
    expect(
      (await reads.latencyPoints(subject, nowMs - 30 * 86_400_000, nowMs))
        .length,
    ).toBe(121);
    await record([latency(9, 0, { metric: METRICS.httpDuration })]);
    expect(
      (await reads.latencyPoints(subject, nowMs, nowMs + 180_000)).map(
        p => p.count,
      ),
    ).toEqual([9, 0, 0]);
  });

  it('lists segments worst p95 first, with their mean confidence', async () => {
    const { record, reads } = await setUpStore(databases, id);
    await record([
      latency(4, -4),
      latency(2, -2, { version: '2' }),
      latency(1, -4, { version: '2', outcome: 'error' }),
      explicit([1, 3], [0.5]),
    ]);
    const rows = await reads.segmentLatency(subject, nowMs, nowMs + 60_000);
    expect(
      rows.map(r => [
        r.version,
        r.digest,
        r.cohort,
        r.count,
        r.errorCount,
        r.meanConfidence,
      ]),
    ).toEqual([
      ['2', digest, phones, 3, 1, null],
      ['1', digest, phones, 4, 0, 0.5],
    ]);
    expect(rows[0].errorBoundRatio).toBeCloseTo(1 / 3, 12);
    expect(
      await reads.segmentLatency(
        subject,
        nowMs,
        nowMs + 60_000,
        'resource:default/none',
      ),
    ).toEqual([]);
  });

  it('knows which versions reported, from which to which minute', async () => {
    const { record, reads } = await setUpStore(databases, id);
    await record([
      window(),
      window({ startMs: nowMs + 120_000, outcome: 'error' }),
      window({ version: '2', digest: undefined, startMs: nowMs + 60_000 }),
    ]);
    expect(await reads.versions(subject, nowMs, nowMs + 120_000)).toEqual([
      { version: '1', digest, firstSeenMs: nowMs, lastSeenMs: nowMs },
      {
        version: '2',
        digest: undefined,
        firstSeenMs: nowMs + 60_000,
        lastSeenMs: nowMs + 60_000,
      },
    ]);
    expect(
      (await reads.versions(subject, nowMs, nowMs + 120_001))[0].lastSeenMs,
    ).toBe(nowMs + 120_000);
  });
});
