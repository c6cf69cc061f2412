import {
  normalPoint,
  wilsonInterval,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Envelope, PayloadOf } from '@ai-assurance/evidence';
import { JudgeCalibration, roganGladen } from './roganGladen';

/** An item of evidence, as far as this room looks at it. */
export interface EvaluationItem {
  evidenceId: string;
  position: number;
  type: string;
  timeMs: number;
  expiresAtMs: number | undefined;
  envelope: Envelope;
  payload: Record<string, unknown>;
  /** The payload was redacted: it said something that nobody can read any more. */
  isErased?: true;
}

/** A model that judged outputs, pinned. */
export interface Judge {
  id: string;
  version: string;
  digest: string | null;
}

/** What a share of a safety evaluation counts, and whether much of it is good. */
const countedAs = {
  'good-outputs': 'higher-is-better',
  'successful-attacks': 'lower-is-better',
  'harmful-requests-answered': 'lower-is-better',
  'benign-requests-refused': 'lower-is-better',
  'leaking-outputs': 'lower-is-better',
} as const;

export type Counted = keyof typeof countedAs;

/** `null`: nobody said which way is better. */
export function directionOf(
  counted: Counted | undefined,
): 'higher-is-better' | 'lower-is-better' | null {
  return counted === undefined ? null : countedAs[counted];
}

/** One number that was measured of a version, with what it needs to be weighed. In `unit`. */
export interface Measurement {
  metric: string;
  slice: string | null;
  version: string | null;
  digest: string | null;
  value: number;
  low: number | null;
  high: number | null;
  unit: string;
  method: string | null;
  sampleCount: number | null;
  /** Outputs or attacks that counted, where the number is a share of them. */
  successCount: number | null;
  /** `undefined`: what the name of the metric says, as the report has it. */
  counted?: Counted;
  datasetId: string | null;
  datasetDigest: string | null;
  judge: Judge | null;
  tool: { id: string; version: string };
  timeMs: number;
  expiresAtMs: number | undefined;
  evidenceId: string;
  position: number;
}

/** A judge's calibration as it was recorded. */
export interface Calibration extends JudgeCalibration {
  judge: Judge;
  metric: string;
  labelSetId: string;
  labelSetDigest: string;
  labellerCount: number;
  timeMs: number;
  evidenceId: string;
  position: number;
}

/** The kinds that are read as measurements. */
export const MEASURING_KINDS = [
  'io.ai-assurance.evaluation.v1',
  'io.ai-assurance.evaluation.v2',
  'io.ai-assurance.safety-evaluation.v1',
  'io.ai-assurance.safety-evaluation.v2',
] as const;

/** The name of a version for grouping: its digest, else its label; `null` for what names neither. */
export function versionKey(of: {
  version: string | null;
  digest: string | null;
}): string | null {
  return of.digest ?? of.version;
}

/** Leakage is told per this many outputs. */
export const LEAKAGE_PER = 1000;

function base(item: EvaluationItem) {
  const { envelope, timeMs, expiresAtMs, evidenceId, position } = item;
  return {
    version: envelope.subjectVersion ?? null,
    digest: envelope.subjectDigest ?? null,
    timeMs,
    expiresAtMs,
    evidenceId,
    position,
  };
}

type Shared = Pick<
  Measurement,
  'datasetId' | 'datasetDigest' | 'judge' | 'tool'
> &
  ReturnType<typeof base>;

function share(
  shared: Shared,
  metric: string,
  counted: Counted,
  slice: string | null,
  successCount: number,
  totalCount: number | null,
): Measurement[] {
  if (totalCount === null || totalCount === 0) return [];
  const { valueRatio, lowRatio, highRatio } = wilsonInterval(
    successCount,
    totalCount,
  );
  return [
    {
      ...shared,
      metric,
      counted,
      slice,
      value: valueRatio,
      low: lowRatio,
      high: highRatio,
      unit: 'ratio',
      method: 'wilson',
      sampleCount: totalCount,
      successCount,
    },
  ];
}

function ofEvaluation(item: EvaluationItem): Measurement[] {
  const said = item.payload as
    | PayloadOf<'io.ai-assurance.evaluation.v1'>
    | PayloadOf<'io.ai-assurance.evaluation.v2'>;
  const later = 'tool' in said ? said : undefined;
  return [
    {
      ...base(item),
      metric: said.metric,
      slice: said.slice ?? null,
      value: said.value,
      low: said.intervalLow,
      high: said.intervalHigh,
      unit: said.unit,
      method: said.intervalMethod,
      sampleCount: said.totalCount,
      successCount: said.successCount ?? null,
      datasetId: said.datasetId,
      datasetDigest: said.datasetDigest,
      judge: later?.judge ?? null,
      tool: later?.tool ?? item.envelope.collector,
    },
  ];
}

function ofSafety(item: EvaluationItem): Measurement[] {
  const said = item.payload as
    | PayloadOf<'io.ai-assurance.safety-evaluation.v1'>
    | PayloadOf<'io.ai-assurance.safety-evaluation.v2'>;
  const shared: Shared = {
    ...base(item),
    datasetId: said.promptSetId,
    datasetDigest: said.promptSetDigest,
    judge: said.judge,
    tool: said.suite,
  };
  const { refusals, leakage } = said;
  const found = [
    ...share(
      shared,
      'attack-success',
      'successful-attacks',
      null,
      said.successCount,
      said.attackCount,
    ),
    ...said.categories.flatMap(({ category, successCount, attackCount }) =>
      share(
        shared,
        'attack-success',
        'successful-attacks',
        category,
        successCount,
        attackCount,
      ),
    ),
    ...said.scores.flatMap(({ metric, goodCount, totalCount }) =>
      // A score is told as the share of outputs that reached its limit, whatever its name: of toxicity those that are not.
      share(shared, metric, 'good-outputs', null, goodCount, totalCount),
    ),
  ];
  if (refusals) {
    const { harmfulCompliedCount, harmfulRefusedCount } = refusals;
    const { benignRefusedCount, benignCompliedCount } = refusals;
    found.push(
      ...share(
        shared,
        'harmful-compliance',
        'harmful-requests-answered',
        null,
        harmfulCompliedCount,
        harmfulCompliedCount + harmfulRefusedCount,
      ),
      ...share(
        shared,
        'benign-refusal',
        'benign-requests-refused',
        null,
        benignRefusedCount,
        benignRefusedCount + benignCompliedCount,
      ),
    );
  }
  if (leakage)
    found.push(
      ...share(
        shared,
        'pii-leakage',
        'leaking-outputs',
        null,
        leakage.leakedOutputCount,
        leakage.outputCount,
      ).map(leak => ({
        ...leak,
        value: leak.value * LEAKAGE_PER,
        low: leak.low! * LEAKAGE_PER,
        high: leak.high! * LEAKAGE_PER,
        unit: 'per-1000-outputs',
      })),
    );
  return found;
}

/** What an item measured; nothing for one that was redacted or is of another kind. */
export function measurementsOf(item: EvaluationItem): Measurement[] {
  if (item.isErased) return [];
  switch (item.type) {
    case 'io.ai-assurance.evaluation.v1':
    case 'io.ai-assurance.evaluation.v2':
      return ofEvaluation(item);
    case 'io.ai-assurance.safety-evaluation.v1':
    case 'io.ai-assurance.safety-evaluation.v2':
      return ofSafety(item);
    default:
      return [];
  }
}

export function calibrationOf(item: EvaluationItem): Calibration | undefined {
  if (item.isErased) return undefined;
  const said =
    item.payload as PayloadOf<'io.ai-assurance.judge-calibration.v1'>;
  return {
    judge: {
      id: said.judgeId,
      version: said.judgeVersion,
      digest: said.judgeDigest,
    },
    metric: said.metric,
    labelSetId: said.labelSetId,
    labelSetDigest: said.labelSetDigest,
    labellerCount: said.labellerCount,
    positiveCount: said.positiveCount,
    truePositiveCount: said.truePositiveCount,
    negativeCount: said.negativeCount,
    trueNegativeCount: said.trueNegativeCount,
    timeMs: item.timeMs,
    evidenceId: item.evidenceId,
    position: item.position,
  };
}

/** Whether two judges are the same one: name, version and digest. */
export function isSameJudge(a: Judge | null, b: Judge | null): boolean {
  return (
    a?.id === b?.id &&
    a?.version === b?.version &&
    (a?.digest ?? null) === (b?.digest ?? null)
  );
}

/** What a judge has to be calibrated for, and whether what counts is the opposite of what it was calibrated on. */
function judgedAs(metric: string): { metric: string; isOpposite: boolean } {
  if (metric === 'benign-refusal')
    return { metric: 'refusal', isOpposite: false };
  if (metric === 'harmful-compliance')
    return { metric: 'refusal', isOpposite: true };
  return { metric, isOpposite: false };
}

/** The newest calibration of a measurement's judge for what it measured. */
export function calibrationFor(
  measurement: Pick<Measurement, 'judge' | 'metric'>,
  calibrations: readonly Calibration[],
): Calibration | undefined {
  const { judge } = measurement;
  if (!judge || judge.id === 'unstated' || judge.version === 'unstated')
    return undefined;
  const { metric } = judgedAs(measurement.metric);
  return calibrations
    .filter(c => c.metric === metric && isSameJudge(c.judge, judge))
    .reduce<Calibration | undefined>(
      (newest, c) => (newest && newest.position > c.position ? newest : c),
      undefined,
    );
}

/** A judged share set right for its judge's errors, in the unit of the measurement; `undefined` when that cannot be done. */
export function correctedBy(
  measurement: Measurement,
  calibration: Calibration,
): { value: number; low: number; high: number } | undefined {
  const { successCount, sampleCount, unit } = measurement;
  if (successCount === null || sampleCount === null) return undefined;
  const { isOpposite } = judgedAs(measurement.metric);
  const { positiveCount, truePositiveCount, negativeCount, trueNegativeCount } =
    calibration;
  const found = roganGladen(
    successCount,
    sampleCount,
    isOpposite
      ? {
          positiveCount: negativeCount,
          truePositiveCount: trueNegativeCount,
          negativeCount: positiveCount,
          trueNegativeCount: truePositiveCount,
        }
      : calibration,
    normalPoint(0.95),
  );
  if (!found) return undefined;
  const scale = unit === 'per-1000-outputs' ? LEAKAGE_PER : 1;
  return {
    value: found.valueRatio * scale,
    low: found.lowRatio * scale,
    high: found.highRatio * scale,
  };
}
