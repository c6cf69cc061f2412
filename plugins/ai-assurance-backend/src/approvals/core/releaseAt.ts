import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Vote } from './state';

/** The least of a release that its past is told from. Nothing here is ever changed once it is set. */
export interface ReleaseTimes {
  state: ReleaseState;
  rowVersion: number;
  proposedAtMs: number;
  decidedAtMs: number | undefined;
  votes: Vote[];
}

/**
 * A release as it was at an instant: in review until it was decided, with the votes cast by then. `undefined` before it was
 * proposed. A decided release stays decided, so its last state is the only one it ever had after its review.
 */
export function releaseAt<R extends ReleaseTimes>(
  release: R,
  atMs: number,
): R | undefined {
  if (release.proposedAtMs > atMs) return undefined;
  const votes = release.votes.filter(({ votedAtMs }) => votedAtMs <= atMs);
  if (release.decidedAtMs !== undefined && release.decidedAtMs <= atMs)
    return { ...release, votes };
  return {
    ...release,
    state: 'in-review',
    decidedAtMs: undefined,
    votes,
    // It begins at 1, and each vote moves it on by one.
    rowVersion: 1 + votes.length,
  };
}
