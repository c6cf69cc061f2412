import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  batch,
  explicit,
  latency,
  nowMs,
  refused,
  phones,
  digest,
  setUpStore,
  subject,
  window,
} from './__testUtils__/store';
import { createBatchWriter } from './batchWriter';
import { METRICS } from './types';

jest.setTimeout(60_000);
const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('the telemetry store, %p', id => {
  it('adds up what comes later to the same minute and segment, and keeps segments apart', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    await record([
      window(),
      window({ cohort: undefined }),
      window({ outcome: 'error' }),
    ]);
    await record([
      window({ value: { kind: 'sum', sum: 2.5 } }),
      window({ startMs: nowMs + 60_000 }),
    ]);
    const filter = { ...range, metric: METRICS.sessions };
    const found = await reads.windows(filter);
    expect(found.map(w => [w.cohort, w.outcome, w.sum]).sort()).toEqual(
      [
        [undefined, 'ok', 1],
        [phones, 'error', 1],
        [phones, 'ok', 3.5],
      ].sort(),
    );
    expect(found[0]).toMatchObject({
      startMs: nowMs,
      kind: 'sum',
      version: '1',
      digest,
    });
    expect((await reads.windows({ ...filter, cohort: phones })).length).toBe(2);
    expect(
      (await reads.windows({ ...filter, cohort: null })).map(w => w.sum),
    ).toEqual([1]);
    expect(await reads.windows({ ...filter, version: '2' })).toEqual([]);
    expect(
      (await reads.windows({ ...filter, toMs: nowMs + 60_001 })).length,
    ).toBe(4);
    expect(
      await reads.windows({ ...filter, subject: 'resource:default/other' }),
    ).toEqual([]);
  });

  it('is not changed by a resent batch, and answers it as before', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    const resent = {
      digest: 'same',
      pointCount: 3,
      refusals: refused({ 'no-time': 2 }),
    };
    const told = {
      rejectedPoints: 2,
      message:
        '2 of 3 points refused. 2 × no-time: the point has no time (first: metric "a")',
    };
    expect(await record([window()], resent)).toEqual({
      became: 'recorded',
      ...told,
    });
    expect(
      await record([window()], { ...resent, refusals: refused({}) }),
    ).toEqual({ became: 'repeated', ...told });
    expect(
      (await reads.windows({ ...range, metric: METRICS.sessions })).map(
        w => w.sum,
      ),
    ).toEqual([1]);
    expect(await reads.intake(nowMs)).toEqual({
      lastBatchAtMs: nowMs + 5,
      acceptedPoints: 1,
      refusedPoints: 2,
    });
  });

  it('takes a body again of which nothing was accepted', async () => {
    const { record, reads } = await setUpStore(databases, id);
    const outcomes = [
      await record([], {
        digest: 'same',
        pointCount: 1,
        refusals: refused({ 'unknown-subject': 1 }),
      }),
      await record([window()], { digest: 'same' }),
    ];
    expect(outcomes.map(({ became }) => became)).toEqual([
      'recorded',
      'recorded',
    ]);
    expect(await reads.intake(nowMs)).toEqual({
      lastBatchAtMs: nowMs + 5,
      acceptedPoints: 1,
      refusedPoints: 1,
    });
    expect(await reads.intake(nowMs + 60_000)).toEqual({
      lastBatchAtMs: nowMs + 5,
      acceptedPoints: 0,
      refusedPoints: 0,
    });
  });

  it('tells which metrics overflow, and since when', async () => {
    const { record, reads } = await setUpStore(databases, id, 1);
    const minuteMs = 60_000;
    await record([window()]);
    await record([
      window({ startMs: nowMs + minuteMs }),
      window({ startMs: nowMs + minuteMs, version: '2' }),
      window({ startMs: nowMs + 3 * minuteMs }),
      window({ startMs: nowMs + 3 * minuteMs, version: '3' }),
      latency(1, 0),
    ]);
    expect(await reads.overflow(subject, nowMs, nowMs + 600_000)).toEqual([
      {
        metric: METRICS.sessions,
        firstSeenMs: nowMs + minuteMs,
        lastSeenMs: nowMs + 3 * minuteMs,
      },
    ]);
    expect(await reads.overflow(subject, nowMs, nowMs + minuteMs)).toEqual([]);
  });

  it('hands out what was counted before weighting', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    await record([
      window({ value: { kind: 'sum', sum: 40, n: 4 } }),
      window({ version: '2' }),
    ]);
    expect(
      (await reads.windows({ ...range, metric: METRICS.sessions })).map(w => [
        w.sum,
        w.n,
      ]),
    ).toEqual([
      [40, 4],
      [1, undefined],
    ]);
  });

  it('leaves nothing behind when the transaction fails', async () => {
    const { db, store, reads, range } = await setUpStore(databases, id);
    await expect(
      db.transaction(async tx => {
        await store.record(tx, [batch([window()])]);
        throw new Error('cut');
      }),
    ).rejects.toThrow('cut');
    expect(await reads.windows({ ...range, metric: METRICS.sessions })).toEqual(
      [],
    );
    expect(await reads.intake(0)).toEqual({
      lastBatchAtMs: undefined,
      acceptedPoints: 0,
      refusedPoints: 0,
    });
  });

  it('joins segments beyond the limit in the overflow, without losing a count', async () => {
    const { record, reads, range } = await setUpStore(databases, id, 3);
    await record(['1', '2'].map(version => window({ version })));
    await record(['1', '3', '4', '5'].map(version => window({ version })));
    await record([
      window({ version: '6', outcome: 'error' }),
      window({ version: '2' }),
      window({ version: '5', startMs: nowMs + 60_000 }),
    ]);
    const found = await reads.windows({
      ...range,
      metric: METRICS.sessions,
      toMs: nowMs + 120_000,
    });
    expect(
      found.map(w => [w.startMs - nowMs, w.version, w.outcome, w.sum]).sort(),
    ).toEqual([
      [0, '1', 'ok', 2],
      [0, '2', 'ok', 2],
      [0, '3', 'ok', 1],
      [0, 'overflow', 'error', 1],
      [0, 'overflow', 'ok', 2],
      [60_000, '5', 'ok', 1],
    ]);
    expect(
      found
        .filter(w => w.version === 'overflow')
        .map(w => [w.cohort, w.digest]),
    ).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(
      (await reads.versions(subject, nowMs, nowMs + 120_000)).map(
        v => v.version,
      ),
    ).toEqual(['1', '2', '3', '5']);
  });

  it('keeps only count and sum of histograms in the overflow, so that boundaries cannot multiply it', async () => {
    const { record, reads, range } = await setUpStore(databases, id, 1);
    await record([
      explicit([1, 1], [1]),
      explicit([2, 2], [2]),
      explicit([3, 3], [3]),
    ]);
    const found = await reads.windows({ ...range, metric: METRICS.confidence });
    expect(found.map(w => [w.version, w.explicit]).sort()).toEqual([
      ['1', { boundaries: [1], counts: [1, 1], count: 2, sum: 1 }],
      ['overflow', { boundaries: [], counts: [10], count: 10, sum: 5 }],
    ]);
  });

  it('loses no update and never locks up when many writers meet', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    const metrics = [METRICS.sessions, METRICS.loadAttempts, 'a', 'b', 'c'];
    const writers = Array.from({ length: 24 }, (_, i) => {
      const order = i % 2 === 0 ? metrics : [...metrics].reverse();
      return record(
        order.map(metric => window({ metric, version: String(i % 3) })),
      );
    });
    await Promise.all(writers);
    for (const metric of metrics) {
      expect(
        (await reads.windows({ ...range, metric })).map(w => w.sum),
      ).toEqual([8, 8, 8]);
    }
    expect((await reads.intake(nowMs)).acceptedPoints).toBe(120);
  });

  it('counts a batch once when two replicas get it at the same moment', async () => {
    const { record, reads, range } = await setUpStore(databases, id);
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => record([window()], { digest: 'same' })),
    );
    expect(outcomes.filter(o => o.became === 'repeated').length).toBe(2);
    expect(
      (await reads.windows({ ...range, metric: METRICS.sessions })).map(
        w => w.sum,
      ),
    ).toEqual([1]);
  });

  it('writes many batches at once as if they had come one by one', async () => {
    const { db, store, reads, range } = await setUpStore(databases, id, 2);
    const writer = createBatchWriter({ db, store });
    const outcomes = await Promise.all([
      writer.write(batch([window()], { digest: 'a' })),
      writer.write(batch([window({ version: '2' })], { digest: 'b' })),
      writer.write(batch([window()], { digest: 'c' })),
      writer.write(batch([window()], { digest: 'b' })),
      writer.write(batch([window({ version: '3' })], { digest: 'd' })),
      writer.write(
        batch([], {
          pointCount: 4,
          refusals: refused({ 'no-time': 4 }),
        }),
      ),
    ]);
    expect(outcomes.map(o => o.became)).toEqual([
      'recorded',
      'recorded',
      'recorded',
      'repeated',
      'recorded',
      'recorded',
    ]);
    const found = await reads.windows({ ...range, metric: METRICS.sessions });
    expect(found.map(w => [w.version, w.sum]).sort()).toEqual([
      ['1', 2],
      ['2', 1],
      ['overflow', 1],
    ]);
    expect(await reads.intake(nowMs)).toEqual({
      lastBatchAtMs: nowMs + 5,
      acceptedPoints: 4,
      refusedPoints: 4,
    });
  });

  it('fails a batch alone, not those that were written with it', async () => {
    const { db, store, reads, range } = await setUpStore(databases, id);
    const writer = createBatchWriter({ db, store });
    const broken = window({ version: null as unknown as string });
    const [, bad, good] = await Promise.allSettled([
      writer.write(batch([window()])),
      writer.write(batch([broken])),
      writer.write(batch([window()])),
    ]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    const found = await reads.windows({ ...range, metric: METRICS.sessions });
    expect(found.map(w => w.sum)).toEqual([2]);
  });
});
