import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  leafHash,
  utf8,
  verifyCheckpoint,
  verifyTlogProof,
} from '@ai-assurance/evidence';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { createAccess, createBinder } from '../platform';
import {
  artifactDrafts,
  model,
  openTestLedger,
} from './__testUtils__/openTestLedger';

const stranger = mockCredentials.user('user:default/sam');
const owner = mockCredentials.user('user:default/mira');

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the routes of the ledger', () => {
  const databases = createTestDatabases();

  /** Mira reads. Machines may do all. Sam may do nothing. */
  async function start() {
    const opened = await openTestLedger(await databases.init('SQLITE_3'));
    const permissions = mockServices.permissions.mock({
      authorize: async (queries, options) =>
        queries.map(query => {
          const principal = (options as any).credentials.principal;
          const isModel =
            !('resourceRef' in query) || query.resourceRef === model;
          const allowed =
            principal.type === 'service' ||
            (principal.userEntityRef === 'user:default/mira' && isModel);
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
    return { ...opened, app };
  }

  it.each(['/evidence', '/evidence/0', '/ledger/head'])(
    'tell nothing to strangers: %s',
    async path => {
      const { app } = await start();
      expect(
        (
          await request(app)
            .get(path)
            .set('authorization', mockCredentials.none.header())
        ).status,
      ).toBe(401);
      expect(
        (
          await request(app)
            .get(path)
            .set(
              'authorization',
              mockCredentials.user.header(stranger.principal.userEntityRef),
            )
        ).status,
      ).toBe(403);
    },
  );

  it('list page by page without repeating or leaving out', async () => {
    const { app, db, room } = await start();
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 5)));
    const get = (query: string) =>
      request(app)
        .get(`/evidence?${query}`)
        .set(
          'authorization',
          mockCredentials.user.header(owner.principal.userEntityRef),
        );
    const first = await get('limit=2');
    expect(first.body.items.map((item: any) => item.evidenceId)).toEqual([
      '4',
      '3',
    ]);
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(5, 6)));
    const second = await get(`limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.items.map((item: any) => item.evidenceId)).toEqual([
      '2',
      '1',
    ]);
    const third = await get(`limit=2&cursor=${second.body.nextCursor}`);
    expect(third.body).toEqual({
      items: [
        {
          evidenceId: '0',
          position: 0,
          source: '/tests/pipeline',
          id: 'artifact-0',
          type: 'io.ai-assurance.artifact.v1',
          subject: model,
          timeMs: 1795352340000,
          recordedAtMs: 1795352400000,
        },
      ],
    });
    const wrong = await get('cursor=abc');
    expect([wrong.status, wrong.body.error.message]).toEqual([
      400,
      'query.cursor: not a cursor of this list. Send back nextCursor as it came, or leave it out.',
    ]);
    expect((await get('limit=0')).status).toBe(400);
    expect((await get('subject=nonsense')).status).toBe(400);
  });

  it('give one item with a proof that anyone can check, and the head as text', async () => {
    const { app, db, room } = await start();
    const get = (path: string) =>
      request(app)
        .get(path)
        .set('authorization', mockCredentials.user.header('user:default/mira'));
    expect((await get('/ledger/head')).status).toBe(404);
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 5)));
    const { body } = await get('/evidence/3');
    const { checkpoint, index } = verifyTlogProof({
      proof: body.proof,
      leafHash: leafHash(utf8(body.leaf)),
      verifierKey: body.verifierKey,
    });
    expect([checkpoint.size, index, body.item.id]).toEqual([
      5,
      3,
      'artifact-3',
    ]);

    const head = await get('/ledger/head');
    expect(head.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(verifyCheckpoint(head.text, room.verifierKey)).toEqual(checkpoint);

    const missing = await get('/evidence/5');
    expect([missing.status, missing.body.error.message]).toEqual([
      404,
      'There is no evidence with the id 5. Ids are ledger positions, such as 17.',
    ]);
    expect((await get('/evidence/3.0')).status).toBe(404);
  });
});
