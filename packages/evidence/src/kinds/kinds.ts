import { z } from 'zod';
import { approvalDecisionV1 } from './approval-decision/v1/schema';
import { approvalRequestV1 } from './approval-request/v1/schema';
import { approvalVoteV1 } from './approval-vote/v1/schema';
import { artifactV1 } from './artifact/v1/schema';
import { collectionStatusV1 } from './collection-status/v1/schema';
import { driftReportV1 } from './drift-report/v1/schema';
import { evaluationV1 } from './evaluation/v1/schema';
import { exportV1 } from './export/v1/schema';
import { quarantineDiscardV1 } from './quarantine-discard/v1/schema';
import { redactionV1 } from './redaction/v1/schema';
import { referenceWindowV1 } from './reference-window/v1/schema';
import { rolloutObservationV1 } from './rollout-observation/v1/schema';
import { scorecardVerdictV1 } from './scorecard-verdict/v1/schema';
import { sloStatusV1 } from './slo-status/v1/schema';

/**
 * Every kind and version that this release can read and write, by the `type` of its items. Old versions stay for ever.
 * @public
 */
export const evidenceKinds = {
  'io.ai-assurance.artifact.v1': artifactV1,
  'io.ai-assurance.evaluation.v1': evaluationV1,
  'io.ai-assurance.slo-status.v1': sloStatusV1,
  'io.ai-assurance.drift-report.v1': driftReportV1,
  'io.ai-assurance.reference-window.v1': referenceWindowV1,
  'io.ai-assurance.rollout-observation.v1': rolloutObservationV1,
  'io.ai-assurance.approval-request.v1': approvalRequestV1,
  'io.ai-assurance.approval-vote.v1': approvalVoteV1,
  'io.ai-assurance.approval-decision.v1': approvalDecisionV1,
  'io.ai-assurance.scorecard-verdict.v1': scorecardVerdictV1,
  'io.ai-assurance.export.v1': exportV1,
  'io.ai-assurance.redaction.v1': redactionV1,
  'io.ai-assurance.quarantine-discard.v1': quarantineDiscardV1,
  'io.ai-assurance.collection-status.v1': collectionStatusV1,
} as const;

/** The `type` of an item of a known kind. @public */
export type EvidenceType = keyof typeof evidenceKinds;

/** Payload of a kind, by its `type`. @public */
export type PayloadOf<T extends EvidenceType> = z.infer<
  (typeof evidenceKinds)[T]
>;

/** What people call each kind, in sentence case. @public */
export const evidenceTitles: Readonly<Record<EvidenceType, string>> = {
  'io.ai-assurance.artifact.v1': 'Artifact',
  'io.ai-assurance.evaluation.v1': 'Evaluation',
  'io.ai-assurance.slo-status.v1': 'Objective status',
  'io.ai-assurance.drift-report.v1': 'Drift report',
  'io.ai-assurance.reference-window.v1': 'Reference window',
  'io.ai-assurance.rollout-observation.v1': 'Rollout observation',
  'io.ai-assurance.approval-request.v1': 'Approval request',
  'io.ai-assurance.approval-vote.v1': 'Approval vote',
  'io.ai-assurance.approval-decision.v1': 'Approval decision',
  'io.ai-assurance.scorecard-verdict.v1': 'Scorecard verdict',
  'io.ai-assurance.export.v1': 'Audit pack export',
  'io.ai-assurance.redaction.v1': 'Redaction',
  'io.ai-assurance.quarantine-discard.v1': 'Quarantine discard',
  'io.ai-assurance.collection-status.v1': 'Collection status',
};

/** Whether items of this type can be read by this release. @public */
export function isEvidenceType(type: string): type is EvidenceType {
  return Object.hasOwn(evidenceKinds, type);
}

/** What people call a kind; an unknown type is shown as it is, never hidden. @public */
export function titleOf(type: string): string {
  return isEvidenceType(type) ? evidenceTitles[type] : type;
}
