import {
  AdoptionPoint,
  CohortAdoption,
  Promotion,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf } from '../platform';

/** Whether rollouts may go to more devices. */
export interface PromotionAnswers {
  /** As decided last, or last by then; `undefined`: nothing was decided. */
  promotion(modelRef: string, asOf?: AsOf): Promise<Promotion | undefined>;
}

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
