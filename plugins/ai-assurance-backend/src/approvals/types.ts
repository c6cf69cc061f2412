import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf, Caller } from '../platform';

export interface ReleaseQuery {
  state?: Release['state'];
  modelRef?: string;
  limit: number;
  /** As handed out with the page before; newest first. */
  cursor?: string;
}

/** A release that waits for a decision, without what is judged of it. */
export type WaitingRelease = Pick<
  Release,
  | 'releaseId'
  | 'modelRef'
  | 'version'
  | 'state'
  | 'proposedBy'
  | 'proposedAtMs'
  | 'deadlineMs'
>;

/**
 * Narrow reads for other rooms. `caller` decides the hints `mayVote` and `mayWithdraw`; with `asOf`, releases are as they
 * were then, and nobody may do anything.
 */
export interface ApprovalAnswers {
  /** Newest first, at most 100. */
  releasesOf(modelRef: string, caller: Caller, asOf?: AsOf): Promise<Release[]>;
  /** Releases in review, newest first, at most so many, and how many there are. */
  waiting(
    limit: number,
    asOf?: AsOf,
  ): Promise<{ releases: WaitingRelease[]; count: number }>;
  /** State of the newest release of a digest. */
  stateOf(
    modelRef: string,
    digest: string,
  ): Promise<{ releaseId: string; state: Release['state'] } | undefined>;
}
