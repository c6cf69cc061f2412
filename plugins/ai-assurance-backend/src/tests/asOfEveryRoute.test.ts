import {
  asOfQueryOf,
  Operation,
  OperationName,
  operations,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import request from 'supertest';
import { startPlugin, urlOf } from './__testUtils__/startPlugin';

describe('every operation that reads', () => {
  let plugin: Awaited<ReturnType<typeof startPlugin>>;

  beforeAll(async () => {
    plugin = await startPlugin(
      mockServices.permissions.factory({ result: AuthorizeResult.ALLOW }),
    );
  }, 60_000);

  afterAll(() => plugin.forget());

  const ask = (name: OperationName, asOf: string) => {
    const { method }: Operation = operations[name];
    const call = request(plugin.server)
      [method](urlOf(name))
      .query({ asOf })
      .set('authorization', mockCredentials.user.header());
    return method === 'post' ? call.send({}) : call;
  };
  const reads = (Object.keys(operations) as OperationName[]).filter(
    name => asOfQueryOf(operations[name]) !== undefined,
  );

  it.each(reads)('%s refuses an asOf that is no instant', async name => {
    const { status, body } = await ask(name, 'last tuesday');
    expect([status, body.error.code]).toEqual([400, 'INVALID_INPUT']);
  });

  it.each(reads)('%s refuses the future', async name => {
    const { status, body } = await ask(name, '2999-01-01T00:00:00Z');
    expect([status, body.error.code]).toEqual([400, 'AS_OF_IN_FUTURE']);
  });

  // What was not there then is not found, or was too short to prove anything; the header tells that the question about the
  // past was looked at.
  it.each(reads)('%s answers as of a moment, and says so', async name => {
    const { status, headers, body } = await ask(name, '2020-01-01T00:00:00Z');
    expect([200, 400, 404]).toContain(status);
    expect(headers['ai-assurance-as-of']).toBe('2020-01-01T00:00:00.000Z');
    const { response } = operations[name] as Operation;
    expect(status === 200 && response ? body.asOf.atMs : 'no JSON').toBe(
      status === 200 && response ? Date.UTC(2020, 0, 1) : 'no JSON',
    );
  });
});
