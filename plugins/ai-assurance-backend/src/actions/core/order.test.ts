import { answeredAs, answerInWords, proposedRollback } from './order';

const versions = ['6', '7'].map((version, index) => ({
  version,
  digest: undefined,
  firstSeenMs: index,
  lastSeenMs: index + 1,
}));

describe('what is proposed to be rolled back', () => {
  it('proposes nothing where nothing serves, and no version that came later', () => {
    expect(proposedRollback([], [])).toEqual({
      fromVersion: null,
      toVersion: null,
    });
    const known = versions.map(one => ({ ...one }));
    expect(
      proposedRollback(known, [{ version: '6', count: 3, shares: [1] }]),
    ).toEqual({
      fromVersion: '6',
      toVersion: null,
    });
  });
});

describe('a rollback soon after a switch', () => {
  it('puts back what was first seen in the same minute, which is as fine as telemetry tells', () => {
    const together = versions.map(one => ({ ...one, firstSeenMs: 0 }));
    expect(
      proposedRollback(together, [
        { version: '6', count: 4, shares: [0.2, 0] },
        { version: '7', count: 62, shares: [0.8, 1] },
      ]),
    ).toEqual({ fromVersion: '7', toVersion: '6' });
  });

  it('takes back who serves now, however much the one before served', () => {
    expect(
      proposedRollback(versions, [
        { version: '6', count: 900, shares: [1, 1, 0, 0] },
        { version: '7', count: 20, shares: [0, 0, 1, 0] },
      ]),
    ).toEqual({ fromVersion: '7', toVersion: '6' });
  });
});

describe('answers', () => {
  it('of an order that is on its way are none', () => {
    expect(
      answerInWords({
        state: 'sending',
        status: null,
        code: null,
        reference: null,
      }),
    ).toBe(null);
  });

  it.each([
    [204, 'done'],
    [404, 'refused'],
    [503, 'unanswered'],
  ])('with HTTP %i mean %s', (status, state) => {
    expect(answeredAs({ kind: 'answered', status }).state).toBe(state);
  });

  it.each([
    [
      'accepted',
      201,
      null,
      'rollout/23',
      'Taken as rollout 23, not done yet (HTTP 201)',
    ],
    [
      'accepted',
      201,
      'STILL_ROLLING',
      'deployment/30b3',
      'Taken as deployment 30b3, not done yet (HTTP 201). Not all rollouts of the version that is taken back could be stopped: look there',
    ],
    [
      'accepted',
      null,
      'FOUND',
      'rollout/23',
      'Taken as rollout 23, not done yet: no answer came, and it was found there',
    ],
    [
      'refused',
      null,
      'VERSION_NOT_THERE',
      null,
      'Nothing was ordered: it does not have the version to bring back',
    ],
    [
      'refused',
      400,
      'LEFT_PAUSED',
      null,
      'Refused (HTTP 400). A rollout of the version to take back may have been left paused: look there',
    ],
    [
      'refused',
      503,
      'NOT_ASKED',
      null,
      'Nothing was ordered: it could not be asked first (HTTP 503)',
    ],
  ] as const)(
    'of a fleet manager say what it does: %s %s %s',
    (state, status, code, reference, words) => {
      expect(answerInWords({ state, status, code, reference })).toBe(words);
    },
  );
});
