import { PayloadOf } from '@ai-assurance/evidence';
import { Gate } from './gates';
import {
  Calibration,
  calibrationFor,
  correctedBy,
  EvaluationItem,
  isSameJudge,
  Measurement,
  versionKey,
} from './measurement';

const dayMs = 86_400_000;

/** A paired comparison as it was recorded; the version is the candidate. */
export interface Comparison {
  version: string | null;
  digest: string | null;
  timeMs: number;
  expiresAtMs: number | undefined;
  evidenceId: string;
  position: number;
  payload: PayloadOf<'io.ai-assurance.evaluation-comparison.v1'>;
}

/** Everything known about one subject's evaluations. */
export interface Known {
  measurements: readonly Measurement[];
  calibrations: readonly Calibration[];
  comparisons: readonly Comparison[];
  /** Redacted items of the kinds above. */
  erased: readonly EvaluationItem[];
}

export type GateVerdict =
  PayloadOf<'io.ai-assurance.evaluation-verdict.v1'>['gates'][number];

export const sliceOf = (gate: Gate) => gate.slice ?? null;

export function newest<T extends { position: number }>(
  items: readonly T[],
): T | undefined {
  return items.reduce<T | undefined>(
    (last, item) => (last && last.position > item.position ? last : item),
    undefined,
  );
}

/** The newest measurement of a metric and slice, of one version or of any. */
export function newestMeasurement(
  known: Known,
  metric: string,
  slice: string | null,
  key?: string,
): Measurement | undefined {
  return newest(
    known.measurements.filter(
      m =>
        m.metric === metric &&
        m.slice === slice &&
        (key === undefined || versionKey(m) === key),
    ),
  );
}

/**
 * What makes a result of a version incomparable with the newest one of its series, which is the same metric and slice by the
 * same tool on data of the same name, of any version: the data has another digest now, or another judge judged. `null` while
 * nothing does. What names no version is of no version, and voids nothing.
 */
export function changedSince(
  measurement: Measurement,
  known: Known,
): 'dataset-changed' | 'judge-changed' | null {
  const last = newest(
    known.measurements.filter(
      m =>
        m.metric === measurement.metric &&
        m.slice === measurement.slice &&
        m.tool.id === measurement.tool.id &&
        m.datasetId === measurement.datasetId &&
        versionKey(m) !== null,
    ),
  );
  if (!last || last.position <= measurement.position) return null;
  if (last.datasetDigest !== measurement.datasetDigest)
    return 'dataset-changed';
  return isSameJudge(last.judge, measurement.judge) ? null : 'judge-changed';
}

export function isStale(
  of: { timeMs: number; expiresAtMs: number | undefined },
  gate: Gate,
  nowMs: number,
): boolean {
  return (
    of.timeMs + gate.fresh.days * dayMs <= nowMs ||
    (of.expiresAtMs !== undefined && of.expiresAtMs <= nowMs)
  );
}

export interface Said {
  status: GateVerdict['status'];
  reason: string;
}

/** The interval that counts: of a judged share, the one set right for its judge. */
export function intervalOf(
  found: Measurement,
  calibrations: readonly Calibration[],
): { value: number; low: number | null; high: number | null } {
  const calibration = calibrationFor(found, calibrations);
  const corrected = calibration && correctedBy(found, calibration);
  return corrected ?? found;
}

/** Why a share that a model judged can support no pass; `undefined` for one that can, or that no model judged. */
export function unfitJudge(
  found: Measurement,
  calibrations: readonly Calibration[],
): string | undefined {
  if (!found.judge) return undefined;
  const calibration = calibrationFor(found, calibrations);
  if (!calibration) return 'judge-not-calibrated';
  return correctedBy(found, calibration) ? undefined : 'judge-says-nothing';
}
