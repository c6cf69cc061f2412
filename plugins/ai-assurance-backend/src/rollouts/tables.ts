import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { readBigint } from '../platform';
import { Observation } from './core/changed';

/** What was last recorded about the rollout of each model. */
export interface RolloutObservationRow {
  model_ref: string;
  status: string;
  reason: string;
  /** JSON: CohortCounts[] */
  cohorts: string;
  recorded_at_ms: number | string;
}

export interface StoredObservation extends Observation {
  modelRef: string;
  recordedAtMs: number;
}

export function observationFromRow(
  row: RolloutObservationRow,
): StoredObservation {
  return {
    modelRef: row.model_ref,
    status: row.status as VerdictStatus,
    reason: row.reason,
    cohorts: JSON.parse(row.cohorts),
    recordedAtMs: readBigint(row.recorded_at_ms),
  };
}

export function rowFromObservation(
  observation: StoredObservation,
): RolloutObservationRow {
  return {
    model_ref: observation.modelRef,
    status: observation.status,
    reason: observation.reason,
    cohorts: JSON.stringify(observation.cohorts),
    recorded_at_ms: observation.recordedAtMs,
  };
}
