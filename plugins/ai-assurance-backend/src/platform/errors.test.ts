import { InputError } from '@backstage/errors';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { fixedClock } from '@ai-assurance/test-kit';
import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import { gzipSync } from 'node:zlib';
import { closeRoutes, tooLarge } from './errors';
import { createBinder } from './http';
import { withCode } from './withCode';

function serve(fail?: Error) {
  const logger = mockServices.logger.mock();
  const router = Router();
  createBinder(
    router,
    mockServices.httpAuth({ pluginId: 'ai-assurance' }),
    fixedClock(0),
  ).json('checkOpenSlo', async () => {
    throw fail ?? new Error('reached');
  });
  closeRoutes(router, logger);
  const app = express().use(router).use(mockErrorHandler());
  const post = async (
    body: string | Buffer,
    headers: Record<string, string> = {},
    path = '/objectives/check',
  ) => {
    const call = request(app)
      .post(path)
      .set('authorization', mockCredentials.user.header())
      .set('content-type', 'application/json');
    Object.entries(headers).forEach(([name, value]) => call.set(name, value));
    // Bytes as they are.
    const answer = await call.serialize(sent => sent).send(body);
    const { code, message } = answer.body.error;
    return { status: answer.status, code, message };
  };
  return { post, logger, app };
}

const good = JSON.stringify({ text: 'apiVersion: openslo/v1' });

describe('every error answer', () => {
  it('says what is wrong with a body that cannot be read, and quotes nothing of it', async () => {
    const { post } = serve();
    const broken = await post('{"text": "my secret');
    expect(broken).toEqual({
      status: 400,
      code: 'MALFORMED_JSON',
      message:
        'body: is not the JSON object that this asks for. Check its brackets, commas and quotes, for example with a JSON linter.',
    });
    expect(await post('"a text"')).toEqual(broken);
    const large = await post(JSON.stringify({ text: 'a'.repeat(5_000_000) }));
    expect(large).toEqual({
      status: 413,
      code: 'BODY_TOO_LARGE',
      message:
        'The body is larger than 4194304 bytes, unpacked. Send less at once.',
    });
    const bomb = gzipSync(JSON.stringify({ text: ' '.repeat(50_000_000) }));
    expect(await post(bomb, { 'content-encoding': 'gzip' })).toEqual(large);
    const codes = await Promise.all([
      post(good, { 'content-encoding': 'compress' }),
      post(good, { 'content-type': 'application/json; charset=koi8-r' }),
      post(Buffer.from('no gzip'), { 'content-encoding': 'gzip' }),
    ]);
    expect(codes.map(({ status, code }) => [status, code])).toEqual([
      [400, 'UNSUPPORTED_ENCODING'],
      [400, 'UNSUPPORTED_ENCODING'],
      [400, 'BAD_BODY'],
    ]);
  });

  it('says that an address is none of ours, and that one is badly written', async () => {
    const { post } = serve();
    expect(await post(good, {}, '/nonsense')).toEqual({
      status: 404,
      code: 'UNKNOWN_ROUTE',
      message:
        'There is no POST /nonsense in AI Assurance. GET /openapi.json lists what there is.',
    });
    const { post: postBad } = serve();
    expect((await postBad(good, {}, '/objectives/%E0%A4%A')).code).toBe(
      'UNKNOWN_ROUTE',
    );
  });

  it.each([
    [withCode(new InputError('no'), 'STALE_VERSION'), 400, 'STALE_VERSION'],
    [new InputError('no'), 400, 'INVALID_INPUT'],
    [tooLarge('no'), 413, 'BODY_TOO_LARGE'],
    [
      Object.assign(new Error('no'), { code: 'SQLITE_CONSTRAINT' }),
      500,
      'INTERNAL',
    ],
    [
      Object.assign(new Error('no'), { code: 'SQLITE_BUSY' }),
      503,
      'STORE_UNAVAILABLE',
    ],
    [
      Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      503,
      'STORE_UNAVAILABLE',
    ],
    [new TypeError('x is undefined'), 500, 'INTERNAL'],
  ])('carries a code of ours: %s', async (error, status, code) => {
    const { post } = serve(error);
    const answer = await post(good);
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  it('tells nobody but the log what went wrong inside', async () => {
    const { post, logger } = serve(
      new Error("insert into `x` values ('a secret') - constraint"),
    );
    expect((await post(good)).message).toBe(
      'POST /objectives/check failed inside the server. Try again; if it fails again, tell whoever runs the server when it did: its log says why.',
    );
    expect(
      logger.error.mock.calls.map(([message, error]) => [
        message,
        (error as unknown as Error).message,
      ]),
    ).toEqual([
      [
        'POST /objectives/check failed',
        "insert into `x` values ('a secret') - constraint",
      ],
    ]);
  });
});
