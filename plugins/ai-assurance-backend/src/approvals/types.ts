import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Caller } from '../platform';

/** Narrow reads for other rooms. `caller` decides the hints `mayVote` and `mayWithdraw`. */
export interface ApprovalAnswers {
  releasesOf(modelRef: string, caller: Caller): Promise<Release[]>;
  open(caller: Caller): Promise<Release[]>;
  /** State of the newest release of a digest. */
  stateOf(modelRef: string, digest: string): Promise<{ releaseId: string; state: Release['state'] } | undefined>;
}
