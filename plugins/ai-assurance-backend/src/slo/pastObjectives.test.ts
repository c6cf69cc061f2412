import { createTestDatabases } from '@ai-assurance/test-kit';
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
