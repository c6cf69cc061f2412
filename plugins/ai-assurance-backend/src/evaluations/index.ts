export { createEvaluations, type EvaluationDeps } from './createEvaluations';
