import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Narrow reads for other rooms. */
export interface SloAnswers {
  /** Objectives of a subject as last evaluated. Reading computes nothing. */
  objectives(subject: string): Promise<Objective[]>;
  /** Why documents of the subject could not be used: file, line and reason. */
  problems(subject: string): Promise<string[]>;
}
