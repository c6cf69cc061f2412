import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { createScorecards } from '../scorecards';
import {
  digestA,
  digestB,
  edgeModel,
  flagship,
  openHouse,
  recordVersion,
  serve,
} from '../tests/__testUtils__/house';
import { createApprovals } from './createApprovals';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();

const read = 'ai-assurance.assurance.read';
const propose = `ai-assurance.release.propose@${edgeModel}`;
const vote = 'ai-assurance.release.vote';

const grants = {
  'user:default/mira': [read, propose],
  'user:default/ada': [read, vote],
  // In the approvers' group by membership, but without the role.
  'user:default/tomas': [read],
  // Holds every role, but is in no group that counts, and owns another model.
  'user:default/ken': [
    read,
    vote,
    'ai-assurance.release.propose@resource:default/digit-reader',
  ],
};

async function open() {
  const house = await openHouse(await databases.init('SQLITE_3'));
  await recordVersion(house, edgeModel, '2', digestB);
  const scorecards = createScorecards(house);
  const approvals = createApprovals({
    ...house,
    scorecards: scorecards.answers,
  });
  const { server } = await serve([approvals], grants);
  const as = (name: string) =>
    name === 'nobody'
      ? mockCredentials.none.header()
      : mockCredentials.user.header(`user:default/${name}`);
  const url = '/api/ai-assurance/releases';
  return {
    house,
    post: (name: string, path: string, body: object) =>
      request(server)
        .post(url + path)
        .set('authorization', as(name))
        .send(body),
    get: (name: string, path: string) =>
      request(server)
        .get(url + path)
        .set('authorization', as(name)),
    postAsMachine: (path: string, body: object) =>
      request(server)
        .post(url + path)
        .set('authorization', mockCredentials.service.header())
        .send(body),
  };
}

const body = {
  modelRef: edgeModel,
  version: '2',
  digest: digestB,
  cohorts: [flagship],
  reason: 'Faster',
};
const ballot = {
  vote: 'approve',
  reason: 'Fine by me',
  digest: digestB,
  rowVersion: 1,
};

describe('the routes of releases', () => {
  it('a release goes from proposal to approval over HTTP, by two people', async () => {
    const { get, post } = await open();
    const proposed = await post('mira', '', body);
    expect([
      proposed.status,
      proposed.body.state,
      proposed.body.mayWithdraw,
    ]).toEqual([201, 'in-review', true]);
    expect((await get('ada', '/rel_1')).body.mayVote).toEqual({
      allowed: true,
    });
    const decided = await post('ada', '/rel_1/votes', ballot);
    expect([
      decided.status,
      decided.body.state,
      decided.body.rowVersion,
    ]).toEqual([200, 'approved', 2]);
    const list = await get(
      'mira',
      `?state=approved&modelRef=${encodeURIComponent(edgeModel)}`,
    );
    expect(list.body.releases.map((release: any) => release.releaseId)).toEqual(
      ['rel_1'],
    );
  });

  it.each([
    ['nobody', 401],
    ['sam', 403],
    ['ada', 403],
    ['ken', 403],
    ['mira', 201],
  ])('%s proposes: %p', async (name, status) => {
    const { house, post } = await open();
    expect((await post(name, '', body)).status).toBe(status);
    expect((await house.knex('approval_release').select('state')).length).toBe(
      status === 201 ? 1 : 0,
    );
  });

  it.each([
    ['nobody', 401, undefined],
    ['sam', 403, 'NOT_ALLOWED'],
    ['mira', 403, 'NOT_ALLOWED'],
    ['tomas', 403, 'NOT_ALLOWED'],
    ['ken', 403, 'NOT_AN_APPROVER'],
    ['ada', 200, undefined],
  ])('%s votes: %p %p', async (name, status, code) => {
    const { post } = await open();
    await post('mira', '', body);
    const answer = await post(name, '/rel_1/votes', ballot);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
  });

  it.each([
    ['nobody', 401],
    ['sam', 403],
    ['ada', 403],
    ['ken', 403],
    ['mira', 200],
  ])('%s withdraws: %p', async (name, status) => {
    const { post } = await open();
    await post('mira', '', body);
    expect(
      (await post(name, '/rel_1/withdraw', { rowVersion: 1 })).status,
    ).toBe(status);
  });

  it.each([
    ['nobody', 401],
    ['sam', 403],
    ['ken', 200],
  ])('%s reads: %p', async (name, status) => {
    const { get, post } = await open();
    await post('mira', '', body);
    expect([
      (await get(name, '')).status,
      (await get(name, '/rel_1')).status,
    ]).toEqual([status, status]);
  });

  it('the hint says no where the role is missing', async () => {
    const { get, post } = await open();
    await post('mira', '', body);
    expect((await get('tomas', '/rel_1')).body.mayVote).toEqual({
      allowed: false,
      reason: 'You need the role of an approver to vote.',
    });
  });

  it('a machine neither proposes nor votes', async () => {
    const { postAsMachine } = await open();
    expect((await postAsMachine('', body)).status).toBe(403);
    expect((await postAsMachine('/rel_1/votes', ballot)).status).toBe(403);
  });

  it.each([
    [
      'an unknown field',
      { ...body, force: true },
      'body: Unrecognized key: "force"',
    ],
    ['a short digest', { ...body, digest: 'sha256:ab' }, 'body.digest'],
    ['an empty reason', { ...body, reason: '  ' }, 'body.reason'],
    [
      'a short entity ref',
      { ...body, modelRef: 'digit-reader' },
      'body.modelRef',
    ],
  ])('%s is refused and named', async (_name, sent, message) => {
    const { post } = await open();
    const answer = await post('mira', '', sent);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('INVALID_INPUT');
    expect(answer.body.error.message).toContain(message);
  });

  it.each([
    ['another digest', { ...ballot, digest: digestA }, 409, 'DIGEST_CHANGED'],
    ['an older state', { ...ballot, rowVersion: 7 }, 409, 'STALE_VERSION'],
    ['no reason', { ...ballot, reason: '' }, 400, 'INVALID_INPUT'],
    ['a third choice', { ...ballot, vote: 'abstain' }, 400, 'INVALID_INPUT'],
  ])('a vote with %s is refused', async (_name, sent, status, code) => {
    const { post } = await open();
    await post('mira', '', body);
    const answer = await post('ada', '/rel_1/votes', sent);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('an unknown release is not found', async () => {
    const { get } = await open();
    const answer = await get('ada', '/rel_404');
    expect([answer.status, answer.body.error.code]).toEqual([
      404,
      'UNKNOWN_RELEASE',
    ]);
  });
});
