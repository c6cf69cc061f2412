import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';

export type ReleaseEvent = 'approve' | 'reject' | 'withdraw' | 'expire';

export interface Vote {
  votedBy: string;
  vote: 'approve' | 'reject';
  reason: string;
  digest: string;
  votedAtMs: number;
}

const moves: Record<
  ReleaseState,
  Partial<Record<ReleaseEvent, ReleaseState>>
> = {
  'in-review': {
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    expire: 'expired',
  },
  approved: {},
  rejected: {},
  withdrawn: {},
  expired: {},
};

/** Where an event leads; `undefined` when the state does not know it: a decided release stays decided. */
export function stateAfter(
  state: ReleaseState,
  event: ReleaseEvent,
): ReleaseState | undefined {
  return moves[state][event];
}

/** Whether enough different people approved. */
export function quorumReached(
  votes: Pick<Vote, 'votedBy' | 'vote'>[],
  quorum: number,
): boolean {
  return (
    new Set(
      votes
        .filter(({ vote }) => vote === 'approve')
        .map(({ votedBy }) => votedBy),
    ).size >= quorum
  );
}

/** What the votes so far decide; `undefined` while they decide nothing. One rejection outweighs any number of approvals. */
export function decisionOf(
  votes: Pick<Vote, 'votedBy' | 'vote'>[],
  quorum: number,
): 'approve' | 'reject' | undefined {
  if (votes.some(({ vote }) => vote === 'reject')) return 'reject';
  return quorumReached(votes, quorum) ? 'approve' : undefined;
}
