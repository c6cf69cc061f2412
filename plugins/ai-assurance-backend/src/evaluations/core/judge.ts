import {
  VerdictStatus,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { BoundGate, Gate, Gates, OnlineGate, RegressionGate } from './gates';
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

/** What the gates say of one version. */
export interface VersionVerdict {
  version: string | null;
  digest: string | null;
  status: VerdictStatus;
  reason: string;
  gates: GateVerdict[];
}

const sliceOf = (gate: Gate) => gate.slice ?? null;

function newest<T extends { position: number }>(
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

function isStale(
  of: { timeMs: number; expiresAtMs: number | undefined },
  gate: Gate,
  nowMs: number,
): boolean {
  return (
    of.timeMs + gate.fresh.days * dayMs <= nowMs ||
    (of.expiresAtMs !== undefined && of.expiresAtMs <= nowMs)
  );
}

interface Said {
  status: GateVerdict['status'];
  reason: string;
}

/** Why a measurement cannot support a pass, the gravest first; `undefined` when it can. */
function unfit(
  gate: BoundGate,
  found: Measurement,
  known: Known,
  nowMs: number,
): Said | undefined {
  const unknown = (reason: string): Said => ({
    status: 'inconclusive',
    reason,
  });
  if (isStale(found, gate, nowMs)) return unknown('stale');
  if (found.unit !== gate.unit) return unknown('other-unit');
  if (found.datasetDigest === null) return unknown('dataset-not-stated');
  if (
    gate.datasetDigest !== undefined &&
    gate.datasetDigest !== found.datasetDigest
  )
    return unknown('dataset-changed');
  const changed = changedSince(found, known);
  if (changed) return unknown(changed);
  if (found.sampleCount === null || found.sampleCount < gate.minimumCount)
    return unknown('insufficient-sample');
  if (found.judge) {
    const calibration = calibrationFor(found, known.calibrations);
    if (!calibration) return unknown('judge-not-calibrated');
    if (!correctedBy(found, calibration)) return unknown('judge-says-nothing');
  }
  return found.low === null || found.high === null
    ? unknown('interval-not-stated')
    : undefined;
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

/** Judged on the worse end of the interval: what is not sure to hold does not hold. */
function againstBound(gate: BoundGate, low: number, high: number): Said {
  const isFloor = gate.atLeast !== undefined;
  const bound = (isFloor ? gate.atLeast : gate.atMost)!;
  if (isFloor ? low >= bound : high <= bound)
    return { status: 'pass', reason: 'within-bound' };
  if (isFloor ? high < bound : low > bound)
    return { status: 'fail', reason: isFloor ? 'below-bound' : 'above-bound' };
  return { status: 'inconclusive', reason: 'interval-crosses-bound' };
}

function judgeBound(
  gate: BoundGate,
  key: string,
  known: Known,
  nowMs: number,
): GateVerdict {
  const chosen = {
    ...known,
    measurements: known.measurements.filter(
      m =>
        (gate.tool === undefined || m.tool.id === gate.tool) &&
        (gate.datasetId === undefined || m.datasetId === gate.datasetId),
    ),
  };
  const found = newestMeasurement(chosen, gate.metric, sliceOf(gate), key);
  const base = {
    gate: gate.id,
    metric: gate.metric,
    slice: sliceOf(gate),
    bound: (gate.atLeast ?? gate.atMost)!,
    comparator:
      gate.atLeast === undefined ? ('at-most' as const) : ('at-least' as const),
    unit: gate.unit,
  };
  if (!found)
    return {
      ...base,
      status: 'inconclusive',
      reason: 'no-data',
      value: null,
      low: null,
      high: null,
      sampleCount: null,
      evidenceId: null,
    };
  const { value, low, high } = intervalOf(found, known.calibrations);
  const said =
    unfit(gate, found, known, nowMs) ?? againstBound(gate, low!, high!);
  return {
    ...base,
    ...said,
    value,
    low,
    high,
    sampleCount: found.sampleCount,
    evidenceId: found.evidenceId,
  };
}

/** Whether another version was measured before this one: then there is something that it could be worse than. */
function isLater(key: string, metric: string, known: Known): boolean {
  const first = (of: readonly Measurement[]) =>
    of.reduce((least, m) => Math.min(least, m.position), Infinity);
  const about = known.measurements.filter(
    m => m.metric === metric && versionKey(m) !== null,
  );
  const own = about.filter(m => versionKey(m) === key);
  const others = about.filter(m => versionKey(m) !== key);
  return first(others) < first(own);
}

function judgeRegression(
  gate: RegressionGate,
  key: string,
  known: Known,
  nowMs: number,
): GateVerdict {
  const base = {
    gate: gate.id,
    metric: gate.metric,
    slice: sliceOf(gate),
    bound: gate.higherIsBetter ? -gate.noWorseBy : gate.noWorseBy,
    comparator: gate.higherIsBetter
      ? ('at-least' as const)
      : ('at-most' as const),
  };
  const found = newest(
    known.comparisons.filter(
      ({ payload, ...of }) =>
        payload.metric === gate.metric &&
        payload.slice === sliceOf(gate) &&
        versionKey(of) === key,
    ),
  );
  if (!found) {
    const others = isLater(key, gate.metric, known);
    return {
      ...base,
      ...(others
        ? { status: 'inconclusive' as const, reason: 'no-data' }
        : { status: 'not-applicable' as const, reason: 'nothing-to-compare' }),
      unit: 'ratio',
      value: null,
      low: null,
      high: null,
      sampleCount: null,
      evidenceId: null,
    };
  }
  const { payload } = found;
  const sign = gate.higherIsBetter ? 1 : -1;
  // In the direction in which more is better.
  const worst = sign > 0 ? payload.differenceLow : -payload.differenceHigh;
  const best = sign > 0 ? payload.differenceHigh : -payload.differenceLow;
  const last = newest(
    known.measurements.filter(
      m =>
        m.metric === gate.metric &&
        m.slice === sliceOf(gate) &&
        m.datasetId === payload.datasetId &&
        versionKey(m) !== null,
    ),
  );
  let said: Said;
  if (isStale(found, gate, nowMs))
    said = { status: 'inconclusive', reason: 'stale' };
  else if (payload.datasetDigest === null)
    said = { status: 'inconclusive', reason: 'dataset-not-stated' };
  else if (
    last &&
    last.position > found.position &&
    last.datasetDigest !== payload.datasetDigest
  )
    said = { status: 'inconclusive', reason: 'dataset-changed' };
  else if (payload.itemCount < gate.minimumCount)
    said = { status: 'inconclusive', reason: 'insufficient-sample' };
  else if (best < -gate.noWorseBy)
    said = { status: 'fail', reason: 'became-worse' };
  else if (worst < -gate.noWorseBy)
    said = { status: 'inconclusive', reason: 'interval-crosses-bound' };
  else if (best < 0) said = { status: 'warn', reason: 'worse-within-bound' };
  else said = { status: 'pass', reason: 'no-worse' };
  return {
    ...base,
    ...said,
    unit: payload.unit,
    value: payload.differenceValue,
    low: payload.differenceLow,
    high: payload.differenceHigh,
    sampleCount: payload.itemCount,
    evidenceId: found.evidenceId,
  };
}

/** How often blocking is to be expected online, from the share of harmful requests and what was refused offline. */
export interface OnlinePrediction {
  low: number;
  high: number;
}

/**
 * `share·(1 − harmful compliance) + (1 − share)·benign refusal`, over the corners of all three intervals: wider than each of
 * them, and never too narrow. `undefined` unless all three were measured.
 */
export function predictedBlockRate(
  known: Known,
  key: string,
): OnlinePrediction | undefined {
  const of = (metric: string) => {
    const found = newestMeasurement(known, metric, null, key);
    const interval = found && intervalOf(found, known.calibrations);
    return interval && interval.low !== null && interval.high !== null
      ? [interval.low, interval.high]
      : undefined;
  };
  const shares = of('harmful-request-share');
  const complied = of('harmful-compliance');
  const refused = of('benign-refusal');
  if (!shares || !complied || !refused) return undefined;
  const corners = shares.flatMap(share =>
    complied.flatMap(c => refused.map(r => share * (1 - c) + (1 - share) * r)),
  );
  return { low: Math.min(...corners), high: Math.max(...corners) };
}

function judgeOnline(
  gate: OnlineGate,
  key: string,
  known: Known,
  nowMs: number,
): GateVerdict {
  const found = newestMeasurement(known, gate.metric, sliceOf(gate), key);
  const prediction = predictedBlockRate(known, key);
  const within = gate.agreesWithOfflineWithin;
  let said: Said;
  if (!found) said = { status: 'inconclusive', reason: 'no-data' };
  else if (!prediction)
    said = { status: 'inconclusive', reason: 'no-prediction' };
  else if (isStale(found, gate, nowMs))
    said = { status: 'inconclusive', reason: 'stale' };
  else if (
    found.low === null ||
    found.high === null ||
    (found.sampleCount ?? 0) < gate.minimumCount
  )
    said = { status: 'inconclusive', reason: 'insufficient-sample' };
  else if (
    found.low >= prediction.low - within &&
    found.high <= prediction.high + within
  )
    said = { status: 'pass', reason: 'as-predicted' };
  else if (
    found.high < prediction.low - within ||
    found.low > prediction.high + within
  )
    said = { status: 'fail', reason: 'not-as-predicted' };
  else said = { status: 'inconclusive', reason: 'interval-crosses-bound' };
  const isAbove =
    !found || !prediction
      ? false
      : found.value > (prediction.low + prediction.high) / 2;
  const bound = (isAbove ? prediction?.high : prediction?.low) ?? 0;
  return {
    gate: gate.id,
    metric: gate.metric,
    slice: sliceOf(gate),
    ...said,
    value: found?.value ?? null,
    low: found?.low ?? null,
    high: found?.high ?? null,
    bound: isAbove ? Math.min(1, bound + within) : Math.max(0, bound - within),
    comparator: isAbove ? 'at-most' : 'at-least',
    unit: 'ratio',
    sampleCount: found?.sampleCount ?? null,
    evidenceId: found?.evidenceId ?? null,
  };
}

/** A pass may rest on an item that a later, redacted one contradicted; nobody can know any more. */
function unlessErased(verdict: GateVerdict, key: string, known: Known) {
  if (verdict.status !== 'pass' && verdict.status !== 'warn') return verdict;
  const later = known.erased.some(({ envelope, position }) => {
    const about = versionKey({
      version: envelope.subjectVersion ?? null,
      digest: envelope.subjectDigest ?? null,
    });
    return (
      (about === key || about === null) &&
      position > Number(verdict.evidenceId ?? -1)
    );
  });
  return later
    ? { ...verdict, status: 'inconclusive' as const, reason: 'no-data' }
    : verdict;
}

function judgeGate(
  gate: Gate,
  key: string,
  known: Known,
  nowMs: number,
): GateVerdict {
  if ('noWorseBy' in gate) return judgeRegression(gate, key, known, nowMs);
  if ('agreesWithOfflineWithin' in gate)
    return judgeOnline(gate, key, known, nowMs);
  return judgeBound(gate, key, known, nowMs);
}

/** The versions that anything was measured of, the newest measured first. What names no version is none. */
export function versionsOf(
  known: Known,
): { key: string; version: string | null; digest: string | null }[] {
  const versions = new Map<
    string,
    { version: string | null; digest: string | null; position: number }
  >();
  for (const of of [...known.measurements, ...known.comparisons]) {
    const key = versionKey(of);
    if (key === null) continue;
    const before = versions.get(key);
    versions.set(key, {
      version: of.version ?? before?.version ?? null,
      digest: of.digest,
      position: Math.max(of.position, before?.position ?? -1),
    });
  }
  return [...versions]
    .sort(([, a], [, b]) => b.position - a.position)
    .map(([key, { version, digest }]) => ({ key, version, digest }));
}

/** What the gates say of every version, the newest measured first. No data is never a pass. */
export function judgeVersions(
  { gates }: Pick<Gates, 'gates'>,
  known: Known,
  nowMs: number,
): VersionVerdict[] {
  return versionsOf(known).map(({ key, version, digest }) => {
    const verdicts = gates.map(gate =>
      unlessErased(judgeGate(gate, key, known, nowMs), key, known),
    );
    const status = worstOf(verdicts.map(verdict => verdict.status));
    return {
      version,
      digest,
      status,
      reason:
        verdicts.find(verdict => verdict.status === status)?.reason ??
        'no-gates',
      gates: verdicts,
    };
  });
}
