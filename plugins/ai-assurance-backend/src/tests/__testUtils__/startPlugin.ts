import {
  Operation,
  operations,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  BackendFeature,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import aiAssurancePlugin from '../..';

/** The one subject in the catalog of {@link startPlugin}. */
export const SUBJECT = 'resource:default/reader';

/** What a read needs in its query to be understood. */
const queries: Partial<Record<keyof typeof operations, string>> = {
  listReferences: `subject=${SUBJECT}`,
  listIncidents: `subject=${SUBJECT}`,
  getConsistency: 'from=1',
  importReport: `subject=${SUBJECT}`,
};

/** Where an operation is, about the one subject and with what its query needs. */
export function urlOf(name: keyof typeof operations): string {
  const { path }: Operation = operations[name];
  const filled = path
    .replace(':kind/:namespace/:name', 'resource/default/reader')
    .replace(/:[A-Za-z]+/, '1');
  const query = queries[name];
  return `/api/ai-assurance${filled}${query ? `?${query}` : ''}`;
}

/** The whole plugin in front of a catalog with one model. */
export async function startPlugin(permissions: BackendFeature) {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-plugin-'));
  const { server } = await startTestBackend({
    features: [
      aiAssurancePlugin,
      catalogServiceMock.factory({
        entities: [
          {
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Resource',
            metadata: { name: 'reader', namespace: 'default' },
            spec: { type: 'ai-model' },
          },
        ],
      }),
      permissions,
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
          },
        },
      }),
    ],
  });
  return { server, forget: () => rmSync(directory, { recursive: true }) };
}
