import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { createAsOf } from '../platform';
import {
  minuteMs,
  openTestSlo,
  sloDocument,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const dayMs = 24 * 60 * minuteMs;

describe('objectives', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) =>
    openTestSlo(await databases.init(id));

  it.each(each)(
    'as of an instant are those that were declared then, with what was wrong with their documents then, %p',
    async id => {
      const test = await open(id);
      const url = 'https://example.com/repo/objectives/latency.yaml';
      const known = async (atMs: number) => {
        const asOf = createAsOf(atMs);
        return {
          names: (await test.room.answers.objectives(subject, asOf)).map(
            o => o.sloName,
          ),
          problems: await test.room.answers.problems(subject, asOf),
          limits: asOf.note().limits.map(({ code }) => code),
        };
      };
      const nothing = { names: [], problems: [], limits: [] };
      const one = {
        names: ['latency'],
        problems: [],
        limits: ['last-recorded'],
      };
      await test.evaluateAt(startMs);
      test.files[url] = '';
      await test.evaluateAt(startMs + 10 * minuteMs);
      const { problems } = await known(startMs + 10 * minuteMs);
      test.records.splice(0);
      await test.evaluateAt(startMs + 20 * minuteMs);
      test.clock.advance(dayMs);

      expect(await known(startMs - 1)).toEqual(nothing);
      expect(await known(startMs)).toEqual(one);
      expect(await known(startMs + 10 * minuteMs - 1)).toEqual(one);
      expect(await known(startMs + 10 * minuteMs)).toEqual({
        ...nothing,
        problems,
      });
      expect(await known(startMs + 20 * minuteMs)).toEqual(nothing);
    },
  );

  it.each(each)(
    'of a time whose documents were not kept are those that were recorded, and the answer says so, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      await test.db.knex('slo_document_history').delete();
      const asOf = createAsOf(startMs);
      const [objective] = await test.room.answers.objectives(subject, asOf);
      expect([
        objective.objectiveName,
        objective.windowMs,
        objective.objectiveRatio,
      ]).toEqual(['fast', dayMs, 0.95]);
      expect(asOf.note().limits.map(({ code }) => code)).toEqual([
        'last-recorded',
        'objective-documents',
      ]);
    },
  );

  const windows: [string, string][] = [
    ['a rolling window', '- { duration: 1d, isRolling: true }'],
    [
      'a calendar month',
      "- { duration: 1M, isRolling: false, calendar: { startTime: '2026-01-01 00:00:00', timeZone: Europe/Berlin } }",
    ],
  ];
  it.each(
    each.flatMap(([id]) =>
      windows.map(([name, window]) => [name, id, window] as const),
    ),
  )(
    'of %s are told afterwards as they were shown: sources, policy, corrected counts and time left, %p',
    async (_, id, window) => {
      const test = await open(id);
      const [url] = Object.keys(test.files);
      test.files[url] = sloDocument(text =>
        text.replace('- { duration: 1d, isRolling: true }', window),
      );
      for (let i = 0; i < 90; i += 1)
        test.count(startMs + i * minuteMs, i < 20 ? 60 : 88, i < 20 ? 40 : 12);
      const shown = async (atMs: number) => {
        const [objective] = await test.room.answers.objectives(
          subject,
          atMs === test.clock.nowMs() ? undefined : createAsOf(atMs),
        );
        const { segments, alerts, ...kept } = objective;
        return kept;
      };
      const moments: { atMs: number; said: object }[] = [];
      const evaluate = async (minute: number) => {
        const atMs = startMs + minute * minuteMs;
        await test.evaluateAt(atMs);
        moments.push({ atMs, said: await shown(atMs) });
      };
      await evaluate(60);
      const correction = await request(test.app)
        .post('/corrections')
        .set('authorization', mockCredentials.user.header())
        .send({
          subject,
          fromMs: startMs,
          toMs: startMs + 20 * minuteMs,
          cause: 'maintenance',
          reason: 'A new rack.',
        });
      expect(correction.status).toBe(201);
      await evaluate(70);
      test.source.isBroken = true;
      await evaluate(80);
      test.clock.advance(dayMs);

      for (const { atMs, said } of moments)
        expect(await shown(atMs)).toEqual(said);
      expect(moments.map(({ said }) => said)).toMatchObject([
        {
          budgetPolicy: { policyId: 'default', isInForce: true },
          correctionCount: 0,
          exhaustsInMs: 0,
          sources: [{ sourceId: 'telemetry', failingSinceMs: null }],
        },
        { correctionCount: 1, totalCount: 7000, correctedTotalCount: 5000 },
        {
          sources: [
            {
              sourceId: 'telemetry',
              failingSinceMs: startMs + 80 * minuteMs,
            },
          ],
        },
      ]);
    },
  );

  it.each(each)(
    'keep their documents once for each change, and the newest 500 changes, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      await test.evaluateAt(startMs + 2 * minuteMs);
      const rows = () =>
        test.db
          .knex('slo_document_history')
          .orderBy('known_from_ms')
          .select('known_from_ms');
      expect((await rows()).length).toBe(1);
      await test.db.knex('slo_document_history').delete();
      await test.db.knex.batchInsert(
        'slo_document_history',
        Array.from({ length: 500 }, (_, i) => ({
          subject,
          known_from_ms: i,
          definitions: '[]',
          problems: '[]',
        })),
        100,
      );
      const [url] = Object.keys(test.files);
      test.files[url] = sloDocument(text => text.replace('0.95', '0.9'));
      await test.evaluateAt(startMs + 4 * minuteMs);
      const kept = (await rows()).map(row => Number(row.known_from_ms));
      expect([kept.length, kept[0], kept[499]]).toEqual([
        500,
        1,
        startMs + 4 * minuteMs,
      ]);
    },
  );
});
