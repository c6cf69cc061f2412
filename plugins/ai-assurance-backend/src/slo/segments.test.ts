import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  minuteMs,
  openTestSlo,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';

jest.setTimeout(60_000);
const databases = createTestDatabases();
const flagship = 'resource:default/flagship-phones';
const lowEnd = 'resource:default/low-end-phones';
const midRange = 'resource:default/mid-range-phones';

type Test = Awaited<ReturnType<typeof openTestSlo>>;

/** So many devices of a cohort, each with ten requests, so many of them slow. */
function devices(
  test: Test,
  atMs: number,
  cohort: string,
  deviceCount: number,
  slow: number,
  version?: string,
) {
  for (let i = 0; i < deviceCount; i += 1)
    test.count(atMs, 10 - slow, slow, {
      cohort,
      version,
      device: `${cohort}-${i}`,
    });
}

const told = async (test: Test) =>
  (await test.room.answers.objectives(subject))[0].segments!.map(one => [
    one.version,
    one.cohort,
    one.environment,
    one.isSuppressed ? 'suppressed' : one.totalCount,
    one.attainmentRatio,
  ]);

describe.each(databases.eachSupportedId())(
  'segments of an objective from telemetry, %p',
  id => {
    it('are told by the environment that senders name', async () => {
      const test = await openTestSlo(await databases.init(id));
      test.count(startMs, 90, 10, { environment: 'staging' });
      test.count(startMs, 300, 0, { environment: 'production' });
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await told(test)).toEqual([
        ['1.0.0', null, 'staging', 100, 0.9],
        ['1.0.0', null, 'production', 300, 1],
      ]);
    });

    it('say nothing of too few devices, nor let the whole tell', async () => {
      const test = await openTestSlo(await databases.init(id));
      devices(test, startMs, flagship, 8, 0);
      devices(test, startMs, midRange, 6, 0);
      devices(test, startMs, lowEnd, 2, 5);
      await test.evaluateAt(startMs + 2 * minuteMs);
      const [objective] = await test.room.answers.objectives(subject);
      // The whole counts all of it: 160 requests, 10 of them slow.
      expect([objective.goodCount, objective.totalCount]).toEqual([150, 160]);
      // Without the second, 160 less what is shown would be the first.
      expect(objective.segments).toEqual([
        {
          version: '1.0.0',
          cohort: flagship,
          environment: null,
          goodCount: 80,
          totalCount: 80,
          attainmentRatio: 1,
          intervalLow: expect.closeTo(0.9542, 4),
          intervalHigh: expect.closeTo(1, 12),
          budgetRemainingRatio: 1,
          burn: 0,
        },
        ...[lowEnd, midRange].map(cohort => ({
          version: '1.0.0',
          cohort,
          environment: null,
          isSuppressed: true,
          goodCount: 0,
          totalCount: 0,
          attainmentRatio: null,
          intervalLow: null,
          intervalHigh: null,
          budgetRemainingRatio: null,
          burn: null,
        })),
      ]);
      // Nothing of it is kept where answers come from either.
      const [row] = await test.db.knex('slo_status').select('*');
      expect(JSON.stringify(row)).not.toContain('"totalCount":20');
    });

    it('are shown once enough devices told, and a new cohort at once', async () => {
      const test = await openTestSlo(await databases.init(id));
      devices(test, startMs, flagship, 8, 0);
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await told(test)).toEqual([['1.0.0', flagship, null, 80, 1]]);
      devices(test, startMs + 2 * minuteMs, lowEnd, 5, 1);
      await test.evaluateAt(startMs + 4 * minuteMs);
      expect(await told(test)).toEqual([
        ['1.0.0', lowEnd, null, 50, 0.9],
        ['1.0.0', flagship, null, 80, 1],
      ]);
    });

    it('keep what burns now from telling of the few devices that spoke last', async () => {
      const test = await openTestSlo(await databases.init(id));
      devices(test, startMs, flagship, 8, 0);
      devices(test, startMs + 90 * minuteMs, flagship, 2, 5);
      await test.evaluateAt(startMs + 92 * minuteMs);
      const [objective] = await test.room.answers.objectives(subject);
      expect(
        objective.segments!.map(one => [one.totalCount, one.burn]),
      ).toEqual([[100, null]]);
    });

    it('say nothing while telemetry cannot say how many devices there are', async () => {
      const test = await openTestSlo(await databases.init(id));
      devices(test, startMs, flagship, 8, 0);
      test.count(startMs, 100, 0);
      test.source.areGroupsAway = true;
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await told(test)).toEqual([
        ['1.0.0', flagship, null, 'suppressed', null],
        // What the whole counts beside it would be the first.
        ['1.0.0', null, null, 'suppressed', null],
      ]);
    });
  },
);
