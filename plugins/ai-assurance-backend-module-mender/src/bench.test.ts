import { createJsonClient } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { benchCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import {
  exampleStore,
  menderSystem,
  MenderStore,
} from './__testUtils__/mender';
import { createMenderClient } from './client';
import { createMenderCollector } from './collector';

/** The bench changes ids too, and a deployment of another id has statistics as well. */
function storeWithSpareStatistics(): MenderStore {
  const store = exampleStore();
  for (const [id, statistics] of Object.entries(store.statistics))
    store.statistics[`${id}x`] = statistics;
  return store;
}

benchCollector('the Mender collector', {
  create: ({ baseUrl, credential }) =>
    createMenderCollector(
      createMenderClient(
        createJsonClient({
          name: 'Mender',
          baseUrl,
          headers: { authorization: `Bearer ${credential}` },
          timeoutMs: 20_000,
          maxBytes: 1024 * 1024,
        }),
        'v1',
      ),
      { lookbackDays: 90, maxDeployments: 1000, minimumGroupSize: 5 },
    ),
  system: menderSystem(storeWithSpareStatistics()),
  subject: {
    entityRef: 'resource:default/digit-reader-edge',
    kind: 'edge-model',
    annotations: { 'mender.io/artifact-prefix': 'digit-reader-' },
    spec: { type: 'edge-model' },
  },
  otherSubject: {
    entityRef: 'resource:default/digit-reader',
    kind: 'ai-model',
    annotations: {},
    spec: { type: 'ai-model' },
  },
  nowMs: Date.parse('2026-11-22T13:00:30Z'),
  otherValues: {
    inprogress: 'finished',
    finished: 'inprogress',
    '30b3e62c-9ec2-4312-a7fa-cff24cc7397c':
      '30b3e62c-9ec2-4312-a7fa-cff24cc7397cx',
    '8a2c9d10-4f1d-4a0c-9a6e-1d2f3b4c5d6e':
      '8a2c9d10-4f1d-4a0c-9a6e-1d2f3b4c5d6ex',
  },
  constants: [
    '/unit',
    '/versions/*/role',
    // Mender counts in members with these very names; the tests of the mapping tell what each means.
    '/counts/*/means',
    '/counts/*/sourceState',
    // Whether numbers are too small to be shown: not the change of one value.
    '/isSuppressed',
  ],
  endless: request => {
    const page = Number(request.query.get('page'));
    if (!Number.isInteger(page) || page === 0)
      return { json: Object.values(exampleStore().statistics)[0] };
    return {
      json: [...Array(100).keys()].map(n => ({
        ...exampleStore().deployments[0],
        id: `d-${page}-${n}`,
      })),
    };
  },
});
