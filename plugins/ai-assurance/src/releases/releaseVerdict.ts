import {
  Release,
  ReleaseState,
  severityRank,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** How a release state is drawn: only an approval is a pass, an open review is not known yet. */
export const statusOfState: Record<ReleaseState, VerdictStatus> = {
  'in-review': 'inconclusive',
  approved: 'pass',
  rejected: 'fail',
  withdrawn: 'not-applicable',
  expired: 'warn',
};

/** Approvals so far, and how many are still missing. */
export function approvalCount(release: Pick<Release, 'votes' | 'quorum'>): {
  given: number;
  missing: number;
} {
  const given = release.votes.filter(vote => vote.vote === 'approve').length;
  return { given, missing: Math.max(0, release.quorum - given) };
}

/** One check with what it said at the proposal and what it says now. */
export interface ComparedVerdict {
  question: string;
  frozen: Release['frozenVerdicts'][number] | undefined;
  current: Release['currentVerdicts'][number] | undefined;
}

/** Pairs frozen and present verdicts by question; questions that only one side knows stay visible. */
export function compareVerdicts(
  release: Pick<Release, 'frozenVerdicts' | 'currentVerdicts'>,
): ComparedVerdict[] {
  const questions = new Set(
    [...release.frozenVerdicts, ...release.currentVerdicts].map(
      verdict => verdict.question,
    ),
  );
  return [...questions].map(question => ({
    question,
    frozen: release.frozenVerdicts.find(
      verdict => verdict.question === question,
    ),
    current: release.currentVerdicts.find(
      verdict => verdict.question === question,
    ),
  }));
}

/** Name of a model for sentences. */
export function nameOf(entityRef: string): string {
  return entityRef.slice(entityRef.lastIndexOf('/') + 1);
}

/** How many checks say something worse now than when the release was proposed. */
export function worseCount(compared: ComparedVerdict[]): number {
  return compared.filter(
    ({ frozen, current }) =>
      frozen &&
      current &&
      severityRank(current.status) < severityRank(frozen.status),
  ).length;
}
