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
  /**
   * Of these signals one cohort alone, as far as they are judged by cohorts: judged now, or over the last whole minutes of then,
   * from the windows as they are kept, with its history as it was judged.
   */
  ofCohort(
    subject: string,
    cohort: string,
    historySinceMs: number,
    asOf?: AsOf,
  ): Promise<Drift[]>;
}
