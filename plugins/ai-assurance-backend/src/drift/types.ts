import { Drift } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf } from '../platform';

/** Narrow reads for other rooms. */
export interface DriftAnswers {
  /**
   * Monitored signals of a subject as last judged, or as last recorded by then, with history. Reading computes nothing,
   * except for a signal of then that has no reference.
   */
  monitors(
    subject: string,
    historySinceMs: number,
    asOf?: AsOf,
  ): Promise<Drift[]>;
}
