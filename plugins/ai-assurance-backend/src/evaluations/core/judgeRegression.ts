import { RegressionGate } from './gates';
import { GateVerdict, isStale, Known, newest, Said, sliceOf } from './known';
import { Measurement, versionKey } from './measurement';

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

/** Whether a version became worse, by the newest comparison with another on the same items. */
export function judgeRegression(
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
