/**
 * For modules of AI Assurance: the contract of collectors and where to add them; roles and their rights, for permission
 * policies that want to ask AI Assurance.
 *
 * @packageDocumentation
 */
export { ROLES, rolesOf, type Role, type RoleAssignments } from './roles';
export { decide, isAiAssurancePermission, type DecideUser } from './decide';
export {
  COLLECTION_FAILURE_CODES,
  CollectorError,
  type AnyCollectedFact,
  type CollectContext,
  type CollectedFact,
  type CollectionFailureCode,
  type CollectorMemory,
  type CollectorSubject,
  type EvidenceCollector,
} from './collector';
export {
  evidenceCollectorsExtensionPoint,
  reportImportersExtensionPoint,
  rollbackManagersExtensionPoint,
  type EvidenceCollectorsExtensionPoint,
  type ReportImportersExtensionPoint,
  type RollbackManagersExtensionPoint,
} from './extensions';
export { expiryOf, instantOf, periodOf, type Period } from './period';
export {
  createJsonClient,
  type HttpTarget,
  type JsonAnswer,
  type JsonClient,
  type JsonRequest,
} from './http/jsonClient';
export { readAnswer, type ValueSchema } from './http/readAnswer';
export { readHttpTarget } from './http/readTarget';
export { codeOfLabel, shortDigestOf } from './label';
export { readMemory } from './readMemory';
export { requireSelection, type SelectionReading } from './selection';
export { checkPromQL, increaseOf, withWindow } from './promql/promql';
export { QueryTemplate, type TemplateSubject } from './promql/QueryTemplate';
export { createMetricsEngine } from './engine/metricsEngine';
export {
  type EngineAnswer,
  type EngineSample,
  type EngineSeries,
  type MetricsEngine,
} from './engine/types';
export {
  evidenceOfGenAiEvaluations,
  GEN_AI_EVALUATION_EVENT,
  readGenAiEvaluation,
  type GenAiEvaluation,
  type GenAiEvaluationContext,
  type GenAiEvaluationReading,
} from './genai/evaluationResult';
export {
  IMPORT_FAILURE_CODES,
  ImportError,
  type AnyImportedFact,
  type ImportedFact,
  type ImportedReport,
  type ImportFailureCode,
  type ImportReading,
  type ImportStatement,
  type ReportImporter,
} from './importer';
export {
  type RollbackManager,
  type RollbackOrder,
  type RollbackOutcome,
  type RollbackRoute,
} from './rollback/rollbackManager';
export {
  createOrderClient,
  isDone,
  outcomeOfQuestion,
  outcomeOfReply,
  replyOfFailure,
  type OrderClient,
  type OrderReply,
  type OrderRequest,
} from './rollback/orderClient';
export {
  nameOfOrder,
  outcomeOfFound,
  outcomeOrFound,
} from './rollback/ownOrder';
