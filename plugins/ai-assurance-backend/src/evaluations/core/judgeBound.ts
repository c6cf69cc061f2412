import { BoundGate } from './gates';
import {
  changedSince,
  GateVerdict,
  intervalOf,
  isStale,
  Known,
  newestMeasurement,
  Said,
  sliceOf,
  unfitJudge,
} from './known';
import { Measurement } from './measurement';

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
  const judge = unfitJudge(found, known.calibrations);
  if (judge) return unknown(judge);
  return found.low === null || found.high === null
    ? unknown('interval-not-stated')
    : undefined;
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

/** What a gate with a bound says of a version, by the newest measurement that it asks for. */
export function judgeBound(
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
