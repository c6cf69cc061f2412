import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf, Caller } from '../platform';

export interface ReleaseQuery {
  state?: Release['state'];
  modelRef?: string;
  limit: number;
  /** As handed out with the page before; newest first. */
  cursor?: string;
}

/**
 * Narrow reads for other rooms. `caller` decides the hints `mayVote` and `mayWithdraw`; with `asOf`, releases are as they
 * were then, and nobody may do anything.
 */
export interface ApprovalAnswers {
  /** Newest first, at most 100. */
  releasesOf(modelRef: string, caller: Caller, asOf?: AsOf): Promise<Release[]>;
  /** Newest first, at most 200. */
  open(caller: Caller, asOf?: AsOf): Promise<Release[]>;
  /** State of the newest release of a digest. */
  stateOf(
    modelRef: string,
    digest: string,
  ): Promise<{ releaseId: string; state: Release['state'] } | undefined>;
}
