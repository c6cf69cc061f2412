import {
  StandIn,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import {
  ClusterStore,
  clusterSystem,
  exampleStore,
  pluginSystem,
} from './__testUtils__/cluster';
import { Portal, startPortal } from './__testUtils__/portal';
import { runCollector } from './__testUtils__/run';

const byLabel = { 'backstage.io/kubernetes-id': 'digit-api' };

describe('through Backstage’s own Kubernetes plugin', () => {
  let store: ClusterStore;
  let apiServer: StandIn;
  let portal: Portal;

  beforeAll(async () => {
    apiServer = await startStandIn(request => clusterSystem(store)(request));
    portal = await startPortal(apiServer.baseUrl);
  }, 60_000);
  beforeEach(() => {
    store = exampleStore();
  });
  afterAll(async () => {
    await portal.close();
    await apiServer.close();
  });

  it('finds by label what a stand-in of the plugin finds', async () => {
    const standIn = await startStandIn(pluginSystem({ main: store }));
    const expected = await runCollector({
      baseUrl: standIn.baseUrl,
      annotations: byLabel,
    });
    await standIn.close();
    const found = await runCollector({
      baseUrl: portal.baseUrl,
      annotations: byLabel,
    });
    expect(found.facts.map(fact => fact.type)).toEqual([
      'io.ai-assurance.rollout-observation.v2',
      'io.ai-assurance.rollout-plan.v1',
      'io.ai-assurance.rollout-observation.v2',
      'io.ai-assurance.rollout-analysis.v1',
    ]);
    expect(
      JSON.parse(
        JSON.stringify(found.facts).replaceAll(
          '/api/kubernetes/proxy/',
          '/proxy/',
        ),
      ),
    ).toEqual(expected.facts);
  });

  it('reaches the cluster with the credential that the plugin holds, and with no other', async () => {
    const before = apiServer.requests.length;
    await runCollector({ baseUrl: portal.baseUrl, annotations: byLabel });
    const requests = apiServer.requests.slice(before);
    expect(
      requests.map(r => [r.method, r.path, r.headers.authorization]),
    ).toEqual([
      [
        'GET',
        '/apis/serving.kserve.io/v1beta1/inferenceservices',
        'Bearer token-of-the-cluster',
      ],
      [
        'GET',
        '/apis/argoproj.io/v1alpha1/rollouts',
        'Bearer token-of-the-cluster',
      ],
      [
        'GET',
        '/apis/argoproj.io/v1alpha1/namespaces/vision/analysisruns',
        'Bearer token-of-the-cluster',
      ],
    ]);
  });

  it('finds by name, and tells an object that is not there from a kind that is not installed', async () => {
    const named = (name: string) =>
      runCollector({
        baseUrl: portal.baseUrl,
        annotations: { 'ai-assurance.io/inference-service': `vision/${name}` },
      });
    expect((await named('digits')).facts.length).toBe(1);
    await expect(named('letters')).rejects.toMatchObject({
      code: 'not-found',
      message: 'InferenceService vision/letters: not in main',
    });
    store.inferenceservices = undefined;
    await expect(named('digits')).rejects.toMatchObject({
      code: 'not-found',
      message:
        'cluster main does not know inferenceservices.serving.kserve.io in version v1beta1: install that custom resource definition, or leave inference-services out of aiAssurance.kubernetes.resources',
    });
  });

  it('says that the plugin does not know a cluster', async () => {
    await expect(
      runCollector({
        baseUrl: portal.baseUrl,
        annotations: { ...byLabel, 'backstage.io/kubernetes-cluster': 'mars' },
      }),
    ).rejects.toMatchObject({
      code: 'misconfigured',
      message:
        'backstage.io/kubernetes-cluster: the Kubernetes plugin knows no cluster mars; it knows main',
    });
  });
});
