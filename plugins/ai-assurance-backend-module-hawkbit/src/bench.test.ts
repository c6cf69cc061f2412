import { createJsonClient } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { benchCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { exampleStore, hawkbitSystem } from './__testUtils__/hawkbit';
import { createHawkbitClient } from './client';
import { createHawkbitCollector } from './collector';

const endlessRollout = (id: number) => ({
  ...exampleStore().rollouts[0],
  id,
});

/** The bench changes ids too, and a rollout of another id has groups as well. */
function storeWithSpareGroups() {
  const store = exampleStore();
  const { 17: seventeen, 9: nine } = store.groups;
  return { ...store, groups: { ...store.groups, 18: seventeen, 10: nine } };
}

benchCollector('the hawkBit collector', {
  create: ({ baseUrl, credential }) =>
    createHawkbitCollector(
      createHawkbitClient(
        createJsonClient({
          name: 'hawkBit',
          baseUrl,
          headers: { authorization: `Bearer ${credential}` },
          timeoutMs: 20_000,
          maxBytes: 1024 * 1024,
        }),
      ),
      { maxRollouts: 50, minimumGroupSize: 5 },
    ),
  system: hawkbitSystem(storeWithSpareGroups()),
  subject: {
    entityRef: 'resource:default/digit-reader-edge',
    kind: 'edge-model',
    annotations: { 'hawkbit.eclipse.org/distribution-set': 'digit-reader' },
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
    running: 'finished',
    finished: 'running',
    scheduled: 'error',
    forced: 'downloadonly',
    soft: 'downloadonly',
    NEXTGROUP: 'PAUSE',
    PAUSE: 'NEXTGROUP',
    'digit-reader:2.0.0': 'digit-reader:2.0.1',
    'digit-reader:1.0.0': 'digit-reader:1.0.1',
  },
  constants: [
    '/unit',
    '/versions/*/role',
    // hawkBit counts in members with these very names; the tests of the mapping tell what each means.
    '/counts/*/means',
    '/counts/*/sourceState',
    '/stages/*/counts/*/means',
    '/stages/*/counts/*/sourceState',
    // Whether numbers are too small to be shown, and how many groups there are: not the change of one value.
    '/isSuppressed',
    '/stages/*/isSuppressed',
    '/strategy',
    '/stages/*/guardrails/*/metric',
    '/stages/*/guardrails/*/unit',
    '/stages/*/guardrails/*/comparison',
  ],
  endless: request => {
    const offset = Number(request.query.get('offset'));
    const limit = Number(request.query.get('limit'));
    const isGroups = request.path.endsWith('deploygroups');
    const content = [...Array(limit).keys()].map(n =>
      isGroups
        ? { ...exampleStore().groups[17][0], id: offset + n }
        : endlessRollout(1_000_000 - offset - n),
    );
    return { json: { content, total: 1_000_000, size: limit } };
  },
});
