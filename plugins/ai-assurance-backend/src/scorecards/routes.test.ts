import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { openHouse, serve } from '../tests/__testUtils__/house';
import { createScorecards } from './createScorecards';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();

const reader = 'ai-assurance.assurance.read';

describe('GET /scorecards', () => {
  it('shows the board to readers, worst first with its denominator, and to nobody else', async () => {
    const scorecards = createScorecards(
      await openHouse(await databases.init('SQLITE_3')),
    );
    await scorecards.judge();
    const { server } = await serve([scorecards], {
      'user:default/mira': [reader],
    });
    const get = (header: string, query: object = {}) =>
      request(server)
        .get('/api/ai-assurance/scorecards')
        .query(query)
        .set('authorization', header);

    const board = await get(mockCredentials.user.header('user:default/mira'));
    expect(board.status).toBe(200);
    expect(board.body.scorecards[0].levels).toEqual([
      'bronze',
      'silver',
      'gold',
    ]);
    expect(
      board.body.scorecards[0].rows.map((row: any) => [
        row.subject.entityRef,
        row.rollUp.status,
      ]),
    ).toEqual([
      ['component:default/digit-api', 'inconclusive'],
      ['resource:default/digit-reader', 'inconclusive'],
      ['resource:default/digit-reader-edge', 'inconclusive'],
      ['resource:default/flagship-phones', 'not-applicable'],
      ['resource:default/low-end-phones', 'not-applicable'],
    ]);
    expect(board.body.scorecards[0].rollUp).toEqual({
      status: 'inconclusive',
      measuredCount: 0,
      inScopeCount: 9,
      unknownCount: 9,
    });

    expect([
      board.body.scorecards[0].subjectCount,
      board.body.scorecards[0].judgedCount,
      board.body.scorecards[0].troubledCount,
    ]).toEqual([5, 9, 9]);
    const mira = mockCredentials.user.header('user:default/mira');
    const first = (await get(mira, { limit: 2 })).body.scorecards[0];
    const second = (
      await get(mira, {
        limit: 2,
        scorecard: first.scorecardId,
        cursor: first.nextCursor,
      })
    ).body.scorecards[0];
    expect(
      [first, second].map(({ rows }) =>
        rows.map((row: any) => row.subject.entityRef),
      ),
    ).toEqual([
      ['component:default/digit-api', 'resource:default/digit-reader'],
      [
        'resource:default/digit-reader-edge',
        'resource:default/flagship-phones',
      ],
    ]);
    expect(second.rollUp).toEqual(board.body.scorecards[0].rollUp);
    const none = (await get(mira, { verdict: 'fail' })).body.scorecards[0];
    expect([none.rows, none.matchingCount, none.subjectCount]).toEqual([
      [],
      0,
      5,
    ]);
    const bad = await get(mira, { cursor: 'nonsense' });
    expect([bad.status, bad.body.error.code]).toEqual([400, 'INVALID_CURSOR']);

    expect((await get(mockCredentials.none.header())).status).toBe(401);
    const stranger = await get(mockCredentials.user.header('user:default/sam'));
    expect(stranger.status).toBe(403);
    expect(stranger.body.error.code).toBe('NOT_ALLOWED');
  });
});
