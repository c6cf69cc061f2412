import {
  ScorecardBoard,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf } from '../platform';

/** Narrow reads for other rooms. */
export interface ScorecardAnswers {
  /**
   * The stored score of a subject by the first configured scorecard that judged it; `undefined` before the first judgement.
   * Reading computes nothing; with `asOf` the rules are applied again to the evidence of then.
   */
  score(subject: string, asOf?: AsOf): Promise<SubjectScore | undefined>;
  boards(asOf?: AsOf): Promise<ScorecardBoard[]>;
}
