import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { createAccess, createBinder } from '../../platform';
import {
  artifactDrafts,
  openTestLedger,
} from '../__testUtils__/openTestLedger';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('asking for the list of evidence', () => {
  const databases = createTestDatabases();

  async function start() {
    const opened = await openTestLedger(await databases.init('SQLITE_3'));
    const router = Router();
    opened.room.registerRoutes(
      createBinder(
        router,
        mockServices.httpAuth({ pluginId: 'ai-assurance' }),
        opened.clock,
      ),
      createAccess(mockServices.permissions()),
    );
    await opened.db.transaction(tx =>
      opened.room.ledger.append(tx, artifactDrafts(0, 30)),
    );
    await opened.room.search.index();
    const app = express().use(router).use(mockErrorHandler());
    const authorization = mockCredentials.user.header();
    return {
      list: (query: object) =>
        request(app).get('/evidence').query(query).set({ authorization }),
      search: (body: object, query: object = {}) =>
        request(app)
          .post('/evidence/search')
          .query(query)
          .set({ authorization })
          .send(body),
    };
  }

  it('is answered alike in the address and in the body', async () => {
    const { list, search } = await start();
    for (const asked of [
      {},
      { text: 'artifact-7' },
      { text: 'artifact', limit: 5 },
      { text: 'artifact', limit: '5', cursor: '20', fromMs: '0' },
    ]) {
      const [inAddress, inBody] = [await list(asked), await search(asked)];
      expect(inBody.status).toBe(200);
      expect(inBody.body).toEqual(inAddress.body);
    }
    expect(
      (await search({ text: 'artifact-7' })).body.items.map(
        (item: { id: string }) => item.id,
      ),
    ).toEqual(['artifact-7']);
  });

  it('looks back where the body is asked about the past, and says so', async () => {
    const { search } = await start();
    const { body } = await search(
      { text: 'artifact' },
      { asOf: '2026-11-22T12:00:00.000Z' },
    );
    expect([body.items, body.asOf.atMs]).toEqual([
      [],
      Date.parse('2026-11-22T12:00:00.000Z'),
    ]);
  });

  it('names what does not fit in the body', async () => {
    const { search } = await start();
    const wrong = await search({ limit: 1000, subject: 'nobody' });
    expect([wrong.status, wrong.body.error.code]).toEqual([
      400,
      'INVALID_INPUT',
    ]);
    expect(wrong.body.error.message).toContain('body.subject');
    const wordless = await search({ text: '!!!' });
    expect([wordless.status, wordless.body.error.code]).toEqual([
      400,
      'INVALID_TEXT',
    ]);
  });
});
