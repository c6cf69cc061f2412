import {
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  CollectorError,
  EvidenceCollector,
  evidenceCollectorsExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import aiAssurancePlugin from '..';

const shelf: EvidenceCollector = {
  id: 'shelf',
  title: 'Shelf of models',
  version: '1',
  schedule: { everySeconds: 600, timeoutSeconds: 10 },
  appliesTo: ({ annotations }) =>
    annotations['example.com/shelf'] !== undefined,
  // eslint-disable-next-line require-yield
  async *collect() {
    throw new CollectorError('unauthorized', 'the shelf is locked');
  },
};

/** The portal with modules that bring collectors, and one subject. */
async function start(
  directory: string,
  collectors: EvidenceCollector[],
  config: object = {},
) {
  return startTestBackend({
    features: [
      aiAssurancePlugin,
      createBackendModule({
        pluginId: 'ai-assurance',
        moduleId: 'shelves',
        register(env) {
          env.registerInit({
            deps: { point: evidenceCollectorsExtensionPoint },
            async init({ point }) {
              for (const collector of collectors) point.addCollector(collector);
            },
          });
        },
      }),
      catalogServiceMock.factory({
        entities: [
          {
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Resource',
            metadata: {
              name: 'reader',
              namespace: 'default',
              annotations: { 'example.com/shelf': 'a' },
            },
            spec: { type: 'ai-model' },
          },
        ],
      }),
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => ({ publish: async () => {} }),
      }),
      mockServices.rootConfig.factory({
        data: {
          aiAssurance: {
            ledger: { signingKeyFile: join(directory, 'key.pem') },
            audit: { directory: join(directory, 'packs') },
            ...config,
          },
        },
      }),
    ],
  });
}

describe('collectors in the portal', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-collectors-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are listed with their sources, each with what it is doing', async () => {
    const backend = await start(directory, [shelf], {
      collectors: { shelf: { everySeconds: 900, timeoutSeconds: 5 } },
    });
    const { body } = await request(backend.server)
      .get('/api/ai-assurance/collectors?subject=resource:default/reader')
      .expect(200);
    expect(body).toEqual({
      collectors: [
        {
          collectorId: 'shelf',
          title: 'Shelf of models',
          version: '1',
          isEnabled: true,
          everySeconds: 900,
          timeoutSeconds: 5,
          workingCount: 0,
          failingCount: 0,
          waitingCount: 1,
        },
      ],
      sources: [
        {
          collectorId: 'shelf',
          title: 'Shelf of models',
          subject: 'resource:default/reader',
          state: 'waiting',
        },
      ],
    });
    await backend.stop();
  }, 60_000);

  it.each<[string, EvidenceCollector[], object, string]>([
    [
      'two of one id',
      [shelf, { ...shelf }],
      {},
      'There are two collectors called shelf',
    ],
    [
      'an id that is none',
      [{ ...shelf, id: 'The Shelf' }],
      {},
      'A collector cannot be called “The Shelf”',
    ],
    [
      'a pace that cannot be meant',
      [shelf],
      { collectors: { shelf: { everySeconds: 0 } } },
      'aiAssurance.collectors.shelf.everySeconds: 0 is not a whole number from 10 to 604800',
    ],
    [
      'a run that could outlast its round',
      [shelf],
      { collectors: { shelf: { timeoutSeconds: 600 } } },
      'aiAssurance.collectors.shelf.timeoutSeconds: 600 is not a whole number from 1 to 240',
    ],
  ])(
    'refuse the start with %s',
    async (_, collectors, config, message) => {
      await expect(start(directory, collectors, config)).rejects.toThrow(
        message,
      );
    },
    60_000,
  );
});
