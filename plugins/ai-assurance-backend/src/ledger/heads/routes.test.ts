import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { createAccess, createBinder } from '../../platform';
import {
  artifactDrafts,
  openTestLedger,
} from '../__testUtils__/openTestLedger';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const ada = mockCredentials.user.header('user:default/ada');
const mira = mockCredentials.user.header('user:default/mira');
const machine = mockCredentials.service.header();

describe('what strangers ask of the ledger', () => {
  const databases = createTestDatabases();

  /** Ada may do all, machines too, Mira reads. */
  async function start() {
    const opened = await openTestLedger(await databases.init('SQLITE_3'));
    const permissions = mockServices.permissions.mock({
      authorize: async (queries, options) =>
        queries.map(({ permission }) => {
          const { principal } = (options as any).credentials;
          const allowed =
            principal.userEntityRef !== 'user:default/mira' ||
            permission.name === 'ai-assurance.assurance.read';
          return {
            result: allowed ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
          };
        }),
    });
    const router = Router();
    opened.room.registerRoutes(
      createBinder(
        router,
        mockServices.httpAuth({ pluginId: 'ai-assurance' }),
        opened.clock,
      ),
      createAccess(permissions),
    );
    const app = express().use(router).use(mockErrorHandler());
    const get = (path: string, as = mira) =>
      request(app).get(path).set('authorization', as);
    const post = (path: string, body: object, as = ada) =>
      request(app).post(path).set('authorization', as).send(body);
    await opened.db.transaction(tx =>
      opened.room.ledger.append(tx, artifactDrafts(0, 5)),
    );
    return { ...opened, get, post };
  }

  it('answers a proof between two sizes, and 400 on nonsense', async () => {
    const { get } = await start();
    const { body } = await get('/ledger/consistency?from=3');
    expect([body.from.size, body.to.size, body.hashes.length]).toEqual([
      3, 5, 4,
    ]);
    for (const query of [
      '',
      '?from=0',
      '?from=-1',
      '?from=1.5',
      '?from=x',
      '?from=6',
      '?from=3&to=2',
      '?from=1&to=99999999999999999999',
    ]) {
      const answer = await get(`/ledger/consistency${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
    }
  });

  it('hands out heads, keys and proofs as they are', async () => {
    const { get, room } = await start();
    const head = (await room.answers.head())!;
    expect((await get('/ledger/heads/5')).text).toBe(head.checkpoint);
    expect((await get('/ledger/heads/4')).status).toBe(404);
    const proof = await get('/evidence/2/proof');
    expect(proof.headers['content-disposition']).toBe(
      'attachment; filename="evidence-2.tlog-proof"',
    );
    expect(proof.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(proof.text).toBe((await room.detail('2')).proof);
    expect((await get('/evidence/5/proof')).status).toBe(404);
    const { body } = await get('/ledger/keys');
    expect(body.keys[0].verifierKey).toBe(room.verifierKey);
    // No private key ever leaves: the answer has public members alone.
    expect(Object.keys(body.keys[0]).sort()).toEqual([
      'addedAtMs',
      'fingerprint',
      'fromSize',
      'keyId',
      'verifierKey',
    ]);
  });

  it('checks the ledger for those who may, and tells it in the status', async () => {
    const { get, post } = await start();
    expect((await post('/ledger/check', {}, mira)).status).toBe(403);
    const check = await post('/ledger/check', {});
    expect([check.status, check.body.ok, check.body.itemCount]).toEqual([
      200,
      true,
      5,
    ]);
    expect((await get('/ledger/status')).body.check).toEqual(check.body);
  });

  it('redacts for those who may, and shows who did', async () => {
    const { get, post } = await start();
    const body = { reasonCode: 'personal-data', reason: 'A name in it.' };
    const refused = await post('/evidence/2/redaction', body, mira);
    expect(refused.status).toBe(403);
    expect(refused.body.error.message).toContain(
      'ai-assurance.evidence.redact',
    );
    const byMachine = await post('/evidence/2/redaction', body, machine);
    expect([byMachine.status, byMachine.body.error.code]).toEqual([
      403,
      'PERSON_NEEDED',
    ]);
    for (const wrong of [
      {},
      { ...body, reason: 'x' },
      { ...body, reasonCode: 'no code' },
      { ...body, extra: 1 },
    ])
      expect((await post('/evidence/2/redaction', wrong)).status).toBe(400);
    expect((await post('/evidence/9/redaction', body)).status).toBe(404);
    const done = await post('/evidence/2/redaction', body);
    expect(done.status).toBe(200);
    const detail = (await get('/evidence/2')).body;
    expect(detail.redaction).toEqual(done.body);
    expect([detail.redacted, detail.salt, detail.item.data.payload]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    expect((await post('/evidence/5/redaction', body)).status).toBe(409);
    expect((await get('/ledger/status')).body.redactedCount).toBe(1);
  });
});
