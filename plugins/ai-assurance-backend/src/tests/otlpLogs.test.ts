import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import request from 'supertest';
import { startPlugin, SUBJECT } from './__testUtils__/startPlugin';

jest.setTimeout(60_000);

const path = '/api/ai-assurance/otlp/v1/logs';
const event = (attributes: object, eventName = 'gen_ai.evaluation.result') => ({
  timeUnixNano: '1700000000000000000',
  eventName,
  body: { stringValue: 'what the model said' },
  attributes: Object.entries(attributes).map(([key, value]) => ({
    key,
    value: { stringValue: value },
  })),
});
const passed = event({
  'gen_ai.evaluation.name': 'Relevance',
  'gen_ai.evaluation.score.label': 'pass',
  'gen_ai.evaluation.explanation': 'because of what the user asked',
});
const logs = (records: object[], subject = SUBJECT) => ({
  resourceLogs: [
    {
      resource: {
        attributes: [
          { key: 'ai_assurance.subject', value: { stringValue: subject } },
        ],
      },
      scopeLogs: [{ scope: { name: 'judge' }, logRecords: records }],
    },
  ],
});
const allowing = (result: AuthorizeResult.ALLOW | AuthorizeResult.DENY) =>
  mockServices.permissions.mock({
    authorize: async asked => asked.map(() => ({ result })),
    authorizeConditional: async asked => asked.map(() => ({ result })),
  }).factory;

describe('POST /otlp/v1/logs', () => {
  it('makes evidence of evaluation events, once however often they come, and keeps no words', async () => {
    const { server, forget } = await startPlugin(
      allowing(AuthorizeResult.ALLOW),
    );
    const send = async (body: object) =>
      (await request(server).post(path).send(body).expect(200)).body;
    expect(await send(logs([passed, passed]))).toEqual({});
    expect(await send(logs([passed, passed]))).toEqual({});
    expect(await send(logs([passed, event({}, 'gen_ai.choice')]))).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage:
          '1 of 2 log records refused. 1 × no-evaluation: of log records only the event gen_ai.evaluation.result is read (first: "gen_ai.choice")',
      },
    });
    const found = [];
    for (const position of [0, 1, 2]) {
      const { status, body } = await request(server).get(
        `/api/ai-assurance/evidence/${position}`,
      );
      expect(JSON.stringify(body)).not.toMatch(/user asked|model said/);
      found.push([status, body.item?.type, body.item?.data.payload.totalCount]);
    }
    expect(found).toEqual([
      [200, 'io.ai-assurance.evaluation.v2', 2],
      [200, 'io.ai-assurance.evaluation.v2', 1],
      [404, undefined, undefined],
    ]);
    forget();
  });

  it('refuses records of a subject that the token does not reach', async () => {
    const { server, forget } = await startPlugin(
      allowing(AuthorizeResult.ALLOW),
    );
    const answer = await request(server)
      .post(path)
      .set('authorization', mockCredentials.service.header())
      .send(logs([passed]))
      .expect(403);
    expect(answer.body.code).toBe(7);
    forget();
  });

  it('answers 403 to whoever may push nothing', async () => {
    const { server, forget } = await startPlugin(
      allowing(AuthorizeResult.DENY),
    );
    const answer = await request(server)
      .post(path)
      .send(logs([passed]))
      .expect(403);
    expect(answer.body.message).toBe(
      'You need the permission ai-assurance.evidence.push on the subject of the evaluations: usually its owner holds it. A machine is listed with its subjects in aiAssurance.machines.',
    );
    forget();
  });
});
