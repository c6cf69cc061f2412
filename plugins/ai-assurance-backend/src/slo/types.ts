import {
  BudgetBlock,
  Correction,
  Objective,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf } from '../platform';

/** An error-budget policy that is in force for a subject, because a budget is exhausted. */
export interface BudgetBlockade {
  policyId: string;
  title: string;
  blocks: BudgetBlock[];
  /** Objectives whose corrected budget is exhausted. */
  objectives: { sloName: string; objectiveName: string }[];
}

/** What is said of the objectives of a subject. */
export interface ToldObjectives {
  objectives: Objective[];
  /** Why documents of the subject could not be used: file, line and reason. */
  problems: string[];
}

/** Narrow reads for other rooms. */
export interface SloAnswers {
  /** Objectives of a subject as last evaluated, or as last recorded by then. Reading computes nothing. */
  objectives(subject: string, asOf?: AsOf): Promise<Objective[]>;
  /** The same with what is wrong with its documents, in one question where both are asked at every opening of a page. */
  told(subject: string, asOf?: AsOf): Promise<ToldObjectives>;
  /** Objectives of subjects with alerts, at most so many subjects. */
  alerting(mostSubjects: number): Promise<Map<string, Objective[]>>;
  /** Why documents of the subject could not be used: file, line and reason. */
  problems(subject: string, asOf?: AsOf): Promise<string[]>;
  /** Corrections of a subject that were known then and not withdrawn by then, newest first, at most 200. */
  corrections(subject: string, asOf?: AsOf): Promise<Correction[]>;
  /** What exhausted budgets block for any of these subjects now; empty: nothing. */
  blockades(subjects: string[]): Promise<BudgetBlockade[]>;
}
