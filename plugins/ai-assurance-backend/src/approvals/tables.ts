import {
  Release,
  ReleaseState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { readBigint } from '../platform';
import { Vote } from './core/state';

/** One proposed version. */
export interface ApprovalReleaseRow {
  release_id: string;
  model_ref: string;
  version: string;
  digest: string;
  /** JSON: entity refs */
  cohorts: string;
  state: string;
  row_version: number;
  /** Model and digest while in review, null afterwards: unique, so that only one release of a digest is open. */
  open_key: string | null;
  proposed_by: string;
  proposed_at_ms: number | string;
  reason: string;
  deadline_ms: number | string;
  policy_id: string;
  policy_digest: string;
  policy_text: string;
  quorum: number;
  /** JSON: entity refs */
  approver_groups: string;
  /** JSON: FrozenVerdict[] */
  frozen_verdicts: string;
  decided_at_ms: number | string | null;
}

export interface ApprovalVoteRow {
  release_id: string;
  voted_by: string;
  vote: string;
  reason: string;
  digest: string;
  voted_at_ms: number | string;
}

/** A verdict as it goes into a release: `code` names the check for machines, `question` asks it in words. */
export type ReleaseVerdict = Release['frozenVerdicts'][number] & {
  code: string;
};

export interface StoredRelease {
  releaseId: string;
  modelRef: string;
  version: string;
  digest: string;
  cohorts: string[];
  state: ReleaseState;
  rowVersion: number;
  proposedBy: string;
  proposedAtMs: number;
  reason: string;
  deadlineMs: number;
  policyId: string;
  policyDigest: string;
  policyText: string;
  quorum: number;
  approverGroups: string[];
  frozenVerdicts: ReleaseVerdict[];
  decidedAtMs: number | undefined;
  votes: Vote[];
}

export function openKeyOf(modelRef: string, digest: string): string {
  return `${modelRef} ${digest}`;
}

export function releaseFromRow(
  row: ApprovalReleaseRow,
  votes: ApprovalVoteRow[],
): StoredRelease {
  return {
    releaseId: row.release_id,
    modelRef: row.model_ref,
    version: row.version,
    digest: row.digest,
    cohorts: JSON.parse(row.cohorts),
    state: row.state as ReleaseState,
    rowVersion: row.row_version,
    proposedBy: row.proposed_by,
    proposedAtMs: readBigint(row.proposed_at_ms),
    reason: row.reason,
    deadlineMs: readBigint(row.deadline_ms),
    policyId: row.policy_id,
    policyDigest: row.policy_digest,
    policyText: row.policy_text,
    quorum: row.quorum,
    approverGroups: JSON.parse(row.approver_groups),
    frozenVerdicts: JSON.parse(row.frozen_verdicts),
    decidedAtMs:
      row.decided_at_ms === null ? undefined : readBigint(row.decided_at_ms),
    votes: votes
      .filter(vote => vote.release_id === row.release_id)
      .map(vote => ({
        votedBy: vote.voted_by,
        vote: vote.vote as Vote['vote'],
        reason: vote.reason,
        digest: vote.digest,
        votedAtMs: readBigint(vote.voted_at_ms),
      })),
  };
}

export function rowFromRelease(release: StoredRelease): ApprovalReleaseRow {
  return {
    release_id: release.releaseId,
    model_ref: release.modelRef,
    version: release.version,
    digest: release.digest,
    cohorts: JSON.stringify(release.cohorts),
    state: release.state,
    row_version: release.rowVersion,
    open_key:
      release.state === 'in-review'
        ? openKeyOf(release.modelRef, release.digest)
        : null,
    proposed_by: release.proposedBy,
    proposed_at_ms: release.proposedAtMs,
    reason: release.reason,
    deadline_ms: release.deadlineMs,
    policy_id: release.policyId,
    policy_digest: release.policyDigest,
    policy_text: release.policyText,
    quorum: release.quorum,
    approver_groups: JSON.stringify(release.approverGroups),
    frozen_verdicts: JSON.stringify(release.frozenVerdicts),
    decided_at_ms: release.decidedAtMs ?? null,
  };
}
