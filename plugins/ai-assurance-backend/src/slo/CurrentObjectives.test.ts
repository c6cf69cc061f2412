import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import { openDatabase } from '../platform';
import { CurrentObjectives } from './CurrentObjectives';
import { StatusStore } from './StatusStore';

const databases = createTestDatabases();
const subject = 'component:default/digit-api';
const other = 'component:default/other-api';

const objectiveAt = (evaluatedAtMs: number, goodCount: number) =>
  ({
    sloName: 'latency',
    objectiveName: 'p95',
    goodCount,
    evaluatedAtMs,
    verdict: { status: 'pass', reason: 'within-budget', facts: {} },
  } as unknown as Objective);

const badAt = (evaluatedAtMs: number, goodCount: number): Objective => ({
  ...objectiveAt(evaluatedAtMs, goodCount),
  verdict: { status: 'fail', reason: 'budget-exhausted', facts: { value: 0 } },
});

describe.each(databases.eachSupportedId())(
  'objectives as last judged, %p',
  id => {
    const open = async () => {
      const db = await openDatabase(
        mockServices.database({
          knex: await databases.init(id),
          migrations: { skip: false },
        }),
      );
      const writer = new StatusStore(db);
      const judge = (
        of: string,
        atMs: number,
        goodCount: number,
        change: { storedForm?: string; isBad?: boolean } = {},
      ) =>
        db.transaction(tx =>
          writer.saveStatuses(tx, [
            {
              subject: of,
              status: {
                objective: change.isBad
                  ? badAt(atMs, goodCount)
                  : objectiveAt(atMs, goodCount),
                fingerprint: 'same',
                evidenceAtMs: 0,
                evidenceId: undefined,
                storedForm: change.storedForm,
              },
            },
          ]),
        );
      return { db, writer, judge, current: new CurrentObjectives(db) };
    };

    it('are told with what is wrong with their documents, and anew once any replica judged them again', async () => {
      const { db, current, judge } = await open();
      expect(await current.told(subject)).toEqual({
        objectives: [],
        problems: [],
      });
      await judge(subject, 60_000, 1);
      const [first] = (await current.told(subject)).objectives;
      expect(first).toEqual(objectiveAt(60_000, 1));
      expect((await current.told(subject)).objectives[0]).toBe(first);

      await judge(subject, 120_000, 2);
      await db.knex('slo_document').insert({
        subject,
        source: 'slo.yaml',
        definitions: '[]',
        parse_problems: '["slo.yaml:3: no target"]',
        lost: '[]',
        read_problem: 'slo.yaml: gone',
        attempted_at_ms: 0,
      });
      expect(await current.told(subject)).toEqual({
        objectives: [objectiveAt(120_000, 2)],
        problems: ['slo.yaml: gone', 'slo.yaml:3: no target'],
      });
      await db.knex('slo_status').update({ evidence_id: '12' });
      await db.knex('slo_document').update({ read_problem: null });
      expect(await current.told(subject)).toEqual({
        objectives: [
          {
            ...objectiveAt(120_000, 2),
            verdict: {
              ...first.verdict,
              facts: { evidenceId: '12' },
            },
          },
        ],
        problems: ['slo.yaml:3: no target'],
      });
    });

    it('are the same whether an evaluation wrote them as a whole or their numbers alone', async () => {
      const { db, writer, current, judge } = await open();
      const formOf = async () =>
        (await writer.known([subject])).statuses.get(subject)![0].form;
      const rowOf = async () => {
        const [row] = await db.knex('slo_status');
        return [JSON.parse(row.answer).goodCount, row.numbers];
      };
      await judge(subject, 60_000, 1);
      const form = await formOf();
      expect(await rowOf()).toEqual([1, null]);
      await judge(subject, 120_000, 2.5, { storedForm: form });
      expect(await rowOf()).toEqual([1, '[2.5,120000]']);
      const second = [objectiveAt(120_000, 2.5)];
      expect(await current.of([subject])).toEqual(second);
      expect((await current.told(subject)).objectives).toEqual(second);
      expect(
        (await new CurrentObjectives(db).told(subject)).objectives,
      ).toEqual(second);

      // More than numbers is another answer.
      await judge(subject, 180_000, 0, { storedForm: form, isBad: true });
      expect(await rowOf()).toEqual([0, null]);
      expect(await current.of([subject])).toEqual([badAt(180_000, 0)]);

      // Who still goes by the answer of before must not put its numbers into this one.
      await judge(subject, 200_000, 9, { storedForm: form });
      expect(await current.of([subject])).toEqual([badAt(180_000, 0)]);
      await judge(subject, 240_000, 4, { storedForm: await formOf() });
      expect(await current.of([subject])).toEqual([objectiveAt(240_000, 4)]);

      // An earlier version of the suite knows no numbers of their own, and leaves those of before.
      await judge(subject, 300_000, 5, { storedForm: await formOf() });
      const third = objectiveAt(360_000, 6);
      await db.knex('slo_status').update({
        answer: JSON.stringify(third),
        evaluated_at_ms: third.evaluatedAtMs,
      });
      expect(await current.of([subject])).toEqual([third]);
      expect((await current.told(subject)).objectives).toEqual([third]);
      expect(await formOf()).toBe(undefined);
    });

    it('are read once while they stay the same, and anew once any replica judged them again', async () => {
      const { db, writer, judge, current } = await open();
      expect(await current.of([subject])).toEqual([]);
      await judge(subject, 60_000, 1);
      await judge(other, 60_000, 7);
      const [first] = await current.of([subject]);
      expect(first).toEqual(objectiveAt(60_000, 1));
      expect((await current.of([subject]))[0]).toBe(first);

      await judge(subject, 120_000, 2);
      expect(await current.of([subject, other])).toEqual([
        objectiveAt(120_000, 2),
        objectiveAt(60_000, 7),
      ]);

      // Asked about many subjects, it reads anew only what changed.
      const many = [subject, ...Array.from({ length: 20 }, (_, i) => `x${i}`)];
      const [second] = await current.of([subject]);
      expect((await current.of(many))[0]).toBe(second);
      await judge(subject, 180_000, 3);
      await judge(other, 180_000, 8);
      expect(await current.of([...many, other])).toEqual([
        objectiveAt(180_000, 3),
        objectiveAt(180_000, 8),
      ]);

      await db.knex('slo_status').update({ evidence_id: '12' });
      expect((await current.of([other])).map(one => one.verdict.facts)).toEqual(
        [{ evidenceId: '12' }],
      );

      await db.transaction(tx =>
        writer.dropStatus(tx, subject, {
          sloName: 'latency',
          objectiveName: 'p95',
        }),
      );
      expect(await current.of([subject])).toEqual([]);
    });
  },
);
