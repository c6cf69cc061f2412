export { createCosts, type CostsDeps } from './createCosts';
export { BUDGET_ANNOTATION } from './LedgerCosts';
export type {
  CostAnswers,
  CostBudget,
  CostPoint,
  CostsAnswer,
  CostSummary,
} from './types';
