import { Change, service } from '../__testUtils__/objects';
import {
  inferenceServiceDeployment,
  inferenceServiceObservation,
} from './inferenceService';

const condition = (object: Record<string, any>, wanted: string) =>
  object.status.conditions.find(({ type }: any) => type === wanted);

/** The newest revision takes all the traffic. */
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

describe('what KServe says of an InferenceService', () => {
  const observe = (change?: Change) =>
    inferenceServiceObservation('eu', service(change));

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
        condition(o, 'Ready').status = 'False';
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
      'delivered, though Knative counts fewer changes than KServe',
      o => {
        o.metadata.generation = 9;
      },
      'completed',
      'pass',
      'UP_TO_DATE',
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

describe('what KServe says of a deployment', () => {
  const deployed = (change: Change = () => {}) =>
    inferenceServiceDeployment({
      cluster: 'eu',
      environment: 'production',
      service: service(o => {
        delivered(o);
        change(o);
      }),
    });

  it('is which revision has all the traffic, since its pods and the route to them are ready', () => {
    expect(deployed()).toEqual({
      endedAtMs: Date.parse('2026-11-22T11:04:09Z'),
      deployment: {
        deploymentId: 'eu/vision/digits:digits-predictor-00004',
        environment: 'production',
        version: '2.0.0',
        digest:
          'sha256:04cca438fae916aac9a32dea8a18cb62df6248ecbf8be0b6c78b939a802c13a1',
        fromVersion: 'digits-predictor-00003',
        fromDigest: null,
        cause: 'unknown',
        outcome: 'succeeded',
        changeId: null,
        commit: null,
        releaseId: null,
        trafficRatio: 1,
        startedAt: null,
        finishedAt: '2026-11-22T11:04:09.000Z',
      },
    });
  });

  it('names the revision where the team names no version, and nothing before the first', () => {
    const { deployment } = deployed(o => {
      o.metadata.annotations = {};
      delete o.status.components.predictor.previousRolledoutRevision;
    })!;
    expect([
      deployment.version,
      deployment.digest,
      deployment.fromVersion,
    ]).toEqual(['digits-predictor-00004', null, null]);
  });

  it('counts the traffic of a revision together that is named twice', () => {
    expect(
      deployed(({ status }) => {
        status.components.predictor.traffic = [
          { percent: 60, revisionName: 'digits-predictor-00004' },
          { percent: 40, revisionName: 'digits-predictor-00004', tag: 'blue' },
        ];
      })!.deployment.trafficRatio,
    ).toBe(1);
  });

  it.each<[string, Change]>([
    ['a canary has a share', o => Object.assign(o, service())],
    [
      'a newer revision is being made',
      o => {
        o.status.components.predictor.latestCreatedRevision =
          'digits-predictor-00005';
      },
    ],
    [
      'the service was rolled back to an older revision',
      o => {
        o.status.components.predictor.latestRolledoutRevision =
          'digits-predictor-00003';
      },
    ],
    [
      'KServe does not tell of traffic',
      o => {
        delete o.status.components.predictor.traffic;
      },
    ],
    [
      'the model is loading',
      o => {
        o.status.modelStatus.transitionStatus = 'InProgress';
      },
    ],
    [
      'the service is not ready',
      o => {
        condition(o, 'Ready').status = 'Unknown';
      },
    ],
    [
      'the route is not ready',
      o => {
        condition(o, 'PredictorRouteReady').status = 'Unknown';
      },
    ],
    [
      'readiness has no date',
      o => {
        delete condition(o, 'PredictorConfigurationReady').lastTransitionTime;
      },
    ],
    [
      'the object changed after its status was written',
      o => {
        o.metadata.managedFields[0].time = '2026-11-22T11:04:11Z';
      },
    ],
    [
      'it runs as a plain Deployment, which has no revisions',
      o => {
        o.status.components = { predictor: {} };
        o.status.deploymentMode = 'Standard';
      },
    ],
    [
      'it is stopped',
      o => {
        o.status.conditions.push({ type: 'Stopped', status: 'True' });
      },
    ],
    [
      'KServe has said nothing',
      o => {
        delete o.status;
      },
    ],
  ])('is nothing while %s', (_, change) => {
    expect(deployed(change)).toBe(undefined);
  });
});
