import {
  Operation,
  OperationName,
  operations,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import aiAssurancePlugin from '..';

/** What a read needs beside `asOf` to be understood. */
const queries: Partial<Record<OperationName, Record<string, string>>> = {
  listReferences: { subject: 'resource:default/reader' },
  getConsistency: { from: '1' },
};

const pathOf = ({ path }: Operation) =>
  `/api/ai-assurance${path
    .replace(':kind/:namespace/:name', 'resource/default/reader')
    .replace(/:[A-Za-z]+/, '1')}`;

describe('every operation that reads', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-as-of-routes-'));
  let server: Parameters<typeof request>[0];

  beforeAll(async () => {
    const started = await startTestBackend({
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
        mockServices.permissions.factory({ result: AuthorizeResult.ALLOW }),
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
    server = started.server;
  }, 60_000);

  afterAll(() => rmSync(directory, { recursive: true }));

  const get = (name: OperationName, asOf: string) =>
    request(server)
      .get(pathOf(operations[name]))
      .query({ ...queries[name], asOf })
      .set('authorization', mockCredentials.user.header());
  const reads = (Object.keys(operations) as OperationName[]).filter(
    name => operations[name].method === 'get',
  );

  it.each(reads)('%s refuses an asOf that is no instant', async name => {
    const { status, body } = await get(name, 'last tuesday');
    expect([status, body.error.code]).toEqual([400, 'INVALID_INPUT']);
  });

  it.each(reads)('%s refuses the future', async name => {
    const { status, body } = await get(name, '2999-01-01T00:00:00Z');
    expect([status, body.error.code]).toEqual([400, 'AS_OF_IN_FUTURE']);
  });

  // What was not there then is not found, or was too short to prove anything; the header tells that the question about the
  // past was looked at.
  it.each(reads)('%s answers as of a moment, and says so', async name => {
    const { status, headers, body } = await get(name, '2020-01-01T00:00:00Z');
    expect([200, 400, 404]).toContain(status);
    expect(headers['ai-assurance-as-of']).toBe('2020-01-01T00:00:00.000Z');
    const { response } = operations[name] as Operation;
    expect(status === 200 && response ? body.asOf.atMs : 'no JSON').toBe(
      status === 200 && response ? Date.UTC(2020, 0, 1) : 'no JSON',
    );
  });
});
