import { createTestDatabases } from '@ai-assurance/test-kit';
import { watchStatements } from '../ledger/__testUtils__/statements';
import {
  dayMs,
  hourMs,
  latency,
  minuteMs,
  Put,
  setUpLevels,
  subject,
} from './__testUtils__/levels';
import { sketchOf } from './core/devices';
import { METRICS } from './types';

jest.setTimeout(120_000);
const databases = createTestDatabases();

const metric = METRICS.inferenceDuration;
const day = { fromMs: dayMs, toMs: dayMs + 86_400_000 };
const filter = { subject, metric, ...day };
/** Two versions over three hours, every ten minutes, one request in ten failed. */
const month: Put[] = Array.from({ length: 18 }, (_, i) => i).flatMap(i => {
  const startMs = dayMs + i * 10 * minuteMs;
  const version = i < 9 ? '1' : '2';
  return [
    { startMs, version, value: latency(9, i < 9 ? -4 : -2) },
    { startMs, version, outcome: 'error' as const, value: latency(1, 0) },
  ];
});

describe.each(databases.eachSupportedId())('levels of telemetry, %p', id => {
  it('holds each window once in minute, hour and day, and reads the same before and after', async () => {
    const { db, put, move, reads } = await setUpLevels(databases, id);
    await put(month);
    const ask = async () => ({
      windows: await reads.windows(filter),
      whole: await reads.exponential(filter),
      versions: await reads.versions(subject, day.fromMs, day.toMs),
      hours: await reads.series(
        subject,
        { ...day, stepMs: hourMs },
        { by: 'version' },
      ),
      bands: await reads.versionBands(subject, { ...day, stepMs: hourMs }),
      table: await reads.segmentLatency(subject, day.fromMs, day.toMs),
    });
    const before = await ask();
    await move();
    expect(await db.knex('telemetry_window')).toEqual([]);
    const levels = await db
      .knex('telemetry_level')
      .groupBy('level')
      .orderBy('level')
      .select('level')
      .count({ rows: '*' });
    expect(levels.map((row: any) => [row.level, Number(row.rows)])).toEqual([
      [0, 18],
      [1, 3],
      [2, 1],
      [3, 18],
      [4, 12],
      [5, 1],
    ]);
    expect(await ask()).toEqual(before);
    expect(before.windows.length).toBe(36);
    expect(before.whole!.count).toBe(180);
    expect(before.versions).toEqual([
      {
        version: '1',
        digest: undefined,
        firstSeenMs: dayMs,
        lastSeenMs: dayMs + 80 * minuteMs,
      },
      {
        version: '2',
        digest: undefined,
        firstSeenMs: dayMs + 90 * minuteMs,
        lastSeenMs: dayMs + 170 * minuteMs,
      },
    ]);
    await move();
    expect(await ask()).toEqual(before);
  });

  it('folds late windows into the hour and the day that they belong to', async () => {
    const { put, move, reads } = await setUpLevels(databases, id);
    await put(month);
    await move();
    await put([
      { startMs: dayMs, value: latency(5, -4) },
      { startMs: dayMs + minuteMs, version: '3', value: latency(7, 3) },
    ]);
    const ask = async () => {
      const answer = await reads.series(
        subject,
        { ...day, stepMs: 86_400_000 },
        { by: 'version' },
      );
      return answer.state === 'ready'
        ? [
            answer.points.map(point => point.count),
            ...answer.groups.map(group => [group.key, group.points[0].count]),
          ]
        : answer;
    };
    const expected = [[192], ['1', 95], ['2', 90], ['3', 7]];
    expect(await ask()).toEqual(expected);
    await move();
    expect(await ask()).toEqual(expected);
    const [first] = await reads.windows({ ...filter, toMs: dayMs + 1 });
    expect(first.exponential!.count).toBe(14);
  });

  it('loses and doubles nothing when the move breaks at any statement', async () => {
    const { db, store, put, move, reads } = await setUpLevels(databases, id);
    await put(month);
    await move();
    await put([
      { startMs: dayMs, value: latency(5, -4) },
      { startMs: dayMs + 3 * hourMs, version: '3', value: latency(7, 3) },
    ]);
    const beforeMs = dayMs + 4 * hourMs;
    const countsSeen = new Set<number>();
    const moveFailingAt = async (failAt: number) => {
      let isBroken = false;
      const stop = watchStatements(db.dialect, statement => {
        if (statement !== failAt) return;
        isBroken = true;
        stop();
        throw new Error('broken');
      });
      const moved = await db
        .transaction(tx => store.move(tx, 1, { beforeMs, maxMinutes: 20 }))
        .catch(error => error);
      stop();
      countsSeen.add((await reads.exponential(filter))!.count);
      return isBroken ? 'broken' : moved;
    };
    let statement = 1;
    let outcome = await moveFailingAt(statement);
    while (outcome === 'broken') {
      statement += 1;
      outcome = await moveFailingAt(statement);
    }
    expect(outcome).toBe(2);
    expect([...countsSeen]).toEqual([192]);
    expect(statement).toBeGreaterThan(9);
    const day192 = await reads.series(subject, { ...day, stepMs: 86_400_000 });
    expect(day192.state === 'ready' && day192.points[0].count).toBe(192);
  });

  it('counts once when two replicas move at the same time', async () => {
    const { put, move, reads } = await setUpLevels(databases, id);
    await put(month);
    await Promise.all([move(), move(), move()]);
    expect((await reads.exponential(filter))!.count).toBe(180);
    expect((await reads.windows(filter)).length).toBe(36);
  });

  it('leaves a minute that has not ended where it is', async () => {
    const { db, clock, put, move } = await setUpLevels(databases, id);
    clock.set(dayMs + minuteMs + 9_999);
    await put([{ startMs: dayMs, value: latency(1, 0) }]);
    await move();
    expect((await db.knex('telemetry_window')).length).toBe(1);
    clock.set(dayMs + minuteMs + 10_000);
    await move();
    expect((await db.knex('telemetry_window')).length).toBe(0);
  });

  it('forgets each level in its time, and only what the next one holds', async () => {
    const { db, clock, put, move, trim, reads } = await setUpLevels(
      databases,
      id,
    );
    await put(month);
    const days = (count: number) => dayMs + count * 86_400_000;
    const rowsByLevel = async () => {
      const rows = await db
        .knex('telemetry_level')
        .groupBy('level')
        .orderBy('level')
        .select('level')
        .count({ rows: '*' });
      return rows.map(row => Number(row.rows));
    };
    // Nothing was moved yet, so nothing may go, however old.
    clock.set(days(2000));
    await trim();
    expect((await reads.windows(filter)).length).toBe(36);
    clock.set(days(20));
    await move();
    await db
      .knex('telemetry_level')
      .where({ level: 1, start_ms: dayMs })
      .delete();
    clock.set(days(40));
    await trim();
    // The minutes of the hour that is missing stay.
    expect(await rowsByLevel()).toEqual([6, 2, 1, 6, 4, 1]);
    clock.set(days(200));
    await trim();
    expect(await rowsByLevel()).toEqual([6, 1, 6, 4]);
    const daily = await reads.series(subject, { ...day, stepMs: 86_400_000 });
    expect(daily).toMatchObject({
      state: 'ready',
      level: 'day',
      isWhole: true,
      points: [{ count: 180, errorCount: 18 }],
    });
    expect(
      await reads.series(subject, { ...day, stepMs: hourMs }),
    ).toMatchObject({ state: 'ready', level: 'hour', isWhole: false });
    // Unless asked for, no finer steps than are still held.
    expect(await reads.series(subject, day)).toMatchObject({
      level: 'day',
      isWhole: true,
    });
    expect((await reads.versions(subject, day.fromMs, day.toMs)).length).toBe(
      2,
    );
    clock.set(days(1102));
    await trim();
    expect(await rowsByLevel()).toEqual([6, 6, 4]);
    expect(await db.knex('telemetry_series')).toEqual([]);
  });

  it('keeps the spike of a minute visible in a wide step', async () => {
    const { put, move, reads } = await setUpLevels(databases, id);
    const quiet = Array.from({ length: 60 }, (_, i) => ({
      startMs: dayMs + i * minuteMs,
      value: latency(100, -4),
    }));
    quiet[30] = { startMs: quiet[30].startMs, value: latency(4, 3) };
    await put(quiet);
    await move();
    const answer = await reads.series(subject, {
      fromMs: dayMs,
      toMs: dayMs + 6 * hourMs,
      stepMs: 6 * hourMs,
    });
    if (answer.state !== 'ready') throw new Error('not ready');
    const [point] = answer.points;
    // Between 62.5 and 125 ms, within a third; the spike between 8 and 16 seconds.
    expect(point.p95Ms).toBeCloseTo(1000 / 12, 6);
    expect(point.p95LowMs).toBeCloseTo(1000 / 12, 6);
    expect(point.p95HighMs).toBeCloseTo(32_000 / 3, 6);
    expect(answer.errorBoundRatio).toBeCloseTo(1 / 3, 12);
  });

  it('reads no more than what was asked for: an hour that goes on after the range is read by its minutes', async () => {
    const { put, move, reads } = await setUpLevels(databases, id);
    await put(month);
    await move();
    const answer = await reads.series(subject, {
      fromMs: dayMs,
      toMs: dayMs + hourMs + 10 * minuteMs,
      stepMs: hourMs,
    });
    expect(
      answer.state === 'ready' && answer.points.map(point => point.count),
    ).toEqual([60, 10]);
  });

  it('says nothing about groups of too few devices, nor lets a total tell', async () => {
    const { put, move, reads } = await setUpLevels(databases, id);
    const devices = (count: number, from = 0) => [
      sketchOf(
        1,
        Array.from({ length: count }, (_, i) => (from + i) * 1000),
      ),
    ];
    const cohort = (name: string, count: number, from: number): Put => ({
      startMs: dayMs,
      cohort: `resource:default/${name}`,
      value: { ...latency(10 * count, -4), devices: devices(count, from) },
    });
    await put([
      cohort('few', 4, 0),
      cohort('some', 5, 10),
      cohort('many', 40, 20),
    ]);
    const shown = async () => {
      const answer = await reads.series(
        subject,
        { ...day, stepMs: hourMs },
        { by: 'cohort' },
      );
      if (answer.state !== 'ready') throw new Error('not ready');
      return {
        total: answer.points[0].count,
        groups: answer.groups.map(group => [
          group.key,
          group.isSuppressed,
          group.points[0].count,
          group.points[0].p95Ms === null,
        ]),
      };
    };
    const expected = {
      total: 490,
      groups: [
        ['resource:default/many', false, 400, false],
        // Else the total would tell how the four devices did.
        ['resource:default/few', true, null, true],
        ['resource:default/some', true, null, true],
      ],
    };
    expect(await shown()).toEqual(expected);
    await move();
    expect(await shown()).toEqual(expected);
    const table = await reads.segmentLatency(subject, day.fromMs, day.toMs);
    expect(table.map(row => [row.cohort, row.count, row.isSuppressed])).toEqual(
      [
        ['resource:default/many', 400, undefined],
        ['resource:default/few', 0, true],
        ['resource:default/some', 0, true],
      ],
    );
    const alone = await reads.series(
      subject,
      { ...day, stepMs: hourMs },
      { cohort: 'resource:default/few' },
    );
    expect(alone.state === 'ready' && alone.points[0]).toMatchObject({
      count: null,
      p95Ms: null,
    });
  });

  it('joins what is beyond the limit of a row to the overflow', async () => {
    const { put, move, reads } = await setUpLevels(databases, id, {
      maxSegments: 1,
    });
    await put(
      Array.from({ length: 6 }, (_, i) => ({
        startMs: dayMs + i * minuteMs,
        version: `v${i}`,
        value: latency(10, -4),
      })),
    );
    await move();
    const daily = await reads.versionBands(subject, {
      ...day,
      stepMs: 86_400_000,
    });
    expect(
      daily.state === 'ready' &&
        daily.bands.map(band => [band.version, band.count]),
    ).toEqual([
      ['overflow', 20],
      ['v0', 10],
      ['v1', 10],
      ['v2', 10],
      ['v3', 10],
    ]);
    expect((await reads.windows(filter)).length).toBe(6);
  });
});
