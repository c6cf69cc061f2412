import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf } from '../platform';

/** Narrow reads for other rooms. */
export interface SloAnswers {
  /** Objectives of a subject as last evaluated, or as last recorded by then. Reading computes nothing. */
  objectives(subject: string, asOf?: AsOf): Promise<Objective[]>;
  /** Why documents of the subject could not be used: file, line and reason. */
  problems(subject: string, asOf?: AsOf): Promise<string[]>;
}
