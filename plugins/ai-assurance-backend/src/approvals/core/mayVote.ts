import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Vote } from './state';

export type VoteRefusal =
  | 'NOT_A_PERSON'
  | 'NOT_OPEN'
  | 'DEADLINE_PASSED'
  | 'SELF_APPROVAL'
  | 'NOT_AN_APPROVER'
  | 'ALREADY_VOTED';

export interface VoteQuestion {
  release: {
    state: ReleaseState;
    proposedBy: string;
    deadlineMs: number;
    approverGroups: string[];
    votes: Pick<Vote, 'votedBy'>[];
  };
  voter: { ref: string; isUser: boolean; groups: string[] };
  nowMs: number;
}

/** Whether somebody may vote on a release, and if not, why, in words. The deadline itself is too late. */
export function mayVote({
  release,
  voter,
  nowMs,
}: VoteQuestion):
  | { allowed: true }
  | { allowed: false; code: VoteRefusal; reason: string } {
  const no = (code: VoteRefusal, reason: string) => ({
    allowed: false as const,
    code,
    reason,
  });
  if (!voter.isUser)
    return no(
      'NOT_A_PERSON',
      'Only a person may vote, and this is a machine’s token.',
    );
  if (release.state !== 'in-review')
    return no(
      'NOT_OPEN',
      `This release is ${release.state}; it takes no more votes.`,
    );
  if (nowMs >= release.deadlineMs)
    return no(
      'DEADLINE_PASSED',
      'The deadline of this release has passed; it has to be proposed again.',
    );
  if (voter.ref === release.proposedBy)
    return no(
      'SELF_APPROVAL',
      'You proposed this release; somebody else has to decide it.',
    );
  if (!release.approverGroups.some(group => voter.groups.includes(group))) {
    return no(
      'NOT_AN_APPROVER',
      `Only members of ${release.approverGroups.join(
        ' or ',
      )} may vote on this release.`,
    );
  }
  if (release.votes.some(({ votedBy }) => votedBy === voter.ref))
    return no('ALREADY_VOTED', 'You have voted on this release already.');
  return { allowed: true };
}
