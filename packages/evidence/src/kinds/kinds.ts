import { z } from 'zod';
import { actionOrderV1 } from './action-order/v1/schema';
import { approvalDecisionV1 } from './approval-decision/v1/schema';
import { approvalRequestV1 } from './approval-request/v1/schema';
import { approvalVoteV1 } from './approval-vote/v1/schema';
import { artifactV1 } from './artifact/v1/schema';
import { attestationV1 } from './attestation/v1/schema';
import { billOfMaterialsV1 } from './bill-of-materials/v1/schema';
import { capaV1 } from './capa/v1/schema';
import { collectionStatusV1 } from './collection-status/v1/schema';
import { correctionV1 } from './correction/v1/schema';
import { costBudgetV1 } from './cost-budget/v1/schema';
import { costReportV1 } from './cost-report/v1/schema';
import { deploymentV1 } from './deployment/v1/schema';
import { driftReportV1 } from './drift-report/v1/schema';
import { driftReportV2 } from './drift-report/v2/schema';
import { drillV1 } from './drill/v1/schema';
import { evaluationV1 } from './evaluation/v1/schema';
import { evaluationV2 } from './evaluation/v2/schema';
import { evaluationComparisonV1 } from './evaluation-comparison/v1/schema';
import { evaluationVerdictV1 } from './evaluation-verdict/v1/schema';
import { exportV1 } from './export/v1/schema';
import { externalDriftReportV1 } from './external-drift-report/v1/schema';
import { gateDecisionV1 } from './gate-decision/v1/schema';
import { incidentV1 } from './incident/v1/schema';
import { judgeCalibrationV1 } from './judge-calibration/v1/schema';
import { keyRotationV1 } from './key-rotation/v1/schema';
import { pipelineRunV1 } from './pipeline-run/v1/schema';
import { policyChangeV1 } from './policy-change/v1/schema';
import { qualityReportV1 } from './quality-report/v1/schema';
import { quarantineDiscardV1 } from './quarantine-discard/v1/schema';
import { redactionV1 } from './redaction/v1/schema';
import { referenceWindowV1 } from './reference-window/v1/schema';
import { referenceWindowV2 } from './reference-window/v2/schema';
import { registryAliasV1 } from './registry-alias/v1/schema';
import { registryVersionV1 } from './registry-version/v1/schema';
import { riskClassificationV1 } from './risk-classification/v1/schema';
import { rolloutAnalysisV1 } from './rollout-analysis/v1/schema';
import { rolloutObservationV1 } from './rollout-observation/v1/schema';
import { rolloutObservationV2 } from './rollout-observation/v2/schema';
import { rolloutPlanV1 } from './rollout-plan/v1/schema';
import { safetyEvaluationV1 } from './safety-evaluation/v1/schema';
import { safetyEvaluationV2 } from './safety-evaluation/v2/schema';
import { scorecardVerdictV1 } from './scorecard-verdict/v1/schema';
import { signatureVerificationV1 } from './signature-verification/v1/schema';
import { sloAlertV1 } from './slo-alert/v1/schema';
import { sloStatusV1 } from './slo-status/v1/schema';
import { waiverV1 } from './waiver/v1/schema';
import type { EvidenceWriter } from './parts';

/**
 * Every kind and version that this release can read and write, by the `type` of its items. Old versions stay for ever.
 * @public
 */
export const evidenceKinds = {
  'io.ai-assurance.deployment.v1': deploymentV1,
  'io.ai-assurance.pipeline-run.v1': pipelineRunV1,
  'io.ai-assurance.artifact.v1': artifactV1,
  'io.ai-assurance.registry-version.v1': registryVersionV1,
  'io.ai-assurance.registry-alias.v1': registryAliasV1,
  'io.ai-assurance.signature-verification.v1': signatureVerificationV1,
  'io.ai-assurance.bill-of-materials.v1': billOfMaterialsV1,
  'io.ai-assurance.evaluation.v1': evaluationV1,
  'io.ai-assurance.evaluation.v2': evaluationV2,
  'io.ai-assurance.evaluation-comparison.v1': evaluationComparisonV1,
  'io.ai-assurance.evaluation-verdict.v1': evaluationVerdictV1,
  'io.ai-assurance.safety-evaluation.v1': safetyEvaluationV1,
  'io.ai-assurance.safety-evaluation.v2': safetyEvaluationV2,
  'io.ai-assurance.judge-calibration.v1': judgeCalibrationV1,
  'io.ai-assurance.quality-report.v1': qualityReportV1,
  'io.ai-assurance.slo-status.v1': sloStatusV1,
  'io.ai-assurance.slo-alert.v1': sloAlertV1,
  'io.ai-assurance.correction.v1': correctionV1,
  'io.ai-assurance.drift-report.v1': driftReportV1,
  'io.ai-assurance.drift-report.v2': driftReportV2,
  'io.ai-assurance.external-drift-report.v1': externalDriftReportV1,
  'io.ai-assurance.reference-window.v1': referenceWindowV1,
  'io.ai-assurance.reference-window.v2': referenceWindowV2,
  'io.ai-assurance.risk-classification.v1': riskClassificationV1,
  'io.ai-assurance.approval-request.v1': approvalRequestV1,
  'io.ai-assurance.approval-vote.v1': approvalVoteV1,
  'io.ai-assurance.approval-decision.v1': approvalDecisionV1,
  'io.ai-assurance.rollout-plan.v1': rolloutPlanV1,
  'io.ai-assurance.rollout-analysis.v1': rolloutAnalysisV1,
  'io.ai-assurance.rollout-observation.v1': rolloutObservationV1,
  'io.ai-assurance.rollout-observation.v2': rolloutObservationV2,
  'io.ai-assurance.gate-decision.v1': gateDecisionV1,
  'io.ai-assurance.action-order.v1': actionOrderV1,
  'io.ai-assurance.drill.v1': drillV1,
  'io.ai-assurance.incident.v1': incidentV1,
  'io.ai-assurance.capa.v1': capaV1,
  'io.ai-assurance.waiver.v1': waiverV1,
  'io.ai-assurance.attestation.v1': attestationV1,
  'io.ai-assurance.cost-report.v1': costReportV1,
  'io.ai-assurance.cost-budget.v1': costBudgetV1,
  'io.ai-assurance.scorecard-verdict.v1': scorecardVerdictV1,
  'io.ai-assurance.policy-change.v1': policyChangeV1,
  'io.ai-assurance.export.v1': exportV1,
  'io.ai-assurance.key-rotation.v1': keyRotationV1,
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
  'io.ai-assurance.deployment.v1': 'Deployment',
  'io.ai-assurance.pipeline-run.v1': 'Pipeline run',
  'io.ai-assurance.artifact.v1': 'Artifact',
  'io.ai-assurance.registry-version.v1': 'Registry version',
  'io.ai-assurance.registry-alias.v1': 'Registry alias',
  'io.ai-assurance.signature-verification.v1': 'Signature verification',
  'io.ai-assurance.bill-of-materials.v1': 'Bill of materials',
  'io.ai-assurance.evaluation.v1': 'Evaluation',
  'io.ai-assurance.evaluation.v2': 'Evaluation',
  'io.ai-assurance.evaluation-comparison.v1': 'Evaluation comparison',
  'io.ai-assurance.evaluation-verdict.v1': 'Evaluation verdict',
  'io.ai-assurance.safety-evaluation.v1': 'Safety evaluation',
  'io.ai-assurance.safety-evaluation.v2': 'Safety evaluation',
  'io.ai-assurance.judge-calibration.v1': 'Judge calibration',
  'io.ai-assurance.quality-report.v1': 'Data quality report',
  'io.ai-assurance.slo-status.v1': 'Objective status',
  'io.ai-assurance.slo-alert.v1': 'Objective alert',
  'io.ai-assurance.correction.v1': 'Budget correction',
  'io.ai-assurance.drift-report.v1': 'Drift report',
  'io.ai-assurance.drift-report.v2': 'Drift report',
  'io.ai-assurance.external-drift-report.v1': 'Drift report of another tool',
  'io.ai-assurance.reference-window.v1': 'Reference window',
  'io.ai-assurance.reference-window.v2': 'Reference window',
  'io.ai-assurance.risk-classification.v1': 'Risk classification',
  'io.ai-assurance.approval-request.v1': 'Approval request',
  'io.ai-assurance.approval-vote.v1': 'Approval vote',
  'io.ai-assurance.approval-decision.v1': 'Approval decision',
  'io.ai-assurance.rollout-plan.v1': 'Rollout plan',
  'io.ai-assurance.rollout-analysis.v1': 'Rollout analysis',
  'io.ai-assurance.rollout-observation.v1': 'Rollout observation',
  'io.ai-assurance.rollout-observation.v2': 'Rollout observation',
  'io.ai-assurance.gate-decision.v1': 'Gate decision',
  'io.ai-assurance.action-order.v1': 'Action order',
  'io.ai-assurance.drill.v1': 'Drill',
  'io.ai-assurance.incident.v1': 'Incident',
  'io.ai-assurance.capa.v1': 'Corrective or preventive action',
  'io.ai-assurance.waiver.v1': 'Waiver',
  'io.ai-assurance.attestation.v1': 'Attestation',
  'io.ai-assurance.cost-report.v1': 'Cost report',
  'io.ai-assurance.cost-budget.v1': 'Cost budget',
  'io.ai-assurance.scorecard-verdict.v1': 'Scorecard verdict',
  'io.ai-assurance.policy-change.v1': 'Policy change',
  'io.ai-assurance.export.v1': 'Audit pack export',
  'io.ai-assurance.key-rotation.v1': 'Key rotation',
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

/** What an item of this kind proves, in a sentence or two. @public */
export function meaningOf(type: EvidenceType): string {
  return evidenceKinds[type].meta()!.description!;
}

/** The kind without its version: `io.ai-assurance.waiver` of `io.ai-assurance.waiver.v1`. */
function kindOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}

/** By type, and by kind for versions that are not known: the stricter of those that are. */
const writers = new Map<string, EvidenceWriter>();
for (const [type, schema] of Object.entries(evidenceKinds)) {
  const writer = schema.meta()!.writer as EvidenceWriter;
  const kind = kindOf(type);
  writers.set(type, writer);
  writers.set(kind, writers.get(kind) === 'suite' ? 'suite' : writer);
}

/**
 * Who may write a kind. A version that this release cannot read is judged as the kind's known versions are, so that a newer
 * number is no way round; an unknown kind has no writer.
 * @public
 */
export function writerOf(type: string): EvidenceWriter | undefined {
  return writers.get(type) ?? writers.get(kindOf(type));
}
