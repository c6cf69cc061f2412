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
      const judge = (of: string, atMs: number, goodCount: number) =>
        db.transaction(tx =>
          writer.saveStatuses(tx, [
            {
              subject: of,
              status: {
                objective: objectiveAt(atMs, goodCount),
                fingerprint: 'same',
                evidenceAtMs: 0,
                evidenceId: undefined,
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
