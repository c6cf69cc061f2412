import { Change, rollout } from '../__testUtils__/objects';
import {
  newestVersionOf,
  rolloutDeployment,
  rolloutObservation,
  rolloutPlan,
} from './argoRollout';

describe('what Argo says of a Rollout', () => {
  const observe = (change?: Change) =>
    rolloutObservation('eu', rollout(change));
  const healthy: Change = ({ status }) => {
    Object.assign(status, {
      phase: 'Healthy',
      stableRS: '7f8d9c6b5',
      pauseConditions: null,
      currentStepIndex: 5,
    });
    Object.assign(status.conditions[1], {
      status: 'True',
      lastTransitionTime: '2026-11-22T12:40:00Z',
    });
    delete status.canary.weights;
  };
  const aborted: Change = ({ status }) => {
    Object.assign(status, {
      phase: 'Degraded',
      abort: true,
      abortedAt: '2026-11-22T12:45:00Z',
      pauseConditions: null,
    });
    status.canary.weights.canary.weight = 0;
    status.canary.weights.stable.weight = 100;
  };

  it('tells where it pauses, what takes traffic, and how many replicas there are', () => {
    expect(observe()).toEqual({
      rolloutId: 'eu/vision/digit-api',
      state: 'paused',
      sourceState: 'Paused',
      unit: 'replicas',
      targetedCount: 5,
      counts: [],
      isSuppressed: false,
      replicas: {
        totalCount: 5,
        updatedCount: 3,
        readyCount: 5,
        availableCount: 4,
      },
      versions: [
        { version: '6d4cf56db6', role: 'stable', trafficRatio: 0.4 },
        { version: '2.0.0', role: 'candidate', trafficRatio: 0.6 },
      ],
      currentStage: 4,
      stageCount: 5,
      stages: [],
      pausedBecause: ['CanaryPauseStep'],
      failureCode: null,
      startedAt: null,
      finishedAt: null,
      status: 'inconclusive',
      reason: 'PAUSED',
    });
  });

  it.each<[string, Change, string, string, string]>([
    ['healthy on the newest pods', healthy, 'completed', 'pass', 'HEALTHY'],
    [
      'healthy, and the newest pods are not the stable ones',
      o => {
        o.status.phase = 'Healthy';
      },
      'completed',
      'inconclusive',
      'no-data',
    ],
    [
      'progressing',
      o => {
        o.status.phase = 'Progressing';
      },
      'running',
      'inconclusive',
      'PROGRESSING',
    ],
    [
      'degraded',
      o => {
        o.status.phase = 'Degraded';
      },
      'failed',
      'fail',
      'DEGRADED',
    ],
    ['aborted', aborted, 'rolled-back', 'fail', 'ABORTED'],
    [
      'healthy, but of the specification before',
      o => {
        healthy(o);
        o.metadata.generation = 16;
      },
      'running',
      'inconclusive',
      'STATUS_BEHIND',
    ],
  ])('%s', (_, change, state, status, reason) => {
    expect(observe(change)).toMatchObject({ state, status, reason });
  });

  it('is nothing while its controller has said nothing', () => {
    expect(
      observe(o => {
        delete o.status;
      }),
    ).toBe(undefined);
    expect(
      newestVersionOf(
        rollout(o => {
          delete o.status;
        }),
      ),
    ).toBe(undefined);
  });

  it('does not call old pods by the label of a template that has no pods yet', () => {
    expect(newestVersionOf(rollout())).toBe('2.0.0');
    expect(
      newestVersionOf(
        rollout(o => {
          o.metadata.generation = 16;
        }),
      ),
    ).toBe('7f8d9c6b5');
  });

  const plan = (change?: Change) =>
    rolloutPlan({
      cluster: 'eu',
      environment: 'production',
      rollout: rollout(change),
    });
  const stagesOf = (change?: Change) =>
    plan(change)?.stages.map(s => [s.stageId, s.shareRatio, s.soakMs]);

  it('is planned by its steps, and goes to all traffic after the last', () => {
    expect(plan()).toMatchObject({
      rolloutId: 'eu/vision/digit-api',
      environment: 'production',
      version: '2.0.0',
      fromVersion: '6d4cf56db6',
      strategy: 'canary',
      digest:
        'sha256:04cca438fae916aac9a32dea8a18cb62df6248ecbf8be0b6c78b939a802c13a1',
    });
    expect(stagesOf()).toEqual([
      ['step-0', 0.2, 600_000],
      ['step-3', 0.6, null],
      ['full', 1, 0],
    ]);
  });

  it.each<[string, Record<string, unknown>, string, unknown]>([
    ['a canary without steps', { canary: {} }, 'all-at-once', [['full', 1, 0]]],
    [
      'blue and green by themselves',
      { blueGreen: { autoPromotionSeconds: 30 } },
      'blue-green',
      [['active', 1, 30_000]],
    ],
    [
      'blue and green by a person',
      { blueGreen: { autoPromotionEnabled: false } },
      'blue-green',
      [['active', 1, null]],
    ],
    [
      'steps that end with all',
      { canary: { steps: [{ setWeight: 100 }] } },
      'all-at-once',
      [['step-0', 1, 0]],
    ],
  ])('%s', (_, strategy, kind, stages) => {
    const change: Change = o => {
      o.spec.strategy = strategy;
    };
    expect(plan(change)!.strategy).toBe(kind);
    expect(stagesOf(change)).toEqual(stages);
  });

  const deployment = (change?: Change) =>
    rolloutDeployment({
      cluster: 'eu',
      environment: 'production',
      rollout: rollout(change),
    });

  it('was deployed when Argo says it completed', () => {
    expect(deployment(healthy)).toEqual({
      endedAtMs: Date.parse('2026-11-22T12:40:00Z'),
      deployment: {
        deploymentId: 'eu/vision/digit-api:7f8d9c6b5',
        environment: 'production',
        version: '2.0.0',
        digest:
          'sha256:04cca438fae916aac9a32dea8a18cb62df6248ecbf8be0b6c78b939a802c13a1',
        fromVersion: null,
        fromDigest: null,
        cause: 'unknown',
        outcome: 'succeeded',
        changeId: null,
        commit: null,
        releaseId: null,
        trafficRatio: null,
        startedAt: null,
        finishedAt: '2026-11-22T12:40:00.000Z',
      },
    });
  });

  it('was sent back when it was aborted', () => {
    expect(deployment(aborted)).toMatchObject({
      endedAtMs: Date.parse('2026-11-22T12:45:00Z'),
      deployment: {
        outcome: 'rolled-back',
        version: '2.0.0',
        fromVersion: '6d4cf56db6',
        trafficRatio: 0,
        finishedAt: '2026-11-22T12:45:00.000Z',
      },
    });
  });

  it.each<[string, Change]>([
    ['while it is going on', () => {}],
    [
      'of an older specification',
      o => {
        healthy(o);
        o.metadata.generation = 16;
      },
    ],
    [
      'without a moment',
      o => {
        healthy(o);
        delete o.status.conditions[1].lastTransitionTime;
      },
    ],
    [
      'aborted without a moment',
      o => {
        aborted(o);
        delete o.status.abortedAt;
      },
    ],
  ])('is no deployment %s', (_, change) => {
    expect(deployment(change)).toBe(undefined);
  });
});
