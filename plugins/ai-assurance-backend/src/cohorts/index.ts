export { createCohorts, type CohortsDeps } from './createCohorts';
export type { Assignment, SubjectAnswers, SubjectRecord } from './types';
