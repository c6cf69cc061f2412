import {
  QueryOf,
  ScorecardBoard,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf } from '../platform';

/** Which part of the boards is asked for. */
export interface BoardQuery extends QueryOf<'listScorecards'> {}

/** Narrow reads for other rooms. */
export interface ScorecardAnswers {
  /**
   * The stored score of a subject by the first configured scorecard that judged it; `undefined` before the first judgement.
   * Reading computes nothing; with `asOf` the rules are applied again to the evidence of then.
   */
  score(subject: string, asOf?: AsOf): Promise<SubjectScore | undefined>;
  /** The same of all subjects at once, by entity ref; those that nothing judged yet are left out. */
  scores(asOf?: AsOf): Promise<Map<string, SubjectScore>>;
  /** Throws InputError `INVALID_CURSOR`. */
  boards(query: BoardQuery, asOf?: AsOf): Promise<ScorecardBoard[]>;
}
