import { Envelope } from '@ai-assurance/evidence';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { Vote } from './core/state';
import { StoredRelease } from './tables';

const source = '/ai-assurance/approvals';

function envelopeOf(release: StoredRelease, nowMs: number): Envelope {
  return {
    sourceSystem: 'ai-assurance.approvals',
    collector: { id: 'ai-assurance.approvals', version: '1' },
    subjectVersion: release.version,
    subjectDigest: release.digest,
    collectedAt: instantOf(nowMs),
  };
}

export function requestDraft(
  release: StoredRelease,
): EvidenceDraft<'io.ai-assurance.approval-request.v1'> {
  const {
    releaseId,
    modelRef,
    version,
    digest,
    cohorts,
    proposedBy,
    reason,
    policyId,
    policyDigest,
    quorum,
  } = release;
  return {
    type: 'io.ai-assurance.approval-request.v1',
    source,
    id: `approval-request:${releaseId}`,
    subject: modelRef,
    timeMs: release.proposedAtMs,
    envelope: envelopeOf(release, release.proposedAtMs),
    payload: {
      releaseId,
      modelRef,
      version,
      digest,
      cohorts,
      proposedBy,
      reason,
      policyId,
      policyDigest,
      quorum,
      deadline: instantOf(release.deadlineMs),
      frozenVerdicts: release.frozenVerdicts.map(verdict => ({
        question: verdict.code,
        status: verdict.status,
        reason: verdict.reason,
        evidenceId: verdict.evidenceId,
      })),
    },
  };
}

export function voteDraft(
  release: StoredRelease,
  vote: Vote,
): EvidenceDraft<'io.ai-assurance.approval-vote.v1'> {
  const { votedBy, reason, digest } = vote;
  return {
    type: 'io.ai-assurance.approval-vote.v1',
    source,
    id: `approval-vote:${release.releaseId}:${votedBy}`,
    subject: release.modelRef,
    timeMs: vote.votedAtMs,
    envelope: envelopeOf(release, vote.votedAtMs),
    payload: {
      releaseId: release.releaseId,
      votedBy,
      vote: vote.vote,
      reason,
      digest,
    },
  };
}

/** `votes` are all that were cast, the deciding one included. */
export function decisionDraft(
  release: StoredRelease,
  decision: 'approved' | 'rejected' | 'withdrawn' | 'expired',
  votes: Vote[],
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.approval-decision.v1'> {
  const {
    releaseId,
    modelRef,
    version,
    digest,
    policyId,
    policyDigest,
    quorum,
  } = release;
  const by = (kind: Vote['vote']) =>
    votes.filter(({ vote }) => vote === kind).map(({ votedBy }) => votedBy);
  return {
    type: 'io.ai-assurance.approval-decision.v1',
    source,
    id: `approval-decision:${releaseId}`,
    subject: modelRef,
    timeMs: nowMs,
    envelope: envelopeOf(release, nowMs),
    payload: {
      releaseId,
      modelRef,
      version,
      digest,
      decision,
      policyId,
      policyDigest,
      quorum,
      approvedBy: by('approve'),
      rejectedBy: by('reject'),
    },
  };
}
