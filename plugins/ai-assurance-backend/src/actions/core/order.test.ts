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
    expect(answerInWords({ state: 'sending', status: null, code: null })).toBe(
      null,
    );
  });

  it.each([
    [204, 'done'],
    [404, 'refused'],
    [503, 'unanswered'],
  ])('with HTTP %i mean %s', (status, state) => {
    expect(answeredAs({ kind: 'answered', status }).state).toBe(state);
  });
});
