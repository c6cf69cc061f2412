export {
  createScorecards,
  type ScorecardDeps,
  type Scorecards,
} from './createScorecards';
export { type ScorecardAnswers } from './types';
// The language of rules, for rooms above that ask evidence in the same words.
export { lengthSchema, refineRules, ruleFields, type Rule } from './core/rule';
export { judge, withdrawnAfterMs, type Fact } from './core/judge';
export { readFacts } from './EvidenceFacts';
