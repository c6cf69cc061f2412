import {
  Operation,
  OperationName,
  operations,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import request from 'supertest';
import { startPlugin, SUBJECT, urlOf } from './__testUtils__/startPlugin';

const openApiUrl = '/api/ai-assurance/openapi.json';
const digest = `sha256:${'a'.repeat(64)}`;

/** A body that fits, so that only the permission stands between caller and effect. */
const bodies: Partial<Record<OperationName, object>> = {
  proposeRelease: {
    modelRef: SUBJECT,
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
    subject: SUBJECT,
    feature: 'output.confidence',
    fromMs: 0,
    toMs: 60_000,
    reason: 'It was normal.',
  },
  checkOpenSlo: { text: 'apiVersion: openslo/v1' },
  addCorrection: {
    subject: SUBJECT,
    fromMs: 0,
    toMs: 60_000,
    cause: 'maintenance',
    reason: 'A new rack.',
  },
  withdrawCorrection: { reason: 'It never took place.' },
  openIncident: {
    subject: SUBJECT,
    category: 'latency',
    severity: 'major',
    reason: 'Answers take twice as long.',
  },
  moveIncident: {
    state: 'resolved',
    reason: 'It answers as before.',
    rowVersion: 1,
  },
  checkRunbook: {
    subject: SUBJECT,
    url: 'https://runbooks.example/reader',
    reason: 'Went through it.',
  },
  orderRollback: {
    fromVersion: '2',
    toVersion: '1',
    reason: 'It is slow.',
    requestId: 'req_1',
  },
  redactEvidence: { reasonCode: 'personal-data', reason: 'A name in it.' },
  createPack: { subject: SUBJECT, periodStartMs: 0, periodEndMs: 60_000 },
  pushEvidence: [
    {
      specversion: '1.0',
      id: 'a',
      source: '/pipeline',
      type: 'io.ai-assurance.artifact.v1',
      subject: SUBJECT,
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
  searchEvidence: { text: 'onnx' },
  pushProfile: {
    subject: SUBJECT,
    windowStart: '2026-11-22T10:00:00.000Z',
    windowEnd: '2026-11-22T10:15:00.000Z',
    features: [
      { feature: 'input.brightness', boundaries: [0.5], bins: [1, 2] },
    ],
  },
  pushMetrics: { resourceMetrics: [] },
  pushLogs: { resourceLogs: [] },
};

describe('every route of the plugin', () => {
  const permissions = mockServices.permissions.mock();
  let server: Parameters<typeof request>[0];
  let forget: () => void;

  beforeAll(async () => {
    ({ server, forget } = await startPlugin(permissions.factory));
  }, 60_000);

  afterAll(() => forget());

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
      [operation.method](urlOf(name))
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
      .get(openApiUrl)
      .set('authorization', mockCredentials.user.header());
    expect(document.status).toBe(200);
    expect(document.body.info.title).toBe('AI Assurance');
    const stranger = await request(server)
      .get(openApiUrl)
      .set('authorization', mockCredentials.none.header());
    expect(stranger.status).toBe(401);
  });
});
