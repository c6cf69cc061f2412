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
  artifactEvent,
  digest,
  model,
  openTestLedger,
  service,
} from './__testUtils__/openTestLedger';

const stranger = mockCredentials.user('user:default/sam');
const owner = mockCredentials.user('user:default/mira');

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the routes of the ledger', () => {
  const databases = createTestDatabases();

  /** Mira reads, and pushes for the model. Machines may do all. Sam may do nothing. */
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
      createBinder(router, mockServices.httpAuth({ pluginId: 'ai-assurance' })),
      createAccess(permissions),
    );
    const app = express().use(router).use(mockErrorHandler());
    const push = (
      body: object | string,
      contentType = 'application/cloudevents-batch+json',
      as = mockCredentials.service.header(),
    ) =>
      request(app)
        .post('/evidence')
        .set('authorization', as)
        .set('content-type', contentType)
        .send(typeof body === 'string' ? body : JSON.stringify(body));
    return { ...opened, app, push };
  }

  it('take one event, a batch, and the same again', async () => {
    const { push, room } = await start();
    const one = await push(artifactEvent(1), 'application/cloudevents+json');
    expect([one.status, one.body]).toEqual([
      200,
      {
        results: [{ index: 0, outcome: 'accepted', evidenceId: '0' }],
        acceptedCount: 1,
      },
    ]);

    const changed = artifactEvent(1, { time: '2026-11-22T12:00:00.000Z' });
    const batch = await push([artifactEvent(1), artifactEvent(2), changed]);
    expect([batch.status, batch.body]).toEqual([
      200,
      {
        results: [
          { index: 0, outcome: 'already-known', evidenceId: '0' },
          { index: 1, outcome: 'accepted', evidenceId: '1' },
          {
            index: 2,
            outcome: 'conflict',
            evidenceId: '0',
            code: 'ID_CONFLICT',
            message:
              'id: artifact-1 of /tests/pipeline is already recorded with other content, as evidence 0. Evidence is never changed: send the new fact under a new id.',
          },
        ],
        acceptedCount: 1,
      },
    ]);
    expect(await room.fsck()).toEqual({ ok: true, itemCount: 2, headCount: 2 });
  });

  it('announce what was pushed, after the commit', async () => {
    const { push, outbox } = await start();
    await push([
      artifactEvent(1),
      artifactEvent(2),
      artifactEvent(3, { subject: service }),
    ]);
    const announced: unknown[] = [];
    await outbox.relay(async messages => void announced.push(...messages));
    expect(announced).toEqual([
      { topic: 'evidence.pushed', subjects: [model, service] },
    ]);
  });

  const artifact = artifactEvent(1).data;
  it.each<[string, object, string, RegExp]>([
    [
      'an unknown subject',
      { subject: 'resource:default/nobody' },
      'UNKNOWN_SUBJECT',
      /^subject: resource:default\/nobody is not an AI service/,
    ],
    [
      'a clock in the future',
      { time: '2030-01-01T00:00:00Z' },
      'CLOCK_AHEAD',
      /^time: 2030-01-01T00:00:00Z lies /,
    ],
    [
      'a time without a zone',
      { time: '2026-11-22 13:00' },
      'INVALID_ITEM',
      /^\/time: /,
    ],
    [
      'another version of CloudEvents',
      { specversion: '0.3' },
      'INVALID_ITEM',
      /^\/specversion: /,
    ],
    [
      'a subject that is no entity ref',
      { subject: 'digit-reader' },
      'INVALID_ITEM',
      /^\/subject: /,
    ],
    [
      'an extension attribute',
      { traceparent: 'x' },
      'INVALID_ITEM',
      /traceparent/,
    ],
    [
      'an unknown kind',
      { type: 'io.ai-assurance.rumour.v1' },
      'UNKNOWN_TYPE',
      /rumour/,
    ],
    [
      'a newer version of a known kind',
      { type: 'io.ai-assurance.artifact.v2' },
      'UNKNOWN_VERSION',
      /it reads io\.ai-assurance\.artifact\.v1$/,
    ],
    [
      'a payload of the wrong shape',
      {
        data: {
          ...artifact,
          payload: { version: '1', digest: 'md5:0', sizeBytes: -1 },
        },
      },
      'INVALID_PAYLOAD',
      /digest.*sizeBytes.*format/,
    ],
    [
      'an envelope without a collector',
      {
        data: {
          ...artifact,
          envelope: { ...artifact.envelope, collector: undefined },
        },
      },
      'INVALID_ITEM',
      /^\/data\/envelope\/collector: /,
    ],
    [
      'a text of one megabyte',
      {
        data: {
          ...artifact,
          payload: {
            version: '1',
            digest,
            sizeBytes: 1,
            format: 'x'.repeat(1_000_000),
          },
        },
      },
      'TOO_LARGE',
      /262144 are allowed$/,
    ],
    [
      'a decision of the suite',
      {
        type: 'io.ai-assurance.approval-decision.v1',
        data: { ...artifact, payload: decision() },
      },
      'RESERVED_TYPE',
      /^type: /,
    ],
    [
      'the name of the suite',
      { source: '/ai-assurance/slo' },
      'RESERVED_SOURCE',
      /^source: /,
    ],
  ])(
    'refuse an item with %s, and take its neighbours',
    async (_what, change, code, message) => {
      const { push, room } = await start();
      const answer = await push([
        artifactEvent(1),
        artifactEvent(2, change as any),
        artifactEvent(3),
      ]);
      expect(answer.status).toBe(200);
      expect(answer.body.acceptedCount).toBe(2);
      expect(answer.body.results.map((result: any) => result.outcome)).toEqual([
        'accepted',
        'refused',
        'accepted',
      ]);
      expect(answer.body.results[1].code).toBe(code);
      expect(answer.body.results[1].message).toMatch(message);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 2,
        headCount: 1,
      });
    },
  );

  it('refuse items that are no objects, and hidden prototypes', async () => {
    const { push } = await start();
    const evil = JSON.stringify(artifactEvent(1)).replace(
      '"payload":{',
      '"payload":{"__proto__":{"admin":true},',
    );
    const answer = await push(`[null, 3, "x", [], ${evil}]`);
    expect(answer.status).toBe(200);
    expect(answer.body.results.map((result: any) => result.code)).toEqual([
      'INVALID_ITEM',
      'INVALID_ITEM',
      'INVALID_ITEM',
      'INVALID_ITEM',
      'FORBIDDEN_NAME',
    ]);
  });

  it.each<[string, string, string, number, string]>([
    ['no JSON', '[{', 'application/json', 400, 'SyntaxError'],
    ['a bare number', '3', 'application/json', 400, 'SyntaxError'],
    [
      'another media type',
      'a=b',
      'application/x-www-form-urlencoded',
      400,
      'InputError',
    ],
    [
      'more than a thousand items',
      JSON.stringify(Array(1001).fill({})),
      'application/json',
      400,
      'InputError',
    ],
    [
      'a body of 20 MB',
      JSON.stringify([{ x: 'y'.repeat(20_000_000) }]),
      'application/json',
      413,
      'PayloadTooLargeError',
    ],
  ])(
    'refuse a body with %s whole',
    async (_what, body, contentType, status, name) => {
      const { push, room } = await start();
      const answer = await push(body, contentType);
      expect([answer.status, answer.body.error.name]).toEqual([status, name]);
      expect(await room.answers.head()).toBe(undefined);
    },
  );

  it('ask for the permission on each subject', async () => {
    const { push, room } = await start();
    const asOwner = mockCredentials.user.header('user:default/mira');
    const mixed = await push(
      [artifactEvent(1), artifactEvent(2, { subject: service })],
      undefined,
      asOwner,
    );
    expect([mixed.status, mixed.body]).toEqual([
      200,
      {
        results: [
          { index: 0, outcome: 'accepted', evidenceId: '0' },
          {
            index: 1,
            outcome: 'refused',
            code: 'NOT_ALLOWED',
            message:
              'You need the permission ai-assurance.evidence.push on component:default/digit-api: usually its owner holds it.',
          },
        ],
        acceptedCount: 1,
      },
    ]);
    const denied = await push(
      [artifactEvent(3)],
      undefined,
      mockCredentials.user.header('user:default/sam'),
    );
    expect([denied.status, denied.body.error]).toMatchObject([
      403,
      {
        name: 'NotAllowedError',
        message:
          'You need the permission ai-assurance.evidence.push on resource:default/digit-reader: usually its owner holds it.',
      },
    ]);
    const anonymous = await push(
      [artifactEvent(4)],
      undefined,
      mockCredentials.none.header(),
    );
    expect(anonymous.status).toBe(401);
    expect(await room.fsck()).toEqual({ ok: true, itemCount: 1, headCount: 1 });
  });

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

function decision() {
  return {
    releaseId: 'rel_1',
    modelRef: model,
    version: '1.0.0',
    digest,
    decision: 'approved',
    approvedBy: ['user:default/sam'],
    rejectedBy: [],
    policyId: 'p',
    policyDigest: digest,
    quorum: 1,
  };
}
