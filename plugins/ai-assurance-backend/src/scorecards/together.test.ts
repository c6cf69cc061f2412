import { createTestDatabases } from '@ai-assurance/test-kit';
import { createAsOf } from '../platform';
import {
  digestA,
  House,
  minuteMs,
  openHouse,
} from '../tests/__testUtils__/house';
import { createScorecards } from './createScorecards';

// Databases are made and migrated in the test itself.
jest.setTimeout(120_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

const models = (count: number) =>
  Array.from({ length: count }, (_, i) => `resource:default/model-${i}`);

async function open(
  id: (typeof ids)[number][0],
  refs: string[],
): Promise<House> {
  return openHouse(await databases.init(id), {
    entities: refs.map(ref => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Resource',
      metadata: { namespace: 'default', name: ref.split('/')[1] },
      spec: { type: 'ai-model', owner: 'vision-team' },
    })),
  });
}

const evaluate = (house: House, model: string, intervalLow: number) =>
  house.record(
    'io.ai-assurance.evaluation.v1',
    model,
    {
      ...{ metric: 'accuracy', value: 0.93, unit: 'ratio', intervalLow },
      ...{ intervalHigh: 0.95, intervalLevelRatio: 0.95 },
      ...{ intervalMethod: 'wilson', totalCount: 2000 },
      ...{ datasetId: 'held-out', datasetDigest: digestA },
    },
    { subjectDigest: digestA, sampleCount: 2000 },
  );

const evaluationOf = (
  score:
    | {
        checks: {
          checkId: string;
          verdict: { status: string; reason: string };
          sinceMs?: number;
        }[];
      }
    | undefined,
) => {
  const check = score?.checks.find(
    ({ checkId }) => checkId === 'evaluated-on-pinned-data',
  );
  return check && [check.verdict.status, check.verdict.reason, check.sinceMs];
};

/** Counts the statements that a piece of work needs. */
async function statementsOf(house: House, work: () => Promise<unknown>) {
  let count = 0;
  const counted = house.db.knex.client;
  const acquire = counted.acquireConnection;
  counted.acquireConnection = (...args: unknown[]) => {
    count += 1;
    return acquire.apply(counted, args);
  };
  try {
    await work();
  } finally {
    counted.acquireConnection = acquire;
  }
  return count;
}

describe('scorecards of many subjects', () => {
  it.each(ids)(
    'are told as of an instant in as many statements for 150 as for 15, %p',
    async id => {
      const counts: number[] = [];
      for (const size of [15, 150]) {
        const refs = models(size);
        const house = await open(id, refs);
        for (const ref of refs) await evaluate(house, ref, 0.9);
        const scorecards = createScorecards(house);
        await scorecards.judge();
        const thenMs = house.clock.nowMs();
        house.clock.advance(minuteMs);
        await scorecards.judge();
        // The first question looks up the numbers of the words that it uses.
        await scorecards.answers.scores(createAsOf(house.clock.nowMs()));
        counts.push(
          await statementsOf(house, async () => {
            const scores = await scorecards.answers.scores(createAsOf(thenMs));
            expect(scores.size).toBe(size);
          }),
        );
      }
      expect(counts).toEqual([counts[0], counts[0]]);
      expect(counts[0]).toBeLessThan(10);
    },
  );

  it.each(ids)(
    'each say what they said then and since when, as the page of each alone does, %p',
    async id => {
      const refs = models(3);
      const house = await open(id, refs);
      const scorecards = createScorecards(house);
      const startMs = house.clock.nowMs();
      // The first was never evaluated, the second well, the third well and then badly.
      for (const ref of refs.slice(1)) await evaluate(house, ref, 0.9);
      for (const ref of refs)
        await house.record('io.ai-assurance.artifact.v1', ref, {
          ...{ version: '1', digest: digestA, sizeBytes: 1000 },
          format: 'onnx',
        });
      await scorecards.judge();
      house.clock.advance(minuteMs);
      await evaluate(house, refs[2], 0.5);
      await scorecards.judge();
      const badMs = house.clock.nowMs();
      house.clock.advance(minuteMs);
      await evaluate(house, refs[2], 0.91);
      await evaluate(house, refs[0], 0.92);
      await scorecards.judge();

      const told = async (atMs: number) => {
        const all = await scorecards.answers.scores(createAsOf(atMs));
        const alone = await Promise.all(
          refs.map(ref => scorecards.answers.score(ref, createAsOf(atMs))),
        );
        expect(refs.map(ref => all.get(ref))).toEqual(alone);
        return refs.map(ref => evaluationOf(all.get(ref)));
      };
      expect(await told(badMs)).toEqual([
        ['inconclusive', 'no-data', startMs],
        ['pass', 'within-bound', startMs],
        ['fail', 'below-bound', badMs],
      ]);
      expect(await told(startMs)).toEqual([
        ['inconclusive', 'no-data', startMs],
        ['pass', 'within-bound', startMs],
        ['pass', 'within-bound', startMs],
      ]);
      // Where the history is gone, the ledger still tells.
      await house.knex('scorecard_history').delete();
      expect(await told(badMs)).toEqual([
        ['inconclusive', 'no-data', startMs],
        ['pass', 'within-bound', startMs],
        ['fail', 'below-bound', badMs],
      ]);
    },
  );

  it.each(ids)(
    'find what lies behind many newer items of the same kind, %p',
    async id => {
      const [model, other] = models(2);
      const house = await open(id, [model, other]);
      const metric = (name: string) =>
        house.record(
          'io.ai-assurance.evaluation.v1',
          model,
          {
            ...{ metric: name, value: 0.5, unit: 'ratio', intervalLow: 0.4 },
            ...{ intervalHigh: 0.6, intervalLevelRatio: 0.95 },
            ...{ intervalMethod: 'wilson', totalCount: 2000 },
            ...{ datasetId: 'held-out', datasetDigest: digestA },
          },
          { subjectDigest: digestA, sampleCount: 2000 },
        );
      await house.record('io.ai-assurance.artifact.v1', model, {
        ...{ version: '1', digest: digestA, sizeBytes: 1000, format: 'onnx' },
      });
      await evaluate(house, model, 0.9);
      for (let i = 0; i < 130; i += 1) await metric('f1');
      const scorecards = createScorecards(house);
      await scorecards.judge();
      const score = await scorecards.answers.score(model);
      expect(evaluationOf(score)?.slice(0, 2)).toEqual([
        'pass',
        'within-bound',
      ]);
      expect(
        evaluationOf(await scorecards.answers.score(other))?.slice(0, 2),
      ).toEqual(['inconclusive', 'no-data']);
    },
  );
});
