import { exampleStore } from '../__testUtils__/hawkbit';
import { groupPageSchema, rolloutPageSchema } from './answers';
import { observationOf, planOf, RolloutFacts } from './mapping';

function factsOf(
  change: (rollout: Record<string, any>, groups: Record<string, any>[]) => void,
  rolloutId: 17 | 9 = 17,
): RolloutFacts {
  const store = exampleStore();
  const rollout = store.rollouts.find(one => one.id === rolloutId)!;
  const groups = store.groups[rolloutId];
  change(rollout, groups);
  const [read] = rolloutPageSchema.parse({
    content: [rollout],
    total: 1,
  }).content;
  return {
    rollout: read,
    groups: groupPageSchema.parse({ content: groups, total: 1 }).content,
    version: '2.0.0',
    minimumGroupSize: 5,
  };
}

describe('how far a rollout has come', () => {
  it('keeps every state apart and tells what it means', () => {
    expect(observationOf(factsOf(() => {}))).toEqual({
      rolloutId: '17',
      state: 'running',
      sourceState: 'running',
      unit: 'devices',
      targetedCount: 48,
      counts: [
        { means: 'waiting', sourceState: 'notstarted', count: 28 },
        { means: 'waiting', sourceState: 'scheduled', count: 0 },
        { means: 'offered', sourceState: 'running', count: 6 },
        { means: 'failed', sourceState: 'error', count: 1 },
        { means: 'installed', sourceState: 'finished', count: 13 },
        { means: 'cancelled', sourceState: 'cancelled', count: 0 },
      ],
      isSuppressed: false,
      replicas: null,
      versions: [{ version: '2.0.0', role: 'candidate', trafficRatio: null }],
      currentStage: 0,
      stageCount: 3,
      stages: [
        {
          stageId: '78',
          state: 'running',
          sourceState: 'running',
          targetedCount: 20,
          counts: [
            { means: 'waiting', sourceState: 'notstarted', count: 0 },
            { means: 'waiting', sourceState: 'scheduled', count: 0 },
            { means: 'offered', sourceState: 'running', count: 6 },
            { means: 'failed', sourceState: 'error', count: 1 },
            { means: 'installed', sourceState: 'finished', count: 13 },
            { means: 'cancelled', sourceState: 'cancelled', count: 0 },
          ],
          isSuppressed: false,
        },
        ...[
          ['79', 15],
          ['80', 13],
        ].map(([stageId, count]) => ({
          stageId,
          state: 'planned',
          sourceState: 'scheduled',
          targetedCount: count,
          counts: [
            { means: 'waiting', sourceState: 'notstarted', count },
            { means: 'waiting', sourceState: 'scheduled', count: 0 },
            { means: 'offered', sourceState: 'running', count: 0 },
            { means: 'failed', sourceState: 'error', count: 0 },
            { means: 'installed', sourceState: 'finished', count: 0 },
            { means: 'cancelled', sourceState: 'cancelled', count: 0 },
          ],
          isSuppressed: false,
        })),
      ],
      pausedBecause: [],
      failureCode: null,
      startedAt: null,
      finishedAt: null,
      status: 'inconclusive',
      reason: 'RUNNING',
    });
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['creating', {}, 'planned', 'inconclusive', 'CREATING'],
    [
      'waiting_for_approval',
      {},
      'planned',
      'inconclusive',
      'WAITING_FOR_APPROVAL',
    ],
    ['approval_denied', {}, 'refused', 'inconclusive', 'APPROVAL_DENIED'],
    ['ready', {}, 'planned', 'inconclusive', 'READY'],
    ['starting', {}, 'running', 'inconclusive', 'STARTING'],
    ['paused', {}, 'paused', 'inconclusive', 'PAUSED'],
    ['stopping', {}, 'terminated', 'inconclusive', 'terminated'],
    ['stopped', {}, 'terminated', 'inconclusive', 'terminated'],
    ['deleted', {}, 'terminated', 'inconclusive', 'terminated'],
    [
      'finished',
      { finished: 48, error: 0, notstarted: 0, running: 0 },
      'completed',
      'pass',
      'ALL_INSTALLED',
    ],
    [
      'finished',
      { finished: 47, error: 1, notstarted: 0, running: 0 },
      'completed',
      'warn',
      'SOME_FAILED',
    ],
    [
      'finished',
      { finished: 47, error: 0, cancelled: 1, notstarted: 0, running: 0 },
      'completed',
      'warn',
      'SOME_NOT_REACHED',
    ],
    [
      'finished',
      { finished: 0, error: 0 },
      'completed',
      'inconclusive',
      'no-data',
    ],
  ])('%s with %p is %s: %s, %s', (status, counts, state, verdict, reason) => {
    const facts = factsOf(rollout => {
      rollout.status = status;
      Object.assign(rollout.totalTargetsPerStatus, counts);
    });
    expect(observationOf(facts)).toMatchObject({
      state,
      sourceState: status,
      status: verdict,
      reason,
    });
  });

  it('is no pass when hawkBit did not say how many finished', () => {
    const facts = factsOf(rollout => {
      rollout.status = 'finished';
      delete rollout.totalTargetsPerStatus;
    });
    expect(observationOf(facts)).toMatchObject({
      counts: [],
      status: 'inconclusive',
      reason: 'no-data',
    });
  });

  it('does not take a download for an installation', () => {
    const facts = factsOf(rollout => {
      rollout.type = 'downloadonly';
    }, 9);
    expect(observationOf(facts)).toMatchObject({
      counts: expect.arrayContaining([
        { means: 'offered', sourceState: 'finished', count: 40 },
      ]),
      state: 'completed',
      status: 'inconclusive',
      reason: 'DOWNLOAD_ONLY',
    });
  });

  it('fails when a group passed its error condition and hawkBit paused for it', () => {
    const facts = factsOf((rollout, groups) => {
      rollout.status = 'paused';
      groups[0].status = 'error';
    });
    expect(observationOf(facts)).toMatchObject({
      state: 'paused',
      pausedBecause: ['ERROR_CONDITION'],
      failureCode: 'ERROR_CONDITION',
      currentStage: null,
      status: 'fail',
      reason: 'ERROR_CONDITION',
    });
  });

  it('hides a group of too few devices, and another by which it could be worked out', () => {
    const facts = factsOf((_, groups) => {
      groups[2].totalTargets = 3;
    });
    const { stages, targetedCount } = observationOf(facts);
    expect(targetedCount).toBe(48);
    expect(
      stages.map(({ targetedCount: count, counts, isSuppressed }) => [
        count,
        counts.length,
        isSuppressed,
      ]),
    ).toEqual([
      [20, 6, false],
      [null, 0, true],
      [null, 0, true],
    ]);
    expect(planOf(facts)!.stages.map(stage => stage.shareRatio)).toEqual([
      20 / 48,
      null,
      null,
    ]);
  });

  it('hides a whole rollout to too few devices, and cannot pass it', () => {
    const facts = factsOf(rollout => {
      rollout.totalTargets = 4;
      rollout.totalTargetsPerStatus.finished = 4;
    }, 9);
    expect(observationOf(facts)).toMatchObject({
      targetedCount: null,
      counts: [],
      isSuppressed: true,
      status: 'inconclusive',
      reason: 'suppressed',
    });
  });
});

describe('how a rollout was meant to go', () => {
  it('tells groups, shares and conditions', () => {
    expect(planOf(factsOf(() => {}))).toMatchObject({
      rolloutId: '17',
      version: '2.0.0',
      strategy: 'staged',
      plannedBy: null,
      stages: [
        {
          stageId: '78',
          shareRatio: 20 / 48,
          soakMs: 0,
          guardrails: [
            {
              metric: 'finished-share',
              unit: 'ratio',
              comparison: 'at-least',
              bound: 0.9,
            },
            {
              metric: 'error-share',
              unit: 'ratio',
              comparison: 'at-most',
              bound: 0.2,
            },
          ],
        },
        { stageId: '79', shareRatio: 15 / 48, soakMs: null },
        { stageId: '80', shareRatio: 13 / 48, soakMs: 0 },
      ],
    });
  });

  it('has no shares while a dynamic rollout goes on taking in devices', () => {
    const plan = planOf(
      factsOf((_, groups) => {
        groups[2].dynamic = true;
      }),
    );
    expect(plan!.stages.map(stage => stage.shareRatio)).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('is unknown while hawkBit is making it, and without a version', () => {
    expect(
      planOf(
        factsOf(rollout => {
          rollout.status = 'creating';
        }),
      ),
    ).toBe(undefined);
    expect(planOf({ ...factsOf(() => {}), version: undefined })).toBe(
      undefined,
    );
  });
});
