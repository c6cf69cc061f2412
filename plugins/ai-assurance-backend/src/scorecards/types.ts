import {
  ScorecardBoard,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Narrow reads for other rooms. */
export interface ScorecardAnswers {
  /**
   * The stored score of a subject by the first configured scorecard that judged it; `undefined` before the first judgement.
   * Reading computes nothing.
   */
  score(subject: string): Promise<SubjectScore | undefined>;
  boards(): Promise<ScorecardBoard[]>;
}
