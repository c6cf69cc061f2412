import { Drift } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Narrow reads for other rooms. */
export interface DriftAnswers {
  /** Monitored signals of a subject as last judged, with history. Reading computes nothing. */
  monitors(subject: string, historySinceMs: number): Promise<Drift[]>;
}
