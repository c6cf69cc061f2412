import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { fixedClock } from '@ai-assurance/test-kit';
import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import { Binder, createBinder } from './http';

const nowMs = Date.parse('2026-11-22T13:00:00.000Z');

function serve(bind: (binder: Binder) => void) {
  const router = Router();
  bind(
    createBinder(
      router,
      mockServices.httpAuth({ pluginId: 'ai-assurance' }),
      fixedClock(nowMs),
    ),
  );
  const app = express().use(router).use(mockErrorHandler());
  return (path: string) =>
    request(app).get(path).set('authorization', mockCredentials.user.header());
}

describe('an answer', () => {
  it('says what it is and how many bytes it has, also where letters take several', async () => {
    const get = serve(binder =>
      binder.json('listPacks', async () => ({ packs: ['Tomás'] } as any)),
    );
    const { status, headers, text } = await get('/audit/packs');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-length']).toBe('20');
    expect(text).toBe('{"packs":["Tomás"]}');
  });
});

describe('a question about the past', () => {
  it('reaches the handler, and the answer says which moment it is about and what it cannot know', async () => {
    const seen: (number | undefined)[] = [];
    const get = serve(binder =>
      binder.json('listPacks', async ({ asOf }) => {
        seen.push(asOf?.atMs);
        asOf?.limit('catalog-of-today');
        return { packs: [] };
      }),
    );
    const then = await get('/audit/packs?asOf=2026-11-12T14:00:00Z');
    expect(then.status).toBe(200);
    expect(then.headers['ai-assurance-as-of']).toBe('2026-11-12T14:00:00.000Z');
    expect(then.body.packs).toEqual([]);
    expect(then.body.asOf.atMs).toBe(Date.parse('2026-11-12T14:00:00Z'));
    expect(
      then.body.asOf.limits.map(({ code }: { code: string }) => code),
    ).toEqual(['catalog-of-today']);

    const now = await get('/audit/packs');
    expect(now.body).toEqual({ packs: [] });
    expect(now.headers['ai-assurance-as-of']).toBe(undefined);
    expect(seen).toEqual([Date.parse('2026-11-12T14:00:00Z'), undefined]);
  });

  it('is not answered about now: JSON of a handler that never looked is not sent', async () => {
    const get = serve(binder =>
      binder.json('listPacks', async () => ({ packs: [] })),
    );
    expect((await get('/audit/packs')).status).toBe(200);
    const then = await get('/audit/packs?asOf=2026-11-12T14:00:00Z');
    expect(then.status).toBe(500);
    expect(then.body.packs).toBe(undefined);
  });

  it('that is no instant, or about the future, never reaches the handler', async () => {
    let calls = 0;
    const get = serve(binder =>
      binder.json('listPacks', async ({ asOf }) => {
        calls += asOf ? 1 : 0;
        return { packs: [] };
      }),
    );
    const nonsense = await get('/audit/packs?asOf=yesterday');
    expect([nonsense.status, nonsense.body.error.code]).toEqual([
      400,
      'INVALID_INPUT',
    ]);
    const future = await get('/audit/packs?asOf=2026-11-22T13:00:00.001Z');
    expect([future.status, future.body.error.code]).toEqual([
      400,
      'AS_OF_IN_FUTURE',
    ]);
    expect(calls).toBe(0);
  });
});
