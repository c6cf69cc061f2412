import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { Clock } from '../platform';
import { SubjectSnapshot } from './SubjectSnapshot';
import { SubjectAnswers } from './types';

export interface CohortsDeps {
  catalog: CatalogService;
  auth: AuthService;
  clock: Clock;
  logger: LoggerService;
}

/** Which subjects there are, and which one a signal belongs to. Reads the catalog on first use, not here. */
export function createCohorts(deps: CohortsDeps): { answers: SubjectAnswers } {
  return { answers: new SubjectSnapshot(deps) };
}
