import {
  AdoptionPoint,
  CohortAdoption,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Narrow reads for other rooms. */
export interface AdoptionAnswers {
  /** Sessions by cohort and version in a half-open range. */
  adoption(
    modelRef: string,
    fromMs: number,
    toMs: number,
  ): Promise<CohortAdoption[]>;
  /** Sessions by version in equal steps, at most 200 of them; `cohort` narrows. */
  overTime(
    modelRef: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ): Promise<AdoptionPoint[]>;
}
