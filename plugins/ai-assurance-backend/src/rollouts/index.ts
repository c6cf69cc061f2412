export {
  createRollouts,
  type RolloutDeps,
  type Rollouts,
} from './createRollouts';
export { type AdoptionAnswers, type PromotionAnswers } from './types';
