import { releaseAt, ReleaseTimes } from './releaseAt';

const vote = (votedBy: string, votedAtMs: number) => ({
  votedBy,
  votedAtMs,
  vote: 'approve' as const,
  reason: 'Looked at it',
  digest: `sha256:${'a'.repeat(64)}`,
});
const votes = [vote('user:default/ada', 200), vote('user:default/tomas', 300)];
const approved: ReleaseTimes = {
  state: 'approved',
  rowVersion: 3,
  proposedAtMs: 100,
  decidedAtMs: 300,
  votes,
};

describe('a release at an instant', () => {
  it.each([
    [99, undefined],
    [100, ['in-review', 1, [], undefined]],
    [199, ['in-review', 1, [], undefined]],
    [200, ['in-review', 2, ['user:default/ada'], undefined]],
    [299, ['in-review', 2, ['user:default/ada'], undefined]],
    [300, ['approved', 3, ['user:default/ada', 'user:default/tomas'], 300]],
    [9_999, ['approved', 3, ['user:default/ada', 'user:default/tomas'], 300]],
  ])('at %p it was %p', (atMs, expected) => {
    const then = releaseAt(approved, atMs);
    expect(
      then && [
        then.state,
        then.rowVersion,
        then.votes.map(({ votedBy }) => votedBy),
        then.decidedAtMs,
      ],
    ).toEqual(expected);
  });

  it('that was withdrawn was in review until then, with its row version', () => {
    const withdrawn: ReleaseTimes = {
      ...approved,
      state: 'withdrawn',
      votes: [votes[0]],
    };
    expect(releaseAt(withdrawn, 299)).toEqual({
      ...withdrawn,
      state: 'in-review',
      rowVersion: 2,
      decidedAtMs: undefined,
    });
    expect(releaseAt(withdrawn, 300)).toEqual(withdrawn);
  });

  it('that nobody decided has been in review ever since', () => {
    const open: ReleaseTimes = {
      ...approved,
      state: 'in-review',
      rowVersion: 2,
      decidedAtMs: undefined,
      votes: [votes[0]],
    };
    expect(releaseAt(open, 9_999)).toEqual(open);
  });
});
