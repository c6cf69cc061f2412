import { exampleStore } from '../__testUtils__/cluster';
import { rolloutAnalysis } from './analysisRun';
import {
  analysisRunSchema,
  argoRolloutSchema,
  inferenceServiceSchema,
} from './answers';
import {
  newestVersionOf,
  rolloutDeployment,
  rolloutObservation,
  rolloutPlan,
} from './argoRollout';
import { inferenceServiceObservation } from './inferenceService';
import { pauseMs } from './pause';

type Change = (object: Record<string, any>) => void;

function service(change: Change = () => {}) {
  const [object] = exampleStore().inferenceservices!;
  change(object);
  return inferenceServiceSchema.parse(object);
}
function rollout(change: Change = () => {}) {
  const [object] = exampleStore().rollouts!;
  change(object);
  return argoRolloutSchema.parse(object);
}
function run(change: Change = () => {}) {
  const [object] = exampleStore().analysisruns!;
  change(object);
  return analysisRunSchema.parse(object);
}

describe('what KServe says of an InferenceService', () => {
  const observe = (change?: Change) =>
    inferenceServiceObservation('eu', service(change));
  const delivered: Change = ({ status }) => {
    Object.assign(status.components.predictor, {
      latestRolledoutRevision: 'digits-predictor-00004',
      previousRolledoutRevision: 'digits-predictor-00003',
      traffic: [
        {
          latestRevision: true,
          percent: 100,
          revisionName: 'digits-predictor-00004',
        },
      ],
    });
  };

  it('is not delivered while a canary takes a share, although KServe calls the model up to date', () => {
    expect(observe()).toEqual({
      rolloutId: 'eu/vision/digits',
      state: 'running',
      sourceState: 'UpToDate',
      unit: 'replicas',
      targetedCount: 3,
      counts: [{ means: 'failed', sourceState: 'failedCopies', count: 0 }],
      isSuppressed: false,
      replicas: null,
      versions: [
        {
          version: 'digits-predictor-00003',
          role: 'stable',
          trafficRatio: 0.9,
        },
        { version: '2.0.0', role: 'candidate', trafficRatio: 0.1 },
        {
          version: 'digits-predictor-00002',
          role: 'previous',
          trafficRatio: null,
        },
      ],
      currentStage: null,
      stageCount: null,
      stages: [],
      pausedBecause: [],
      failureCode: null,
      startedAt: null,
      finishedAt: null,
      status: 'inconclusive',
      reason: 'IN_PROGRESS',
    });
  });

  it.each<[string, Change, string, string, string]>([
    ['delivered and ready', () => {}, 'completed', 'pass', 'UP_TO_DATE'],
    [
      'not ready',
      o => {
        o.status.conditions[1].status = 'False';
      },
      'completed',
      'inconclusive',
      'NOT_READY',
    ],
    [
      'without a word on readiness',
      o => {
        o.status.conditions = [];
      },
      'completed',
      'inconclusive',
      'no-data',
    ],
    [
      'with a copy that failed to load',
      o => {
        o.status.modelStatus.copies.failedCopies = 1;
      },
      'completed',
      'warn',
      'SOME_COPIES_FAILED',
    ],
    [
      'loading',
      o => {
        o.status.modelStatus.transitionStatus = 'InProgress';
      },
      'running',
      'inconclusive',
      'IN_PROGRESS',
    ],
    [
      'blocked',
      o => {
        o.status.modelStatus.transitionStatus = 'BlockedByFailedLoad';
      },
      'failed',
      'fail',
      'BLOCKED_BY_FAILED_LOAD',
    ],
    [
      'invalid',
      o => {
        o.status.modelStatus.transitionStatus = 'InvalidSpec';
      },
      'failed',
      'fail',
      'INVALID_SPEC',
    ],
    [
      'changed, and the controller has not looked yet',
      o => {
        o.metadata.generation = 5;
      },
      'running',
      'inconclusive',
      'STATUS_BEHIND',
    ],
    [
      'created anew, and the revision is not ready',
      o => {
        o.status.components.predictor.latestCreatedRevision =
          'digits-predictor-00005';
      },
      'running',
      'inconclusive',
      'IN_PROGRESS',
    ],
    [
      'stopped',
      o => {
        o.status.conditions.push({ type: 'Stopped', status: 'True' });
      },
      'terminated',
      'inconclusive',
      'terminated',
    ],
    [
      'a plain deployment without revisions',
      o => {
        o.status.components = { predictor: {} };
      },
      'completed',
      'pass',
      'UP_TO_DATE',
    ],
  ])('%s', (_, change, state, status, reason) => {
    expect(
      observe(o => {
        delivered(o);
        change(o);
      }),
    ).toMatchObject({ state, status, reason });
  });

  it('gives the code of a failure, and never its message', () => {
    const observation = observe(o => {
      o.status.modelStatus.transitionStatus = 'BlockedByFailedLoad';
    });
    expect(observation!.failureCode).toBe('ModelLoadFailed');
    expect(JSON.stringify(observation)).not.toContain('jane');
  });

  it('is nothing while KServe has said nothing', () => {
    expect(
      observe(o => {
        delete o.status;
      }),
    ).toBe(undefined);
    expect(
      observe(o => {
        o.status.modelStatus.transitionStatus = '';
      }),
    ).toBe(undefined);
  });
});

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

describe('how long a pause is', () => {
  it.each<[number | string | null | undefined, number | null]>([
    [undefined, null],
    [null, null],
    [30, 30_000],
    [-1, null],
    ['30', 30_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['10 m', null],
    ['soon', null],
    ['', null],
  ])('%p is %p ms', (duration, ms) => {
    expect(pauseMs(duration)).toBe(ms);
  });
});

describe('what an AnalysisRun measured', () => {
  const analyse = (change?: Change) =>
    rolloutAnalysis({ cluster: 'eu', rollout: rollout(), run: run(change) });

  it('counts each metric, and a dry run beside them', () => {
    expect(analyse()).toEqual({
      analysisId: 'eu/vision/digit-api-7f8d9c6b5-7-2',
      rolloutId: 'eu/vision/digit-api',
      version: '2.0.0',
      digest: null,
      purpose: 'Step',
      stageIndex: 2,
      sourceState: 'Successful',
      isCutShort: false,
      metrics: [
        {
          metric: 'p95-latency',
          sourceState: 'Successful',
          isDryRun: false,
          measuredCount: 5,
          successfulCount: 4,
          failedCount: 1,
          inconclusiveCount: 0,
          errorCount: 0,
        },
        {
          metric: 'error-rate',
          sourceState: 'Successful',
          isDryRun: false,
          measuredCount: 4,
          successfulCount: 3,
          failedCount: 0,
          inconclusiveCount: 1,
          errorCount: 1,
        },
        {
          metric: 'new-metric',
          sourceState: 'Failed',
          isDryRun: true,
          measuredCount: 3,
          successfulCount: 0,
          failedCount: 3,
          inconclusiveCount: 0,
          errorCount: 0,
        },
      ],
      measuredCount: 9,
      successfulCount: 7,
      failedCount: 1,
      inconclusiveCount: 1,
      errorCount: 1,
      startedAt: '2026-11-22T12:10:00.000Z',
      finishedAt: '2026-11-22T12:16:00.000Z',
      status: 'pass',
      reason: 'ANALYSIS_SUCCESSFUL',
    });
  });

  it.each<[string, Change, string, string]>([
    [
      'failed',
      o => {
        o.status.phase = 'Failed';
      },
      'fail',
      'ANALYSIS_FAILED',
    ],
    [
      'failed before it was ended',
      o => {
        o.status.phase = 'Failed';
        o.spec.terminate = true;
      },
      'fail',
      'ANALYSIS_FAILED',
    ],
    [
      'successful because it was ended',
      o => {
        o.spec.terminate = true;
      },
      'inconclusive',
      'terminated',
    ],
    [
      'inconclusive',
      o => {
        o.status.phase = 'Inconclusive';
      },
      'inconclusive',
      'ANALYSIS_INCONCLUSIVE',
    ],
    [
      'broken',
      o => {
        o.status.phase = 'Error';
      },
      'inconclusive',
      'source-error',
    ],
    [
      'successful without a measurement',
      o => {
        o.status.metricResults = [];
      },
      'inconclusive',
      'no-data',
    ],
    [
      'successful in a dry run only',
      o => {
        o.status.metricResults.forEach((m: any) => {
          m.dryRun = true;
        });
      },
      'inconclusive',
      'no-data',
    ],
  ])('%s', (_, change, status, reason) => {
    expect(analyse(change)).toMatchObject({ status, reason });
  });

  it('ended with its last measurement where Argo does not date its end', () => {
    expect(
      analyse(o => {
        delete o.status.completedAt;
      })!.finishedAt,
    ).toBe('2026-11-22T12:16:00.000Z');
    expect(
      analyse(o => {
        delete o.status.completedAt;
        delete o.status.metricResults[0].measurements;
      })!.finishedAt,
    ).toBe(null);
  });

  it.each(['Pending', 'Running'])('is nothing while it is %s', phase => {
    expect(
      analyse(o => {
        o.status.phase = phase;
      }),
    ).toBe(undefined);
  });

  it('shows no argument, message or measured value', () => {
    const text = JSON.stringify(analyse());
    expect(text).not.toContain('jane');
    expect(text).not.toContain('0.071');
  });
});
