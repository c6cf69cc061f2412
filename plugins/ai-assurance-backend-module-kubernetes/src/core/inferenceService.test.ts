import { Change, service } from '../__testUtils__/objects';
import { inferenceServiceObservation } from './inferenceService';

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
