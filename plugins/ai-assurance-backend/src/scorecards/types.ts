import { ScorecardBoard, SubjectScore } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Narrow reads for other rooms. */
export interface ScorecardAnswers {
  /** The stored score of a subject; `undefined` before the first judgement. Reading computes nothing. */
  score(subject: string): Promise<SubjectScore | undefined>;
  boards(): Promise<ScorecardBoard[]>;
}
