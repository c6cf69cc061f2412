import { createTestDatabases } from '@ai-assurance/test-kit';
import { createAsOf, instantOf } from '../platform';
import { BudgetBlockade } from '../slo';
import {
  digestA,
  digestB,
  edgeModel,
  minuteMs,
  startMs,
} from '../tests/__testUtils__/house';
import { high, low, openRollouts } from './__testUtils__/openRollouts';

jest.setTimeout(60_000);
const databases = createTestDatabases();

const spent = (blocks: BudgetBlockade['blocks']): BudgetBlockade => ({
  policyId: 'default',
  title: 'No further rollout without budget',
  blocks,
  objectives: [{ sloName: 'latency', objectiveName: 'fast' }],
});

async function open(id: Parameters<typeof databases.init>[0]) {
  const blockades: BudgetBlockade[] = [];
  const asked: string[][] = [];
  const test = await openRollouts(await databases.init(id), {
    slo: {
      blockades: async subjects => {
        asked.push(subjects);
        return blockades;
      },
    },
  });
  const decisions = async () =>
    (
      await test.house.ledgerAnswers.list({
        subject: edgeModel,
        type: 'io.ai-assurance.gate-decision.v1',
        limit: 50,
      })
    ).reverse();
  return { ...test, blockades, asked, decisions };
}

describe.each(databases.eachSupportedId())(
  'whether a rollout may go on, %p',
  id => {
    it('is decided by the error budgets of the model and its users, and each turn is evidence', async () => {
      const test = await open(id);
      const { house, rollouts, send, observe, blockades } = test;
      await send(low(40), high(60));
      await observe();
      expect(await rollouts.answers.promotion(edgeModel)).toEqual({
        decision: 'promote',
        reason: 'healthy',
        version: '1',
        sinceMs: startMs,
        policyId: null,
        budgets: [],
      });
      expect(test.asked[0][0]).toBe(edgeModel);

      blockades.push(spent(['rollout-promotion']));
      house.clock.advance(minuteMs);
      await observe();
      const held = {
        decision: 'hold',
        reason: 'error-budget-exhausted',
        version: '1',
        sinceMs: startMs + minuteMs,
        policyId: 'default',
        budgets: ['latency/fast'],
      };
      expect(await rollouts.answers.promotion(edgeModel)).toEqual(held);
      // Nothing new: nothing is said again.
      house.clock.advance(minuteMs);
      await observe();
      const [first, second, ...others] = await test.decisions();
      expect(others).toEqual([]);
      expect(first.item.data.payload).toMatchObject({
        gateId: 'rollout-promotion',
        decision: 'promote',
        attemptNumber: 1,
        status: 'pass',
      });
      expect(second.item.data.payload).toEqual({
        gateId: 'rollout-promotion',
        decision: 'hold',
        attemptNumber: 2,
        releaseId: null,
        rolloutId: null,
        stageId: null,
        environment: null,
        version: '1',
        digest: digestA,
        decidedBy: null,
        isOverride: false,
        overrideReason: null,
        verdicts: [
          {
            question: 'rollout-observation',
            status: 'pass',
            reason: 'healthy',
            evidenceId: null,
          },
          {
            question: 'latency/fast',
            status: 'fail',
            reason: 'budget-exhausted',
            evidenceId: null,
          },
        ],
        policyId: 'default',
        policyDigest: null,
        status: 'fail',
        reason: 'error-budget-exhausted',
      });

      blockades.length = 0;
      house.clock.advance(minuteMs);
      await observe();
      expect((await rollouts.answers.promotion(edgeModel))?.decision).toBe(
        'promote',
      );
      // What was decided then is told as it was.
      expect(
        await rollouts.answers.promotion(edgeModel, {
          atMs: startMs + 2 * minuteMs,
          limit: () => {},
        }),
      ).toEqual(held);
    });

    it('is told of the past however many decisions of other gates came between, by the index and without it', async () => {
      const { house, rollouts, send, observe, blockades } = await open(id);
      await send(low(40), high(60));
      await observe();
      const ofCi = (n: number) => ({
        type: 'io.ai-assurance.gate-decision.v1' as const,
        source: 'https://ci.example.com',
        id: `gate:${n}`,
        subject: edgeModel,
        timeMs: house.clock.nowMs(),
        envelope: {
          sourceSystem: 'ci',
          collector: { id: 'ci', version: '1' },
          collectedAt: instantOf(house.clock.nowMs()),
        },
        payload: {
          gateId: 'unit-tests',
          decision: 'promote' as const,
          attemptNumber: 1,
          releaseId: null,
          rolloutId: null,
          stageId: null,
          environment: null,
          version: '1',
          digest: digestA,
          decidedBy: null,
          isOverride: false,
          overrideReason: null,
          verdicts: [],
          policyId: null,
          policyDigest: null,
          status: 'pass' as const,
          reason: 'green',
        },
      });
      house.clock.advance(minuteMs);
      await house.db.transaction(tx =>
        house.ledger.append(
          tx,
          Array.from({ length: 250 }, (_, n) => ofCi(n)),
        ),
      );
      const thenMs = house.clock.nowMs();
      blockades.push(spent(['rollout-promotion']));
      house.clock.advance(minuteMs);
      await observe();
      const told = async () =>
        (await rollouts.answers.promotion(edgeModel, createAsOf(thenMs)))
          ?.decision;
      expect(await told()).toBe('promote');
      expect(
        await house
          .knex('rollout_promotion_moment')
          .orderBy('since_ms')
          .pluck('model_ref'),
      ).toEqual([edgeModel, edgeModel]);
      await house.knex('rollout_promotion_moment').delete();
      expect(await told()).toBe('promote');
    });

    it('is left alone by a policy that blocks only approvals', async () => {
      const { rollouts, send, observe, blockades } = await open(id);
      blockades.push(spent(['release-approval']));
      await send(low(40), high(60));
      await observe();
      expect((await rollouts.answers.promotion(edgeModel))?.decision).toBe(
        'promote',
      );
    });

    it('is held while the rollout is not known to be healthy, and about the newest version', async () => {
      const { rollouts, send, observe } = await open(id);
      await send(
        low(40),
        high(60, { atMs: startMs - 3 * minuteMs }),
        high(20, { version: '2', digest: digestB, crashed: 15 }),
      );
      await observe();
      expect(await rollouts.answers.promotion(edgeModel)).toMatchObject({
        decision: 'hold',
        reason: 'crash-free-below-limit',
        version: '2',
      });
    });

    it('is decided anew for each version, by enough of what that version itself reports', async () => {
      const { house, rollouts, send, observe } = await open(id);
      const told = async () => {
        await observe();
        const said = await rollouts.answers.promotion(edgeModel);
        return [said?.version, said?.decision, said?.reason];
      };
      const next = (sessions: number) =>
        send(high(sessions, { version: '2', digest: digestB }));
      await send(low(40), high(60));
      expect(await told()).toEqual(['1', 'promote', 'healthy']);
      house.clock.advance(2 * minuteMs);
      await next(5);
      expect(await told()).toEqual(['2', 'hold', 'insufficient-sample']);
      house.clock.advance(2 * minuteMs);
      await next(25);
      expect(await told()).toEqual(['2', 'promote', 'healthy']);
    });

    it('is held when devices fall silent, even for longer than versions are looked for', async () => {
      const { house, rollouts, send, observe } = await open(id);
      await send(low(40), high(60));
      await observe();
      house.clock.advance(25 * 60 * minuteMs);
      await observe();
      expect(await rollouts.answers.promotion(edgeModel)).toMatchObject({
        version: '1',
        decision: 'hold',
        reason: 'no-data',
      });
    });

    it('is about the newest version that apps run, whatever label came along with a measurement', async () => {
      const { rollouts, send, observe } = await open(id);
      await send(low(40), high(60));
      await send(high(0, { version: 'stray', digest: digestB, inferences: 3 }));
      await observe();
      expect((await rollouts.answers.promotion(edgeModel))?.version).toBe('1');
    });

    it('is not asked where nothing reports', async () => {
      const { rollouts, observe, decisions } = await open(id);
      await observe();
      expect(await rollouts.answers.promotion(edgeModel)).toBe(undefined);
      expect(await decisions()).toEqual([]);
    });
  },
);
