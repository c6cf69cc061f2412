import { exampleStore } from '../__testUtils__/mender';
import { deploymentsSchema, statisticsSchema } from './answers';
import { observationOf } from './mapping';

function observed(
  change: (
    deployment: Record<string, any>,
    counts: Record<string, any>,
  ) => void,
  at: 0 | 1 = 0,
) {
  const store = exampleStore();
  const deployment = store.deployments[at];
  const statistics = store.statistics[deployment.id];
  change(deployment, statistics);
  return observationOf({
    deployment: deploymentsSchema.parse([deployment])[0],
    statistics: statisticsSchema.parse(statistics),
    version: '2.0.0',
    minimumGroupSize: 5,
  });
}

describe('how far a deployment has come', () => {
  it('keeps every state apart; without an artifact and already installed are neither success nor failure', () => {
    expect(observed(() => {})).toEqual({
      rolloutId: '30b3e62c-9ec2-4312-a7fa-cff24cc7397c',
      state: 'running',
      sourceState: 'inprogress',
      unit: 'devices',
      targetedCount: 80,
      counts: [
        { means: 'waiting', sourceState: 'pending', count: 9 },
        { means: 'offered', sourceState: 'downloading', count: 4 },
        { means: 'deferred', sourceState: 'pause_before_installing', count: 1 },
        { means: 'offered', sourceState: 'installing', count: 3 },
        { means: 'deferred', sourceState: 'pause_before_rebooting', count: 1 },
        { means: 'offered', sourceState: 'rebooting', count: 2 },
        { means: 'deferred', sourceState: 'pause_before_committing', count: 1 },
        { means: 'installed', sourceState: 'success', count: 31 },
        { means: 'failed', sourceState: 'failure', count: 1 },
        { means: 'incompatible', sourceState: 'noartifact', count: 5 },
        {
          means: 'already-installed',
          sourceState: 'already-installed',
          count: 2,
        },
        { means: 'cancelled', sourceState: 'aborted', count: 0 },
      ],
      isSuppressed: false,
      replicas: null,
      versions: [{ version: '2.0.0', role: 'candidate', trafficRatio: null }],
      currentStage: null,
      stageCount: null,
      stages: [],
      pausedBecause: [],
      failureCode: null,
      startedAt: null,
      finishedAt: null,
      status: 'inconclusive',
      reason: 'INPROGRESS',
    });
  });

  it.each<[string, Record<string, number | undefined>, string, string, string]>(
    [
      ['scheduled', {}, 'planned', 'inconclusive', 'SCHEDULED'],
      ['pending', {}, 'planned', 'inconclusive', 'PENDING'],
      ['finished', {}, 'completed', 'pass', 'ALL_INSTALLED'],
      ['finished', { failure: 1 }, 'completed', 'warn', 'SOME_FAILED'],
      ['finished', { noartifact: 1 }, 'completed', 'warn', 'SOME_NOT_REACHED'],
      [
        'finished',
        { decommissioned: 1 },
        'completed',
        'warn',
        'SOME_NOT_REACHED',
      ],
      ['finished', { aborted: 1 }, 'terminated', 'inconclusive', 'terminated'],
      [
        'finished',
        { aborted: 1, failure: 9 },
        'terminated',
        'inconclusive',
        'terminated',
      ],
      ['finished', { success: 0 }, 'completed', 'inconclusive', 'no-data'],
      [
        'finished',
        { success: undefined },
        'completed',
        'inconclusive',
        'no-data',
      ],
      [
        'finished',
        { failure: undefined },
        'completed',
        'inconclusive',
        'no-data',
      ],
      [
        'finished',
        { aborted: undefined },
        'completed',
        'inconclusive',
        'no-data',
      ],
    ],
  )('%s with %p is %s: %s, %s', (status, counts, state, verdict, reason) => {
    const observation = observed((deployment, statistics) => {
      deployment.status = status;
      for (const [name, count] of Object.entries(counts)) {
        if (count === undefined) delete statistics[name];
        else statistics[name] = count;
      }
    }, 1);
    expect(observation).toMatchObject({
      state,
      sourceState: status,
      status: verdict,
      reason,
    });
  });

  it('does not say how many it was meant for when Mender does not', () => {
    expect(observed(() => {}, 1).targetedCount).toBe(null);
  });

  it('shows no count of a deployment to too few devices, and cannot pass it', () => {
    const observation = observed((deployment, statistics) => {
      deployment.device_count = 4;
      Object.assign(statistics, { success: 4, 'already-installed': 0 });
    }, 1);
    expect(observation).toMatchObject({
      targetedCount: null,
      counts: [],
      isSuppressed: true,
      status: 'inconclusive',
      reason: 'suppressed',
    });
  });
});
