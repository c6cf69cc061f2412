import { z } from 'zod';
import * as wireShapes from './shapes';

/** @public */ export type SubjectSummary = z.infer<
  typeof wireShapes.subjectSummaryShape
>;
/** @public */ export type Subject = z.infer<typeof wireShapes.subjectShape>;
/** @public */ export type CheckVerdict = z.infer<
  typeof wireShapes.checkVerdictShape
>;
/** @public */ export type SubjectScore = z.infer<
  typeof wireShapes.subjectScoreShape
>;
/** @public */ export type Objective = z.infer<
  typeof wireShapes.objectiveShape
>;
/** @public */ export type ObjectiveAlert = z.infer<
  typeof wireShapes.objectiveAlertShape
>;
/** @public */ export type ObjectiveSegment = z.infer<
  typeof wireShapes.objectiveSegmentShape
>;
/** @public */ export type ObjectiveSource = z.infer<
  typeof wireShapes.objectiveSourceShape
>;
/** @public */ export type Correction = z.infer<
  typeof wireShapes.correctionShape
>;
/** @public */ export type OpenSloLoss = z.infer<
  typeof wireShapes.openSloLossShape
>;
/** @public */ export type {
  AlertCause,
  BudgetBlock,
  BudgetingMethod,
  CorrectionCause,
} from './shapes/objectives';
/** @public */ export type Drift = z.infer<typeof wireShapes.driftShape>;
/** @public */ export type DriftCoverage = z.infer<
  typeof wireShapes.driftCoverageShape
>;
/** @public */ export type LatencyPoint = z.infer<
  typeof wireShapes.latencyPointShape
>;
/** @public */ export type SegmentLatency = z.infer<
  typeof wireShapes.segmentLatencyShape
>;
/** @public */ export type AdoptionRow = z.infer<
  typeof wireShapes.adoptionRowShape
>;
/** @public */ export type CohortAdoption = z.infer<
  typeof wireShapes.cohortAdoptionShape
>;
/** @public */ export type AdoptionPoint = z.infer<
  typeof wireShapes.adoptionPointShape
>;
/** @public */ export type ModelVersion = z.infer<
  typeof wireShapes.versionShape
>;
/** @public */ export type Release = z.infer<typeof wireShapes.releaseShape>;
/** @public */ export type ReleaseState =
  (typeof wireShapes.RELEASE_STATES)[number];
/** @public */ export type EvidenceSummary = z.infer<
  typeof wireShapes.evidenceSummaryShape
>;
/** @public */ export type EvidenceDetail = z.infer<
  typeof wireShapes.evidenceDetailShape
>;
/** @public */ export type EvidenceList = z.infer<
  typeof wireShapes.evidenceListShape
>;
/** @public */ export type EvidenceFacets = z.infer<
  typeof wireShapes.evidenceFacetsShape
>;
/** @public */ export type Pack = z.infer<typeof wireShapes.packShape>;
/** @public */ export type Overview = z.infer<typeof wireShapes.overviewShape>;
/** @public */ export type Attention = z.infer<
  typeof wireShapes.attentionShape
>;
/** @public */ export type ServiceAnswer = z.infer<
  typeof wireShapes.serviceAnswerShape
>;
/** @public */ export type ModelAnswer = z.infer<
  typeof wireShapes.modelAnswerShape
>;
/** @public */ export type CohortAnswer = z.infer<
  typeof wireShapes.cohortAnswerShape
>;
/** @public */ export type ScorecardBoard = z.infer<
  typeof wireShapes.scorecardBoardShape
>;
/** @public */ export type IngestResult = z.infer<
  typeof wireShapes.ingestResultShape
>;
/** @public */ export type Reference = z.infer<
  typeof wireShapes.referenceShape
>;
/** What an answer about the past says of itself. @public */ export type AsOfNote =
  z.infer<typeof wireShapes.asOfShape>;
/** @public */ export type Quarantined = z.infer<
  typeof wireShapes.quarantinedShape
>;
/** @public */ export type QuarantinedDetail = z.infer<
  typeof wireShapes.quarantinedDetailShape
>;
/** @public */ export type QuarantineList = z.infer<
  typeof wireShapes.quarantineListShape
>;
/** @public */ export type QuarantineReplay = z.infer<
  typeof wireShapes.quarantineReplayShape
>;
/** @public */ export type QuarantineState =
  (typeof wireShapes.QUARANTINE_STATES)[number];
/** @public */ export type IngestOutcome =
  (typeof wireShapes.INGEST_OUTCOMES)[number];
export { type AsOfLimit } from './shapes/asOf';
/** @public */ export type HeadSummary = z.infer<
  typeof wireShapes.headSummaryShape
>;
/** @public */ export type Consistency = z.infer<
  typeof wireShapes.consistencyShape
>;
/** @public */ export type LedgerKeyInfo = z.infer<
  typeof wireShapes.ledgerKeyShape
>;
/** @public */ export type Publication = z.infer<
  typeof wireShapes.publicationShape
>;
/** @public */ export type LedgerCheck = z.infer<
  typeof wireShapes.ledgerCheckShape
>;
/** @public */ export type LedgerStatus = z.infer<
  typeof wireShapes.ledgerStatusShape
>;
/** @public */ export type Redaction = z.infer<
  typeof wireShapes.redactionShape
>;
/** @public */ export type {
  PublicationType,
  RedactionCause,
} from './shapes/ledger';
/** @public */ export type CollectorSummary = z.infer<
  typeof wireShapes.collectorSummaryShape
>;
/** @public */ export type SourceSummary = z.infer<
  typeof wireShapes.sourceSummaryShape
>;
/** @public */ export type SourceState =
  (typeof wireShapes.SOURCE_STATES)[number];
/** @public */ export type Incident = z.infer<typeof wireShapes.incidentShape>;
/** @public */ export type Runbook = z.infer<typeof wireShapes.runbookShape>;
/** @public */ export type {
  IncidentCategory,
  IncidentSeverity,
  IncidentState,
  Mitigation,
} from './shapes/incidents';
/** @public */ export type ActionOrder = z.infer<
  typeof wireShapes.actionOrderShape
>;
/** @public */ export type RollbackPlan = z.infer<
  typeof wireShapes.rollbackPlanShape
>;
/** @public */ export type Promotion = z.infer<
  typeof wireShapes.promotionShape
>;
/** @public */ export type { PromotionDecision } from './shapes/pages';
/** @public */ export type TelemetryOverflow = z.infer<
  typeof wireShapes.overflowShape
>;
/** @public */ export type { OrderState } from './shapes/actions';
/** @public */ export type ServiceSignals = z.infer<
  typeof wireShapes.serviceSignalsShape
>;
/** @public */ export type ChangeEvent = z.infer<
  typeof wireShapes.changeEventShape
>;
/** @public */ export type { ChangeGroup } from './shapes/pages';
/** @public */ export type ImportResult = z.infer<
  typeof wireShapes.importResultShape
>;
/** @public */ export type EvidenceImportItem = z.infer<
  typeof wireShapes.importItemShape
>;
/** @public */ export type ImportFormat = z.infer<
  typeof wireShapes.importFormatShape
>;
/** @public */ export type Evaluations = z.infer<
  typeof wireShapes.evaluationsShape
>;
/** @public */ export type EvaluationGate = z.infer<
  typeof wireShapes.evaluationGateShape
>;
/** @public */ export type EvaluationVersion = z.infer<
  typeof wireShapes.evaluationVersionShape
>;
/** @public */ export type EvaluationResult = z.infer<
  typeof wireShapes.evaluationResultShape
>;
/** @public */ export type EvaluationComparison = z.infer<
  typeof wireShapes.evaluationComparisonShape
>;
/** @public */ export type SafetyResult = z.infer<
  typeof wireShapes.safetyResultShape
>;
/** @public */ export type JudgeCalibration = z.infer<
  typeof wireShapes.judgeCalibrationShape
>;
