import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { refuse, ToolStatus } from '../parts';
import { alertOf, numberOf } from './nannymlCells';

// Written from NannyML's documentation (0.13) of performance estimation: CBPE for classification, DLE for regression. Of
// each metric a result tells value, sampling_error, realized, the boundaries of confidence (three sampling errors to
// either side), thresholds and alert.
const parts = [
  'value',
  'sampling_error',
  'realized',
  'upper_confidence_boundary',
  'lower_confidence_boundary',
  'upper_threshold',
  'lower_threshold',
  'alert',
] as const;
type Part = (typeof parts)[number];

/** Chance that three standard errors to either side hold the value of a normal law. */
const levelRatio = 0.9973;

const metrics: Record<string, { unit: string; isBetterHigh: boolean }> = {
  roc_auc: { unit: 'ratio', isBetterHigh: true },
  f1: { unit: 'ratio', isBetterHigh: true },
  precision: { unit: 'ratio', isBetterHigh: true },
  recall: { unit: 'ratio', isBetterHigh: true },
  specificity: { unit: 'ratio', isBetterHigh: true },
  accuracy: { unit: 'ratio', isBetterHigh: true },
  average_precision: { unit: 'ratio', isBetterHigh: true },
  business_value: { unit: 'value', isBetterHigh: true },
  mae: { unit: 'target', isBetterHigh: false },
  mape: { unit: 'ratio-of-target', isBetterHigh: false },
  mse: { unit: 'target-squared', isBetterHigh: false },
  msle: { unit: '1', isBetterHigh: false },
  rmse: { unit: 'target', isBetterHigh: false },
  rmsle: { unit: '1', isBetterHigh: false },
};

/** Where the file tells one part of one metric. */
export interface EstimateField {
  at: number;
  metric: string;
  part: Part;
}

const isPart = (name: string): name is Part =>
  (parts as readonly string[]).includes(name);

/** Only estimates tell both of these; measured performance and statistics of the data do not. */
function onlyEstimates(fields: EstimateField[]): EstimateField[] {
  const has = (metric: string, part: Part) =>
    fields.some(field => field.metric === metric && field.part === part);
  return fields.filter(
    ({ metric }) =>
      Object.hasOwn(metrics, metric) &&
      has(metric, 'value') &&
      has(metric, 'realized'),
  );
}

/** From names such as `roc_auc_upper_threshold`. */
export function flatEstimates(names: readonly string[]): EstimateField[] {
  const fields: EstimateField[] = [];
  names.forEach((name, at) => {
    for (const metric of Object.keys(metrics)) {
      const part = name.slice(metric.length + 1);
      if (name.startsWith(`${metric}_`) && isPart(part))
        fields.push({ at, metric, part });
    }
  });
  return onlyEstimates(fields);
}

/** From two rows of names: the metric above what is told of it. */
export function twoLevelEstimates(
  above: readonly string[],
  what: readonly string[],
): EstimateField[] {
  const fields: EstimateField[] = [];
  above.forEach((metric, at) => {
    const part = what[at];
    if (part !== undefined && isPart(part)) fields.push({ at, metric, part });
  });
  return onlyEstimates(fields);
}

type Numbers = Record<Exclude<Part, 'alert'>, number | null>;

function limitOf(
  { value, upper_threshold: upper, lower_threshold: lower }: Numbers,
  isBetterHigh: boolean,
): { limit: number | null; comparator: 'below' | 'at-least' | null } {
  const above = { limit: upper, comparator: 'below' as const };
  const below = { limit: lower, comparator: 'at-least' as const };
  if (value !== null && upper !== null && value > upper) return above;
  if (value !== null && lower !== null && value < lower) return below;
  const usual = isBetterHigh ? below : above;
  return usual.limit === null ? { limit: null, comparator: null } : usual;
}

/**
 * What one chunk says of each metric: how NannyML judged it, as a signal of drift, and the estimate with its interval. Throws
 * `BROKEN_REPORT` with row and metric for what does not fit.
 */
export function estimatesOf(
  fields: readonly EstimateField[],
  row: readonly string[],
  line: number,
) {
  const named = [...new Set(fields.map(({ metric }) => metric))];
  return named.flatMap(metric => {
    const where = `row ${line}, ${metric}`;
    const textOf = (part: Part) => {
      const field = fields.find(
        one => one.metric === metric && one.part === part,
      );
      return field === undefined ? '' : row[field.at];
    };
    const numbers = Object.fromEntries(
      parts
        .filter(part => part !== 'alert')
        .map(part => [part, numberOf(textOf(part), where)]),
    ) as Numbers;
    const { unit, isBetterHigh } = metrics[metric];
    const { value } = numbers;
    if (value === null) return [];
    if (unit === 'ratio' && (value < 0 || value > 1))
      refuse('BROKEN_REPORT', `${where}: ${value} is no share`);
    const alert = alertOf(textOf('alert'), where);
    let said: { status: ToolStatus; reason: string } = {
      status: 'inconclusive',
      reason: 'no-limit-stated',
    };
    if (alert !== undefined)
      said = alert
        ? { status: 'fail', reason: 'outside-threshold' }
        : { status: 'pass', reason: 'within-limit' };
    const name = `estimated-${codeOfLabel(metric).replaceAll('_', '-')}`;
    return [
      {
        feature: {
          feature: name,
          statistic: 'estimated-performance',
          value,
          ...limitOf(numbers, isBetterHigh),
          ...said,
        },
        evaluation: {
          metric: name,
          value,
          unit,
          ...intervalOf(numbers, value, unit, where),
        },
      },
    ];
  });
}

function intervalOf(
  numbers: Numbers,
  value: number,
  unit: string,
  where: string,
) {
  const low = numbers.lower_confidence_boundary;
  const high = numbers.upper_confidence_boundary;
  if (low === null || high === null)
    return {
      intervalLow: null,
      intervalHigh: null,
      intervalLevelRatio: null,
      intervalMethod: null,
    };
  if (low > value || value > high)
    refuse('BROKEN_REPORT', `${where}: lies outside its confidence boundaries`);
  const isRatio = unit === 'ratio';
  return {
    intervalLow: isRatio ? Math.max(0, low) : low,
    intervalHigh: isRatio ? Math.min(1, high) : high,
    intervalLevelRatio: levelRatio,
    intervalMethod: 'sampling-error',
  };
}
