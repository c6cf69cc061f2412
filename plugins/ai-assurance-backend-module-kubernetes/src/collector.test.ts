import {
  StandIn,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { AnyCollectedFact } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { JsonValue } from '@backstage/types';
import {
  ClusterStore,
  exampleStore,
  pluginSystem,
} from './__testUtils__/cluster';
import { runCollector } from './__testUtils__/run';

const byLabel = { 'backstage.io/kubernetes-id': 'digit-api' };
const kinds = (facts: AnyCollectedFact[]) =>
  facts.map(fact => fact.id.split(':')[0]);

const about = {
  segment: { environment: 'production' },
  subjectVersion: '2.0.0',
  subjectDigest:
    'sha256:04cca438fae916aac9a32dea8a18cb62df6248ecbf8be0b6c78b939a802c13a1',
};

describe('collecting from Kubernetes', () => {
  let clusters: Record<string, ClusterStore>;
  let standIn: StandIn;

  beforeEach(async () => {
    clusters = { main: exampleStore() };
    standIn = await startStandIn(request => pluginSystem(clusters)(request));
  });
  afterEach(() => standIn.close());

  const run = (options: Partial<Parameters<typeof runCollector>[0]> = {}) =>
    runCollector({
      baseUrl: standIn.baseUrl,
      annotations: byLabel,
      ...options,
    });

  it('asks for what has the label, and for the analyses of the newest and the stable pods', async () => {
    await run();
    expect(
      standIn.requests.map(
        r =>
          `${r.path}?${decodeURIComponent(String(r.query)).replaceAll(
            '+',
            ' ',
          )}`,
      ),
    ).toEqual([
      '/clusters?',
      '/proxy/apis/serving.kserve.io/v1beta1/inferenceservices?labelSelector=backstage.io/kubernetes-id=digit-api&limit=100',
      '/proxy/apis/argoproj.io/v1alpha1/rollouts?labelSelector=backstage.io/kubernetes-id=digit-api&limit=100',
      '/proxy/apis/argoproj.io/v1alpha1/namespaces/vision/analysisruns?labelSelector=rollouts-pod-template-hash in (6d4cf56db6,7f8d9c6b5)&limit=100',
    ]);
  });

  it('names each fact by object and revision, and dates it by the change that made the revision', async () => {
    const { facts } = await run({
      settings: { environments: { main: 'production' } },
    });
    expect(
      facts.map(f => [
        f.id.split(':').slice(0, 3).join(':'),
        new Date(f.timeMs).toISOString(),
        f.envelope,
      ]),
    ).toEqual([
      [
        'rollout:6f5b2e0a-0b8d-4a51-9d0e-3b7a5f1c2d3e:481516',
        '2026-11-22T13:00:00.000Z',
        {
          expiresAt: '2026-11-22T15:00:00.000Z',
          sourceSystem: 'kserve',
          asked: asked('serving.kserve.io/v1beta1/inferenceservices'),
          sampleCount: 3,
          ...about,
        },
      ],
      [
        'plan:aeddde25-f8bd-4a68-a4a1-523a559bdb83:877993',
        '2026-11-22T12:30:00.000Z',
        {
          sourceSystem: 'argo-rollouts',
          asked: asked('argoproj.io/v1alpha1/rollouts'),
          ...about,
        },
      ],
      [
        'rollout:aeddde25-f8bd-4a68-a4a1-523a559bdb83:877993',
        '2026-11-22T13:00:00.000Z',
        {
          expiresAt: '2026-11-22T15:00:00.000Z',
          sourceSystem: 'argo-rollouts',
          asked: asked('argoproj.io/v1alpha1/rollouts'),
          sampleCount: 5,
          ...about,
        },
      ],
      [
        'analysis:0a1b2c3d-0000-4000-8000-000000000001:877950',
        '2026-11-22T12:16:00.000Z',
        {
          sourceSystem: 'argo-rollouts',
          asked:
            'GET /apis/argoproj.io/v1alpha1/namespaces/vision/analysisruns/digit-api-7f8d9c6b5-7-2',
          sampleCount: 9,
          windowStart: '2026-11-22T12:10:00.000Z',
          windowEnd: '2026-11-22T12:16:00.000Z',
          ...about,
        },
      ],
    ]);
  });

  it('adds nothing while nothing changes, though Kubernetes counts its revision on', async () => {
    const first = await run();
    const [service] = clusters.main.inferenceservices!;
    service.metadata.resourceVersion = '481999';
    service.metadata.labels.touched = 'yes';
    const again = await run({ memory: first.memory });
    expect(again.facts).toEqual([]);
    expect(again.memory).toEqual(first.memory);
  });

  it('says again in the next hour how things stand, so that silence is noticed, and nothing else', async () => {
    const first = await run();
    const { facts } = await run({
      memory: first.memory,
      nowMs: Date.parse('2026-11-22T14:01:00Z'),
    });
    expect(facts.map(f => [f.id.split(':')[0], f.envelope.expiresAt])).toEqual([
      ['rollout', '2026-11-22T16:00:00.000Z'],
      ['rollout', '2026-11-22T16:00:00.000Z'],
    ]);
  });

  it('says again only what changed', async () => {
    const first = await run();
    const [rollout] = clusters.main.rollouts!;
    rollout.metadata.resourceVersion = '878500';
    Object.assign(rollout.status, {
      phase: 'Healthy',
      stableRS: '7f8d9c6b5',
      pauseConditions: null,
    });
    Object.assign(rollout.status.conditions[1], {
      status: 'True',
      lastTransitionTime: '2026-11-22T12:50:00Z',
    });
    const { facts } = await run({ memory: first.memory });
    // The plan says which version it replaces, which is none any more.
    expect(kinds(facts)).toEqual(['plan', 'rollout', 'deployment']);
    rollout.metadata.resourceVersion = '878501';
    rollout.status.readyReplicas = 4;
    const without = await run();
    const deployments = without.facts.filter(f =>
      f.id.startsWith('deployment:'),
    );
    expect(deployments).toEqual(
      facts.filter(f => f.id.startsWith('deployment:')),
    );
  });

  it('says once that an inference service was deployed, however often it becomes ready again', async () => {
    const first = await run();
    const [service] = clusters.main.inferenceservices!;
    const change = (resourceVersion: string, readyAt: string) => {
      service.metadata.resourceVersion = resourceVersion;
      service.metadata.managedFields[1].time = readyAt;
      Object.assign(service.status.components.predictor, {
        latestRolledoutRevision: 'digits-predictor-00004',
        previousRolledoutRevision: 'digits-predictor-00003',
        traffic: [{ percent: 100, revisionName: 'digits-predictor-00004' }],
      });
      for (const condition of service.status.conditions)
        condition.lastTransitionTime = readyAt;
    };
    change('481600', '2026-11-22T12:40:00Z');
    const second = await run({ memory: first.memory });
    expect(kinds(second.facts)).toEqual(['rollout', 'deployment']);
    const { id, timeMs, envelope, payload } = second.facts[1] as any;
    expect([
      id.split(':')[1],
      new Date(timeMs).toISOString(),
      envelope.sourceSystem,
      envelope.subjectVersion,
      payload.deploymentId,
      payload.version,
      payload.finishedAt,
    ]).toEqual([
      service.metadata.uid,
      '2026-11-22T12:40:00.000Z',
      'kserve',
      '2.0.0',
      'main/vision/digits:digits-predictor-00004',
      '2.0.0',
      '2026-11-22T12:40:00.000Z',
    ]);
    change('481700', '2026-11-22T12:50:00Z');
    const third = await run({ memory: second.memory });
    expect(third.facts).toEqual([]);
    // Whoever begins to look then sees it as it stands then.
    expect(kinds((await run()).facts)).toEqual([
      'rollout',
      'deployment',
      'plan',
      'rollout',
      'analysis',
    ]);
  });

  it('gives two subjects that share an object a statement each', async () => {
    const one = await run();
    const other = await run({ entityRef: 'resource:default/digit-reader' });
    const ids = [...one.facts, ...other.facts].map(f => f.id);
    expect(new Set(ids).size).toBe(8);
  });

  it('searches every cluster, and only the one that the subject names', async () => {
    clusters.eu = exampleStore();
    clusters.eu.inferenceservices![0].metadata.uid =
      '00000000-0000-4000-8000-00000000000e';
    clusters.eu.rollouts = [];
    expect(kinds((await run()).facts)).toEqual([
      'rollout',
      'plan',
      'rollout',
      'analysis',
      'rollout',
    ]);
    const eu = await run({
      annotations: { ...byLabel, 'backstage.io/kubernetes-cluster': 'eu' },
    });
    expect(eu.facts.map(f => f.envelope.segment)).toEqual([
      { environment: 'eu' },
    ]);
  });

  it('finds a name in whichever cluster has it, also when another does not know the kind', async () => {
    clusters.eu = {
      inferenceservices: undefined,
      rollouts: undefined,
      analysisruns: undefined,
    };
    const { facts } = await run({
      annotations: { 'ai-assurance.io/argo-rollout': 'vision/digit-api' },
    });
    expect(kinds(facts)).toEqual(['plan', 'rollout', 'analysis']);
  });

  it('keeps what it found, and then fails for the kind that is not installed', async () => {
    clusters.main.inferenceservices = undefined;
    const facts: AnyCollectedFact[] = [];
    await expect(run({ facts })).rejects.toMatchObject({ code: 'not-found' });
    expect(kinds(facts)).toEqual(['plan', 'rollout', 'analysis']);
    expect(
      kinds((await run({ settings: { resources: ['rollouts'] } })).facts),
    ).toEqual(['plan', 'rollout', 'analysis']);
  });

  it('goes through all pages of a list, and says when there are more than it may bring', async () => {
    const [service] = clusters.main.inferenceservices!;
    clusters.main.rollouts = [];
    clusters.main.inferenceservices = [...Array(250).keys()].map(n => ({
      ...service,
      metadata: { ...service.metadata, name: `digits-${n}`, uid: `uid-${n}` },
    }));
    const all = await run({ settings: { maxObjects: 250 }, maxFacts: 1000 });
    expect(all.facts.length).toBe(250);
    await expect(run({ settings: { maxObjects: 249 } })).rejects.toMatchObject({
      code: 'partial-answer',
      message:
        'more than 249 inferenceservices in cluster main have the label; name the objects instead, or choose a narrower label',
    });
  });

  it('brings the rest in the next runs when there is room for some facts only', async () => {
    let memory: JsonValue | undefined;
    const found: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const result = await run({ memory, maxFacts: 1 });
      memory = result.memory;
      found.push(...kinds(result.facts));
    }
    expect(found).toEqual(['rollout', 'plan', 'rollout', 'analysis']);
    expect((await run({ memory })).facts).toEqual([]);
  });

  it('leaves out analyses of other rollouts', async () => {
    clusters.main.analysisruns![0].metadata.ownerReferences[0].uid = 'another';
    expect(kinds((await run()).facts)).toEqual(['rollout', 'plan', 'rollout']);
  });

  it('lets no message, address, argument or measured value through, neither to facts nor to memory', async () => {
    const text = JSON.stringify(await run());
    for (const word of [
      'jane',
      's3://',
      'svc.cluster',
      'registry/',
      '0.071',
      'deployment-7c9f',
    ])
      expect(text).not.toContain(word);
  });

  it.each<[string, (store: ClusterStore) => void, string]>([
    [
      'a phase that Argo does not document',
      s => {
        s.rollouts![0].status.phase = 'Teleporting';
      },
      'items.0.status.phase',
    ],
    [
      'a transition that KServe does not document',
      s => {
        s.inferenceservices![0].status.modelStatus.transitionStatus = 'Odd';
      },
      'items.0.status.modelStatus.transitionStatus',
    ],
    [
      'a count that is none',
      s => {
        s.analysisruns![0].status.metricResults[0].failed = -1;
      },
      'items.0.status.metricResults.0.failed',
    ],
  ])('refuses %s and says where it stood', async (_, change, at) => {
    change(clusters.main);
    const error = await run().catch(caught => caught);
    expect([error.code, error.message.split('“')[1]?.split('”')[0]]).toEqual([
      'malformed-answer',
      at,
    ]);
  });
});

function asked(path: string): string {
  return `GET /proxy/apis/${path}?labelSelector=backstage.io%2Fkubernetes-id%3Ddigit-api&limit=100`;
}
