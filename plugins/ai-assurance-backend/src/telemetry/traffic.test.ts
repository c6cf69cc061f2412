import { createTestDatabases, fixedClock } from '@ai-assurance/test-kit';
import { latency, nowMs, setUpStore } from './__testUtils__/store';
import { sketchOf } from './core/devices';
import { levelsTask } from './levels';
import { LevelStore } from './LevelStore';
import { METRICS } from './types';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);
const databases = createTestDatabases();

const minuteMs = 60_000;
const range = { fromMs: nowMs, toMs: nowMs + 15 * minuteMs };
const subjectOf = (number: number) => `resource:default/model-${number}`;

async function open(id: Parameters<typeof setUpStore>[1]) {
  const { db, record, reads } = await setUpStore(databases, id);
  const clock = fixedClock(nowMs + 86_400_000);
  const store = new LevelStore({ maxSegments: 500 });
  return { db, record, reads, move: levelsTask({ db, clock, store }).run };
}

describe.each(databases.eachSupportedId())('traffic of many, %p', id => {
  it('is what the charts of each add up to, before and after the move into the levels, and with what came late', async () => {
    const { record, reads, move } = await open(id);
    const subjects = [0, 1, 2, 3, 4].map(subjectOf);
    const at = (number: number, minute: number, over = {}) => ({
      subject: subjectOf(number),
      startMs: nowMs + minute * minuteMs,
      ...over,
    });
    await record([
      latency(4, 1, at(0, 0)),
      latency(3, 1, at(0, 0, { outcome: 'error', version: '2' })),
      latency(5, 1, at(0, 14)),
      // Beyond both ends.
      latency(100, 1, at(0, -1)),
      latency(100, 1, at(0, 15)),
      latency(7, 1, at(1, 3)),
      // Of both metrics the one that charts prefer counts.
      latency(2, 1, at(2, 5)),
      latency(9, 1, at(2, 6, { metric: METRICS.httpDuration })),
      // Sessions are no inferences.
      { ...latency(6, 1, at(3, 5)), metric: METRICS.sessions },
    ]);
    const ask = async () => {
      const together = await reads.traffic(subjects, range);
      const alone = await Promise.all(
        subjects.map(async subject => {
          const points = await reads.latencyPoints(
            subject,
            range.fromMs,
            range.toMs,
          );
          return points.reduce((sum, { count }) => sum + count, 0);
        }),
      );
      expect(subjects.map(subject => together.get(subject) ?? 0)).toEqual(
        alone,
      );
      return [...together];
    };
    const told = [
      [subjectOf(0), 12],
      [subjectOf(1), 7],
      [subjectOf(2), 9],
    ];
    expect(await ask()).toEqual(told);
    await move();
    expect(await ask()).toEqual(told);
    await record([latency(11, 1, at(1, 3, { version: '3' }))]);
    expect(await ask()).toEqual([told[0], [subjectOf(1), 18], told[2]]);
  });

  it('leaves out what is of too few devices', async () => {
    const { record, reads, move } = await open(id);
    const devices = (count: number) => [
      sketchOf(
        1,
        Array.from({ length: count }, (_, i) => i * 1000),
      ),
    ];
    const of = (number: number, count: number) => {
      const told = latency(10, 1, { subject: subjectOf(number) });
      return { ...told, value: { ...told.value, devices: devices(count) } };
    };
    await record([of(0, 4), of(1, 5)]);
    const subjects = [subjectOf(0), subjectOf(1)];
    expect([...(await reads.traffic(subjects, range))]).toEqual([
      [subjectOf(1), 10],
    ]);
    await move();
    expect([...(await reads.traffic(subjects, range))]).toEqual([
      [subjectOf(1), 10],
    ]);
  });

  it('takes as many statements for a hundred as for two', async () => {
    const { db, record, reads } = await open(id);
    const subjects = Array.from({ length: 100 }, (_, i) => subjectOf(i));
    await record(subjects.map(subject => latency(3, 1, { subject })));
    const { client } = db.knex;
    const acquire = client.acquireConnection;
    let count = 0;
    client.acquireConnection = (...args: unknown[]) => {
      count += 1;
      return acquire.apply(client, args);
    };
    try {
      expect((await reads.traffic(subjects, range)).size).toBe(100);
      expect(count).toBe(2);
      expect((await reads.traffic(subjects.slice(0, 2), range)).size).toBe(2);
      expect(count).toBe(4);
    } finally {
      client.acquireConnection = acquire;
    }
  });

  it('is of nobody where nothing was reported, or in a range without a whole minute', async () => {
    const { record, reads } = await open(id);
    expect([...(await reads.traffic([subjectOf(0)], range))]).toEqual([]);
    await record([latency(3, 1, { subject: subjectOf(0) })]);
    expect([...(await reads.traffic([], range))]).toEqual([]);
    expect([
      ...(await reads.traffic([subjectOf(0)], {
        fromMs: nowMs + 1,
        toMs: nowMs + 2,
      })),
    ]).toEqual([]);
  });
});
