export {
  createApprovals,
  type ApprovalDeps,
  type Approvals,
} from './createApprovals';
export { targetedCohorts } from './core/targetedCohorts';
export { type ApprovalAnswers, type ReleaseQuery } from './types';
