import aiAssurancePlugin from '@ai-assurance/backstage-plugin-ai-assurance-backend';
import hawkbitModule from '@ai-assurance/backstage-plugin-ai-assurance-backend-module-hawkbit';
import kubernetesModule from '@ai-assurance/backstage-plugin-ai-assurance-backend-module-kubernetes';
import menderModule from '@ai-assurance/backstage-plugin-ai-assurance-backend-module-mender';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import request from 'supertest';

// A whole backend starts here, which a busy machine takes its time for.
jest.setTimeout(60_000);

const model = 'resource:default/reader-edge';
const service = 'component:default/reader-api';

const entities = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: 'reader-edge',
      namespace: 'default',
      annotations: {
        'hawkbit.eclipse.org/distribution-set': 'reader',
        'mender.io/artifact-prefix': 'reader-',
      },
    },
    spec: { type: 'edge-model' },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'reader-api',
      namespace: 'default',
      annotations: { 'ai-assurance.io/argo-rollout': 'vision/reader-api' },
    },
    spec: { type: 'ai-service' },
  },
];

const hawkbitRollout = {
  id: 17,
  name: 'reader 2.0.0',
  status: 'finished',
  createdAt: Date.parse('2025-11-01T08:00:00Z'),
  lastModifiedAt: Date.parse('2025-11-02T08:00:00Z'),
  totalTargets: 40,
  totalTargetsPerStatus: { finished: 40, error: 0 },
  totalGroups: 1,
  type: 'forced',
  _links: { distributionset: { name: 'reader:2.0.0' } },
};
const hawkbitGroup = { id: 1, status: 'finished', totalTargets: 40 };
const menderDeployment = {
  id: 'd1',
  name: 'production',
  artifact_name: 'reader-2.0.0',
  status: 'finished',
  created: '2025-11-01T08:00:00Z',
  finished: '2025-11-01T09:00:00Z',
  device_count: 20,
};
const menderStatistics = { success: 20, failure: 0, noartifact: 0, aborted: 0 };
const argoRollout = {
  metadata: {
    name: 'reader-api',
    namespace: 'vision',
    uid: 'u1',
    resourceVersion: '7',
    generation: 1,
    creationTimestamp: '2025-11-01T08:00:00Z',
  },
  spec: { replicas: 2, strategy: { canary: {} } },
  status: {
    phase: 'Healthy',
    observedGeneration: '1',
    currentPodHash: 'abc',
    stableRS: 'abc',
    replicas: 2,
  },
};

/** What hawkBit and Mender answer; every other question is not known. */
function answerOf(question: IncomingMessage): unknown {
  const path = (question.url ?? '').split('?')[0];
  const mender = '/api/management/v1/deployments/deployments';
  const page = (content: object[]) => ({ content, total: content.length });
  if (question.headers.authorization === 'Basic dTpw') {
    if (path === '/rest/v1/rollouts') return page([hawkbitRollout]);
    if (path === '/rest/v1/rollouts/17/deploygroups')
      return page([hawkbitGroup]);
  }
  if (question.headers.authorization === 'Bearer jwt') {
    if (path === mender) return [menderDeployment];
    if (path === `${mender}/d1/statistics`) return menderStatistics;
  }
  return undefined;
}

/** In the place of the Kubernetes plugin, which Jest cannot load: lets only other backend plugins in, as it does. */
const kubernetesPlugin = createBackendPlugin({
  pluginId: 'kubernetes',
  register(env) {
    env.registerInit({
      deps: {
        http: coreServices.httpRouter,
        httpAuth: coreServices.httpAuth,
      },
      async init({ http, httpAuth }) {
        http.use(async (question, answer) => {
          const { principal } = await httpAuth.credentials(question, {
            allow: ['service'],
          });
          const isOurs = principal.subject === 'plugin:ai-assurance';
          const rollouts = '/proxy/apis/argoproj.io/v1alpha1/namespaces/vision';
          if (isOurs && question.path === '/clusters')
            answer.json({ items: [{ name: 'main' }] });
          else if (
            isOurs &&
            question.path === `${rollouts}/rollouts/reader-api`
          )
            answer.json(argoRollout);
          else if (isOurs && question.path === `${rollouts}/analysisruns`)
            answer.json({ metadata: {}, items: [] });
          else answer.status(404).end();
        });
      },
    });
  },
});

describe('collectors of fleets and clusters in the portal', () => {
  const tasks = new Map<string, () => unknown>();
  const scheduler = mockServices.scheduler.mock({
    scheduleTask: async ({ id, fn }) => {
      tasks.set(id, () => fn(new AbortController().signal));
    },
  });
  let systems: Server;
  let server: Parameters<typeof request>[0];

  beforeAll(async () => {
    systems = createServer((question, answer) => {
      const found = answerOf(question);
      answer.statusCode = found === undefined ? 404 : 200;
      answer.end(JSON.stringify(found ?? {}));
    });
    await new Promise<void>(done => systems.listen(0, '127.0.0.1', done));
    const { port } = systems.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}`;
    const started = await startTestBackend({
      features: [
        aiAssurancePlugin,
        hawkbitModule,
        menderModule,
        kubernetesModule,
        kubernetesPlugin,
        scheduler.factory,
        createServiceFactory({
          service: createServiceRef<object>({ id: 'catalog-client' }),
          deps: {},
          factory: () => ({ getEntities: async () => ({ items: entities }) }),
        }),
        createServiceFactory({
          service: createServiceRef<object>({ id: 'signals.service' }),
          deps: {},
          factory: () => ({ publish: async () => {} }),
        }),
        mockServices.rootConfig.factory({
          data: {
            aiAssurance: {
              hawkbit: {
                baseUrl,
                auth: { type: 'basic', username: 'u', password: 'p' },
              },
              mender: {
                baseUrl,
                auth: { type: 'bearer', token: 'jwt' },
                lookbackDays: 3650,
              },
              kubernetes: { environments: { main: 'production' } },
            },
          },
        }),
      ],
    });
    server = started.server;
  });
  afterAll(() => new Promise(done => systems.close(done)));

  const evidenceAbout = async (subject: string, source: string) => {
    const answer = await request(server)
      .get('/api/ai-assurance/evidence')
      .query({ subject, source: `/ai-assurance/collectors/${source}` })
      .set('authorization', mockCredentials.user.header());
    expect([answer.status, answer.body]).toEqual([
      200,
      expect.objectContaining({ items: expect.arrayContaining([]) }),
    ]);
    return answer.body.items.map((item: Record<string, unknown>) => [
      item.type,
      item.status ?? null,
    ]);
  };

  it.each<[string, string, unknown[]]>([
    [
      'hawkbit',
      model,
      [
        ['io.ai-assurance.rollout-observation.v2', 'pass'],
        ['io.ai-assurance.rollout-plan.v1', null],
      ],
    ],
    ['mender', model, [['io.ai-assurance.rollout-observation.v2', 'pass']]],
    [
      'kubernetes',
      service,
      [
        ['io.ai-assurance.rollout-observation.v2', 'pass'],
        ['io.ai-assurance.rollout-plan.v1', null],
      ],
    ],
  ])(
    '%s: what the system says is in the ledger, once however often it is asked',
    async (id, subject, evidence) => {
      await tasks.get(`ai-assurance-collect-${id}`)!();
      expect(await evidenceAbout(subject, id)).toEqual(evidence);
      await tasks.get(`ai-assurance-collect-${id}`)!();
      expect(await evidenceAbout(subject, id)).toEqual(evidence);
    },
  );
});
