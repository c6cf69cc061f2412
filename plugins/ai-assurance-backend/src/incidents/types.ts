import {
  Incident,
  Runbook,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectRecord } from '../cohorts';
import { AsOf } from '../platform';

/** Narrow reads for other rooms. */
export interface IncidentAnswers {
  /**
   * Incidents of a subject, opened here or told by another system, each as its newest statement says: open ones first, then
   * the newest; at most 50.
   */
  incidents(subject: string, asOf?: AsOf): Promise<Incident[]>;
  /** The runbooks that the catalog names, and when somebody last vouched for each. */
  runbooks(record: SubjectRecord, asOf?: AsOf): Promise<Runbook[]>;
}
