import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  digestA,
  digestB,
  edgeModel,
  flagship,
  House,
  lowEnd,
  minuteMs,
  startMs,
} from '../tests/__testUtils__/house';
import { createRollouts } from './createRollouts';
import { high, low, openRollouts } from './__testUtils__/openRollouts';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

const open = async (id: (typeof ids)[number][0]) =>
  openRollouts(await databases.init(id));

async function observations(house: House) {
  const items = await house.ledgerAnswers.list({
    subject: edgeModel,
    type: 'io.ai-assurance.rollout-observation.v1',
    limit: 50,
  });
  return items.reverse();
}

describe('adoption from telemetry', () => {
  it.each(ids)(
    'counts sessions by cohort and version, with the cohort’s title, %p',
    async id => {
      const { rollouts, send } = await open(id);
      await send(
        low(40, { crashed: 1 }),
        high(60, { failed: 2 }),
        high(20, { version: '2', digest: digestB }),
      );
      await send({ ...low(5), deviceClass: 'watch' });

      expect(
        await rollouts.answers.adoption(
          edgeModel,
          startMs - 60 * minuteMs,
          startMs,
        ),
      ).toEqual([
        {
          cohort: flagship,
          title: 'flagship-phones',
          totalCount: 80,
          versions: [
            {
              version: '1',
              digest: digestA,
              sessionCount: 60,
              crashedCount: 0,
              loadAttemptCount: 60,
              loadFailureCount: 2,
            },
            {
              version: '2',
              digest: digestB,
              sessionCount: 20,
              crashedCount: 0,
              loadAttemptCount: 20,
              loadFailureCount: 0,
            },
          ],
        },
        {
          cohort: lowEnd,
          title: 'low-end-phones',
          totalCount: 40,
          versions: [
            {
              version: '1',
              digest: digestA,
              sessionCount: 40,
              crashedCount: 1,
              loadAttemptCount: 40,
              loadFailureCount: 0,
            },
          ],
        },
        {
          cohort: null,
          title: 'No cohort',
          totalCount: 5,
          versions: [
            {
              version: '1',
              digest: digestA,
              sessionCount: 5,
              crashedCount: 0,
              loadAttemptCount: 5,
              loadFailureCount: 0,
            },
          ],
        },
      ]);
      expect(
        await rollouts.answers.adoption(edgeModel, startMs, startMs + minuteMs),
      ).toEqual([]);
    },
  );

  it.each(ids)('over time, narrowed to a cohort, %p', async id => {
    const { rollouts, send } = await open(id);
    await send(low(40, { atMs: startMs - 3 * minuteMs }), low(10), high(60));
    const points = await rollouts.answers.overTime(
      edgeModel,
      startMs - 3 * minuteMs,
      startMs,
      lowEnd,
    );
    expect(points).toEqual([
      { startMs: startMs - 3 * minuteMs, counts: { '1': 40 } },
      { startMs: startMs - 2 * minuteMs, counts: {} },
      { startMs: startMs - minuteMs, counts: { '1': 10 } },
    ]);
  });
});

describe('observing rollouts', () => {
  it.each(ids)(
    'a healthy rollout is evidence with window, n and expiry, and a message, %p',
    async id => {
      const { house, send, observe } = await open(id);
      await send(low(40), high(60));
      await observe();

      const [{ item }] = await observations(house);
      expect(item.data.payload).toEqual({
        unit: 'sessions',
        cohorts: [
          {
            cohort: flagship,
            totalCount: 60,
            versions: [
              {
                version: '1',
                digest: digestA,
                sessionCount: 60,
                crashedCount: 0,
                loadAttemptCount: 60,
                loadFailureCount: 0,
              },
            ],
          },
          {
            cohort: lowEnd,
            totalCount: 40,
            versions: [
              {
                version: '1',
                digest: digestA,
                sessionCount: 40,
                crashedCount: 0,
                loadAttemptCount: 40,
                loadFailureCount: 0,
              },
            ],
          },
        ],
        status: 'pass',
        reason: 'healthy',
      });
      expect(item.data.envelope).toEqual({
        sourceSystem: 'ai-assurance.rollouts',
        asked: `ai_assurance.sessions and ai_assurance.model.load.attempts of ${edgeModel}`,
        windowStart: new Date(startMs - 60 * minuteMs).toISOString(),
        windowEnd: new Date(startMs).toISOString(),
        sampleCount: 100,
        collector: { id: 'ai-assurance.rollouts', version: '1' },
        collectedAt: new Date(startMs).toISOString(),
        expiresAt: new Date(startMs + 15 * minuteMs).toISOString(),
      });
      expect(await house.queued()).toEqual([
        'rollout.observed',
        'rollout.gate',
      ]);
    },
  );

  it.each(ids)(
    'nothing new is not written again until it is five minutes old, then without a message, %p',
    async id => {
      const { house, send, observe } = await open(id);
      await send(low(40), high(60));
      await observe();
      house.clock.advance(5 * minuteMs - 1);
      await observe();
      expect((await observations(house)).length).toBe(1);
      house.clock.advance(1);
      await observe();
      expect(
        (await observations(house)).map(({ item }) => item.data.payload.status),
      ).toEqual(['pass', 'pass']);
      expect(await house.queued()).toEqual([
        'rollout.observed',
        'rollout.gate',
      ]);
    },
  );

  it.each(ids)(
    'a new version and a crashing one are news at once, %p',
    async id => {
      const { house, send, observe } = await open(id);
      await send(low(40), high(60));
      await observe();
      house.clock.advance(minuteMs);
      await send(low(1, { version: '2', digest: digestB }));
      await observe();
      house.clock.advance(minuteMs);
      await send(low(200, { version: '2', digest: digestB, crashed: 40 }));
      await observe();
      expect(
        (await observations(house)).map(({ item }) => [
          item.data.payload.status,
          item.data.payload.reason,
        ]),
      ).toEqual([
        ['pass', 'healthy'],
        ['pass', 'healthy'],
        ['fail', 'crash-free-below-limit'],
      ]);
      expect((await house.fsck()).ok).toBe(true);
    },
  );

  it.each(ids)(
    'a silent model is said to be unknown once, and falling silent is news, %p',
    async id => {
      const { house, send, observe } = await open(id);
      await observe();
      house.clock.advance(10 * minuteMs);
      await observe();
      await send(low(40), high(60));
      await observe();
      house.clock.advance(61 * minuteMs);
      await observe();
      expect(
        (await observations(house)).map(({ item }) => [
          item.data.payload.status,
          item.data.payload.reason,
        ]),
      ).toEqual([
        ['inconclusive', 'no-data'],
        ['pass', 'healthy'],
        ['inconclusive', 'no-data'],
      ]);
    },
  );

  it.each(ids)('two replicas at once write one item, %p', async id => {
    const { house, telemetry, send, observe } = await open(id);
    const later = createRollouts({
      ...house,
      telemetry: telemetry.answers,
      clock: { nowMs: () => house.clock.nowMs() + 1 },
    });
    await send(low(40), high(60));
    await Promise.all([observe(), later.tasks[0].run()]);
    expect((await observations(house)).length).toBe(1);
    house.clock.advance(minuteMs);
    await send(low(200, { crashed: 40 }));
    await Promise.all([observe(), later.tasks[0].run()]);
    expect((await observations(house)).length).toBe(2);
  });

  it('a model that cannot be observed is logged', async () => {
    const { house } = await open('SQLITE_3');
    const telemetry = {
      windows: async () => Promise.reject(new Error('gone')),
    } as never;
    await createRollouts({ ...house, telemetry }).tasks[0].run();
    expect(house.logger.error.mock.calls).toEqual([
      [`The rollout of ${edgeModel} could not be observed`, new Error('gone')],
    ]);
    expect(await observations(house)).toEqual([]);
  });
});
