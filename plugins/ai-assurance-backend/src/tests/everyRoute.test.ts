import {
  operations,
  OperationName,
  Operation,
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

const base = '/api/ai-assurance';
const digest = `sha256:${'a'.repeat(64)}`;
const ref = 'resource:default/reader';

/** A body that fits, so that only the permission stands between caller and effect. */
const bodies: Partial<Record<OperationName, object>> = {
  proposeRelease: {
    modelRef: ref,
    version: '1',
    digest,
    cohorts: [],
    reason: 'Because it is better.',
  },
  voteOnRelease: {
    vote: 'approve',
    reason: 'It is better.',
    digest,
    rowVersion: 1,
  },
  withdrawRelease: { rowVersion: 1 },
  approveReference: {
    subject: ref,
    feature: 'output.confidence',
    fromMs: 0,
    toMs: 60_000,
    reason: 'It was normal.',
  },
  redactEvidence: { reasonCode: 'personal-data', reason: 'A name in it.' },
  createPack: { subject: ref, periodStartMs: 0, periodEndMs: 60_000 },
  pushEvidence: [
    {
      specversion: '1.0',
      id: 'a',
      source: '/pipeline',
      type: 'io.ai-assurance.artifact.v1',
      subject: ref,
      time: '2026-11-22T10:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        envelope: {
          sourceSystem: 'pipeline',
          collector: { id: 'pipeline', version: '1' },
          collectedAt: '2026-11-22T10:00:00.000Z',
        },
        payload: { version: '1', digest, sizeBytes: 1, format: 'onnx' },
      },
    },
  ],
  replayAllQuarantined: { code: 'UNKNOWN_SUBJECT' },
  replayQuarantined: { rowVersion: 1 },
  discardQuarantined: { reason: 'It was a mistake.', rowVersion: 1 },
  pushMetrics: { resourceMetrics: [] },
};

const pathOf = (operation: Operation) =>
  operation.path
    .replace(':kind/:namespace/:name', 'resource/default/reader')
    .replace(/:[A-Za-z]+/, '1') +
  (operation.path === '/references' && operation.method === 'get'
    ? `?subject=${ref}`
    : '') +
  (operation.path === '/ledger/consistency' ? '?from=1' : '');

describe('every route of the plugin', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-routes-'));
  const permissions = mockServices.permissions.mock();
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
        permissions.factory,
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

  beforeEach(() => {
    permissions.authorize.mockReset();
    permissions.authorize.mockImplementation(async queries =>
      queries.map(() => ({ result: AuthorizeResult.DENY })),
    );
    permissions.authorizeConditional.mockReset();
    permissions.authorizeConditional.mockImplementation(async queries =>
      queries.map(() => ({ result: AuthorizeResult.DENY })),
    );
  });

  const send = (name: OperationName, authorization: string) => {
    const operation: Operation = operations[name];
    const call = request(server)
      [operation.method](base + pathOf(operation))
      .set('authorization', authorization);
    return operation.method === 'post' ? call.send(bodies[name]) : call;
  };

  const names = Object.keys(operations) as OperationName[];

  it.each(names)('%s answers nobody', async name => {
    const answer = await send(name, mockCredentials.none.header());
    expect(answer.status).toBe(401);
  });

  it.each(names)(
    '%s is refused without its permission, and names it',
    async name => {
      const answer = await send(name, mockCredentials.user.header());
      expect(answer.status).toBe(403);
      const asked = [
        ...permissions.authorize.mock.calls,
        ...permissions.authorizeConditional.mock.calls,
      ].flatMap(([queries]) => queries.map(query => query.permission.name));
      expect(operations[name].permissions).toEqual(
        expect.arrayContaining(asked),
      );
      expect(JSON.stringify(answer.body)).toContain(
        operations[name].permissions[0],
      );
    },
  );

  it('serves the OpenAPI document to those who are signed in', async () => {
    const document = await request(server)
      .get(`${base}/openapi.json`)
      .set('authorization', mockCredentials.user.header());
    expect(document.status).toBe(200);
    expect(document.body.info.title).toBe('AI Assurance');
    const stranger = await request(server)
      .get(`${base}/openapi.json`)
      .set('authorization', mockCredentials.none.header());
    expect(stranger.status).toBe(401);
  });
});
