import {
  createTestDatabases,
  fixedClock,
  seededChance,
} from '@ai-assurance/test-kit';
import { batch, nowMs, setUpStore, window } from './__testUtils__/store';
import { HashedPoint } from './CumulativeStore';
import { METRICS } from './types';
import { Salts } from './Salts';
import { FoldedBatch, TelemetryStore } from './TelemetryStore';
import { upkeepTask } from './upkeep';

jest.setTimeout(60_000);
const databases = createTestDatabases();

/** A point of a counter, `seconds` into the minute. */
const counted = (
  identityHash: string,
  total: number,
  seconds: number,
  over: Partial<HashedPoint> = {},
): HashedPoint => {
  const { value, ...key } = window();
  return {
    identityHash,
    window: key,
    state: {
      startMs: nowMs - 1000,
      timeMs: nowMs + seconds * 1000,
      value: { kind: 'sum', sum: total },
    },
    weight: 1,
    device: undefined,
    ...over,
  };
};

describe.each(databases.eachSupportedId())('cumulative streams, %p', id => {
  const setUp = async () => {
    const { db, store, reads, range } = await setUpStore(databases, id);
    const send = async (
      points: HashedPoint[],
      over: Partial<FoldedBatch> = {},
      by: TelemetryStore = store,
    ) => {
      const sent = batch([], {
        cumulative: points,
        pointCount: points.length,
        ...over,
      });
      const [outcome] = await db.transaction(tx => by.record(tx, [sent]));
      return outcome;
    };
    const total = async () =>
      (await reads.windows({ ...range, metric: METRICS.sessions })).map(
        w => w.sum,
      );
    return { db, send, total, reads };
  };

  it('add what is new in each point, whichever replica takes it', async () => {
    const { send, total } = await setUp();
    await send([counted('a', 5, 1), counted('b', 100, 1)]);
    const other = new TelemetryStore({
      maxSegments: 500,
      maxCumulativeStreams: 3,
    });
    await send([counted('a', 9, 2)], {}, other);
    await send([counted('b', 101, 3)]);
    expect(await total()).toEqual([110]);
  });

  it('add a batch once that two replicas get at the same moment', async () => {
    const { send, total } = await setUp();
    await Promise.all(
      [1, 2, 3].map(() => send([counted('a', 5, 1)], { digest: 'same' })),
    );
    expect(await total()).toEqual([5]);
  });

  it('add nothing for points that came before, whatever batch they come in', async () => {
    const { send, total } = await setUp();
    await send([counted('a', 5, 1), counted('a', 9, 3)]);
    await send([counted('a', 7, 2)]);
    await send([counted('a', 9, 3)]);
    expect(await total()).toEqual([9]);
  });

  it('are taken in the order of their times within a batch', async () => {
    const { send, total } = await setUp();
    await send([counted('a', 9, 3), counted('a', 5, 1), counted('a', 2, 4)]);
    expect(await total()).toEqual([9 + 2]);
  });

  it('weigh what is new, and keep what was counted', async () => {
    const { db, send } = await setUp();
    await send([counted('a', 5, 1, { weight: 4 })]);
    await send([
      counted('a', 8, 2, { weight: 4, device: { day: 1, hash: 7 } }),
    ]);
    const [{ value }] = await db.knex('telemetry_window').select('value');
    expect(JSON.parse(value)).toEqual([32, { n: 8, d: { 1: '00000007' } }]);
  });

  it('are bounded for each metric, and tell the sender so, now and on a repeat', async () => {
    const { send, reads } = await setUp();
    const points = ['a', 'b', 'c', 'd', 'e'].map(name => counted(name, 1, 1));
    const answer = {
      rejectedPoints: 2,
      message:
        '2 of 5 points refused. 2 × too-many-streams: this metric of the subject has too many cumulative streams; send delta temporality (OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta) (first: metric "ai_assurance.sessions")',
    };
    expect(await send(points, { digest: 'same' })).toEqual({
      became: 'recorded',
      ...answer,
    });
    expect(await send(points, { digest: 'same' })).toEqual({
      became: 'repeated',
      ...answer,
    });
    expect(await send([counted('a', 2, 2)])).toEqual({
      became: 'recorded',
      rejectedPoints: 0,
      message: '',
    });
    expect(await reads.intake(nowMs)).toEqual({
      lastBatchAtMs: nowMs + 5,
      acceptedPoints: 4,
      refusedPoints: 2,
    });
  });

  it('are forgotten after a day of silence, and begin with a baseline then', async () => {
    const { db, send, total } = await setUp();
    await send([counted('a', 5, 1)]);
    const clock = fixedClock(nowMs + 24 * 3_600_000);
    const task = upkeepTask({ db, clock });
    await task.run();
    expect((await db.knex('telemetry_cumulative')).length).toBe(1);
    clock.advance(10);
    await task.run();
    expect((await db.knex('telemetry_cumulative')).length).toBe(0);
    const late = counted('a', 9, 2);
    late.state.startMs = nowMs - 3_600_000;
    await send([late]);
    expect(await total()).toEqual([5]);
  });

  it('change nothing when the transaction fails', async () => {
    const { db, send, total } = await setUp();
    await send([counted('a', 5, 1)]);
    const store = new TelemetryStore({
      maxSegments: 500,
      maxCumulativeStreams: 3,
    });
    const failing = batch([], {
      cumulative: [counted('a', 9, 2)],
      pointCount: 1,
    });
    await expect(
      db.transaction(async tx => {
        await store.record(tx, [failing]);
        throw new Error('cut off');
      }),
    ).rejects.toThrow('cut off');
    await send([counted('a', 10, 3)]);
    expect(await total()).toEqual([10]);
  });
});

describe.each(databases.eachSupportedId())('ids of batches, %p', id => {
  it('answer a repeat as before and refuse another body, in one transaction or in two', async () => {
    const { db, store, record, reads, range } = await setUpStore(databases, id);
    const outcomes = [
      await record([window()], { digest: 'a', keyHash: 'k' }),
      await record([window()], { digest: 'a', keyHash: 'k' }),
      await record([window()], { digest: 'b', keyHash: 'k' }),
      ...(await db.transaction(tx =>
        store.record(tx, [
          batch([window()], { digest: 'c', keyHash: 'm' }),
          batch([window()], { digest: 'd', keyHash: 'm' }),
          batch([window()], { digest: 'c', keyHash: 'm' }),
        ]),
      )),
    ];
    expect(outcomes.map(({ became }) => became)).toEqual([
      'recorded',
      'repeated',
      'conflict',
      'recorded',
      'conflict',
      'repeated',
    ]);
    // A body that was refused for its id is new under an id of its own.
    expect(
      (await record([window()], { digest: 'b', keyHash: 'n' })).became,
    ).toBe('recorded');
    expect(
      (await reads.windows({ ...range, metric: METRICS.sessions })).map(
        w => w.sum,
      ),
    ).toEqual([3]);
  });
});

describe.each(databases.eachSupportedId())('salts, %p', id => {
  const dayMs = 86_400_000;

  it('are the same for all replicas on one day, and another on the next, when the old one is gone', async () => {
    const { db } = await setUpStore(databases, id);
    const replicas = ['one', 'two'].map(
      seed => new Salts({ db, chance: seededChance(seed) }),
    );
    const hashes = async (atMs: number) =>
      Promise.all(
        replicas.map(async salts =>
          (await salts.deviceHasher(atMs)).hash('device-1'),
        ),
      );
    const [first, same] = await hashes(nowMs);
    expect(same).toEqual(first);
    expect(first.day).toBe(Math.floor(nowMs / dayMs));
    const [next, nextSame] = await hashes(nowMs + dayMs);
    expect(nextSame).toEqual(next);
    expect(next.day).toBe(first.day + 1);
    expect(next.hash).not.toBe(first.hash);
    expect(
      (await db.knex('telemetry_salt').select('purpose', 'day')).map(row => [
        row.purpose,
        Number(row.day),
      ]),
    ).toEqual([['devices', next.day]]);
    // A replica whose clock is behind takes the newer one rather than a second of its own for a day that is over.
    const behind = new Salts({ db, chance: seededChance('three') });
    expect((await behind.deviceHasher(nowMs)).hash('device-1')).toEqual(next);
  });

  it('go with their day even when nothing comes in, and those of streams stay', async () => {
    const { db } = await setUpStore(databases, id);
    const salts = new Salts({ db, chance: seededChance('one') });
    await salts.deviceHasher(nowMs);
    const hashStream = await salts.streamHasher();
    const clock = fixedClock(nowMs + dayMs);
    await upkeepTask({ db, clock }).run();
    expect(await db.knex('telemetry_salt').select('purpose')).toEqual([
      { purpose: 'streams' },
    ]);
    const other = new Salts({ db, chance: seededChance('two') });
    expect((await other.streamHasher())('stream')).toBe(hashStream('stream'));
  });
});
