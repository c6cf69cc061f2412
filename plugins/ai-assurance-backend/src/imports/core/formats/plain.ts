import {
  AnyImportedFact,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  normalPoint,
  wilsonInterval,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { evidenceKinds, PayloadOf } from '@ai-assurance/evidence';
import { z } from 'zod';
import { mcnemarExact, pairedDifference } from '../paired/mcnemar';
import { pairedBootstrap, wilcoxonSignedRank } from '../paired/scores';
import { digestOfValue, parseJsonReport, readPart, refuse } from '../parts';

const FORMAT = 'ai-assurance.io/evaluations/v1';
const mostItems = 50_000;

const code = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/+-]*$/,
    'is no code: letters, digits and . _ : / + - alone, at most 100',
  );
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'is no digest: sha256: and 64 hex digits');
const instant = z.iso.datetime({ offset: false });
const count = z.int().nonnegative();
const judge = z
  .object({ id: code, version: code, digest: digest.nullable().default(null) })
  .strict();

const metricSchema = z
  .object({
    metric: code,
    slice: code.nullable().default(null),
    successCount: count.optional(),
    totalCount: count.nullable().default(null),
    value: z.number().optional(),
    unit: code.optional(),
    interval: z
      .object({
        low: z.number(),
        high: z.number(),
        levelRatio: z.number().min(0).max(1),
        method: code,
      })
      .strict()
      .optional(),
    judge: judge.nullable().optional(),
  })
  .strict()
  .refine(
    metric =>
      metric.successCount === undefined
        ? metric.value !== undefined && metric.unit !== undefined
        : metric.value === undefined && metric.totalCount !== null,
    'has either successCount and totalCount, or value and unit',
  )
  .refine(
    metric =>
      metric.successCount === undefined ||
      (metric.totalCount! > 0 && metric.successCount <= metric.totalCount!),
    { path: ['successCount'], error: 'is no share of totalCount' },
  );

const outcome = z.union([z.boolean(), z.number()]);
const comparisonSchema = z
  .object({
    metric: code,
    slice: code.nullable().default(null),
    unit: code.default('score'),
    baseline: z
      .object({ version: code, digest: digest.nullable().default(null) })
      .strict(),
    items: z
      .array(
        z
          .object({ item: digest, baseline: outcome, candidate: outcome })
          .strict(),
      )
      .min(1)
      .max(mostItems, `more than ${mostItems} items`),
  })
  .strict();

const safetyKind = evidenceKinds['io.ai-assurance.safety-evaluation.v2'].shape;
const safetySchema = z
  .object({
    promptSetId: safetyKind.promptSetId.default(null),
    promptSetDigest: safetyKind.promptSetDigest.default(null),
    configurationDigest: safetyKind.configurationDigest.optional(),
    judge: safetyKind.judge.optional(),
    attackCount: safetyKind.attackCount.default(0),
    successCount: safetyKind.successCount.default(0),
    undecidedCount: safetyKind.undecidedCount.default(0),
    categories: safetyKind.categories.default([]),
    refusals: safetyKind.refusals.default(null),
    leakage: safetyKind.leakage.default(null),
    scores: safetyKind.scores.default([]),
  })
  .strict();

const calibrationKind =
  evidenceKinds['io.ai-assurance.judge-calibration.v1'].shape;
const calibrationSchema = z
  .object({
    judgeId: calibrationKind.judgeId,
    judgeVersion: calibrationKind.judgeVersion,
    judgeDigest: calibrationKind.judgeDigest.default(null),
    metric: calibrationKind.metric,
    labelSetId: calibrationKind.labelSetId,
    labelSetDigest: calibrationKind.labelSetDigest,
    labellerCount: calibrationKind.labellerCount,
    positiveCount: calibrationKind.positiveCount,
    negativeCount: calibrationKind.negativeCount,
    truePositiveCount: calibrationKind.truePositiveCount,
    trueNegativeCount: calibrationKind.trueNegativeCount,
  })
  .strict()
  .refine(c => c.truePositiveCount <= c.positiveCount, {
    path: ['truePositiveCount'],
    error: 'more than positiveCount',
  })
  .refine(c => c.trueNegativeCount <= c.negativeCount, {
    path: ['trueNegativeCount'],
    error: 'more than negativeCount',
  });

const fileSchema = z
  .object({
    format: z.literal(FORMAT),
    tool: z.object({ id: code, version: code }).strict(),
    evaluatedAt: instant.optional(),
    version: code.optional(),
    digest: digest.optional(),
    window: z.object({ start: instant, end: instant }).strict().optional(),
    dataset: z
      .object({
        id: code.nullable().default(null),
        digest: digest.nullable().default(null),
      })
      .strict()
      .optional(),
    judge: judge.nullable().default(null),
    configurationDigest: digest.nullable().default(null),
    metrics: z.array(metricSchema).max(200, 'more than 200').default([]),
    comparisons: z.array(comparisonSchema).max(20, 'more than 20').default([]),
    safety: z.array(safetySchema).max(20, 'more than 20').default([]),
    calibrations: z
      .array(calibrationSchema)
      .max(50, 'more than 50')
      .default([]),
  })
  .strict();

type File = z.output<typeof fileSchema>;
type Compared = PayloadOf<'io.ai-assurance.evaluation-comparison.v1'>;

function comparisonOf(
  comparison: File['comparisons'][number],
  where: string,
): Pick<
  Compared,
  | 'unit'
  | 'table'
  | 'differenceValue'
  | 'differenceLow'
  | 'differenceHigh'
  | 'intervalMethod'
  | 'pValueRatio'
  | 'testMethod'
  | 'itemsDigest'
  | 'itemCount'
> {
  const { items } = comparison;
  const seen = new Set<string>();
  items.forEach(({ item }, index) => {
    if (seen.has(item))
      refuse(
        'BROKEN_REPORT',
        `${where}.items.${index}.item: stands there twice`,
      );
    seen.add(item);
  });
  const itemsDigest = digestOfValue([...seen].sort());
  const isBinary = typeof items[0].baseline === 'boolean';
  const odd = items.findIndex(
    item =>
      typeof item.baseline !== typeof items[0].baseline ||
      typeof item.candidate !== typeof items[0].baseline,
  );
  if (odd >= 0)
    refuse(
      'BROKEN_REPORT',
      `${where}.items.${odd}: right and wrong (true, false) and scores (numbers) cannot be mixed`,
    );
  const common = { itemsDigest, itemCount: items.length };
  if (isBinary) {
    const counted = (baseline: boolean, candidate: boolean) =>
      items.filter(
        item => item.baseline === baseline && item.candidate === candidate,
      ).length;
    const table = {
      bothSucceededCount: counted(true, true),
      onlyBaselineCount: counted(true, false),
      onlyCandidateCount: counted(false, true),
      neitherCount: counted(false, false),
    };
    const difference = pairedDifference(table, normalPoint(0.95));
    return {
      ...common,
      unit: 'ratio',
      table,
      differenceValue: difference.value,
      differenceLow: difference.low,
      differenceHigh: difference.high,
      intervalMethod: 'bonett-price',
      pValueRatio: mcnemarExact(table),
      testMethod: 'mcnemar-exact',
    };
  }
  // In the order of the items' digests, so that the order of a file changes nothing.
  const differences = [...items]
    .sort((a, b) => (a.item < b.item ? -1 : 1))
    // Decimal writing must not tell two equal differences apart: ties count as ties.
    .map(item =>
      Number((Number(item.candidate) - Number(item.baseline)).toPrecision(12)),
    );
  const seed = Number.parseInt(itemsDigest.slice(7, 15), 16);
  const difference = pairedBootstrap(differences, seed);
  return {
    ...common,
    unit: comparison.unit,
    table: null,
    differenceValue: difference.value,
    differenceLow: difference.low,
    differenceHigh: difference.high,
    intervalMethod: 'paired-bootstrap',
    pValueRatio: wilcoxonSignedRank(differences),
    testMethod: 'wilcoxon-signed-rank',
  };
}

function measuredOf(metric: File['metrics'][number]) {
  const { successCount, totalCount, interval } = metric;
  if (successCount !== undefined) {
    const share = wilsonInterval(successCount, totalCount!);
    return {
      value: share.valueRatio,
      unit: 'ratio',
      intervalLow: share.lowRatio,
      intervalHigh: share.highRatio,
      intervalLevelRatio: 0.95,
      intervalMethod: 'wilson',
      successCount,
      totalCount,
    };
  }
  return {
    value: metric.value!,
    unit: metric.unit!,
    intervalLow: interval?.low ?? null,
    intervalHigh: interval?.high ?? null,
    intervalLevelRatio: interval?.levelRatio ?? null,
    intervalMethod: interval?.method ?? null,
    successCount: null,
    totalCount,
  };
}

const share95 = (successCount: number, totalCount: number) => {
  if (totalCount === 0) return null;
  const { lowRatio, highRatio } = wilsonInterval(successCount, totalCount);
  return { lowRatio, highRatio, levelRatio: 0.95, method: 'wilson' };
};

export const plainImporter: ReportImporter = {
  id: 'plain',
  title: 'Plain evaluations (JSON), version 1',
  version: '1',
  tool: 'plain',
  fileEndings: ['.json'],
  read(report, stated) {
    const value = parseJsonReport(
      report.text,
      `evaluations as JSON with “format”: “${FORMAT}”`,
    ) as { format?: unknown } | null;
    if (value?.format !== FORMAT)
      return refuse(
        'NOT_RECOGNISED',
        `format: is not ${FORMAT}. See the page on imports for the form.`,
      );
    const file = readPart(fileSchema, value, '');
    const { tool, window, dataset } = file;
    for (const [name, own, other] of [
      ['version', file.version, stated.subjectVersion],
      ['digest', file.digest, stated.subjectDigest],
      ['dataset.digest', dataset?.digest ?? undefined, stated.datasetDigest],
      ['dataset.id', dataset?.id ?? undefined, stated.datasetId],
    ] as const) {
      if (own !== undefined && other !== undefined && own !== other)
        refuse(
          'AMBIGUOUS_REPORT',
          `${name}: the file says another than you do`,
        );
    }
    const datasetId = dataset?.id ?? stated.datasetId ?? null;
    const datasetDigest = dataset?.digest ?? stated.datasetDigest ?? null;
    const base = {
      ...(file.evaluatedAt && { timeMs: Date.parse(file.evaluatedAt) }),
    };
    const about = (sampleCount: number | null) => ({
      ...(window && { windowStart: window.start, windowEnd: window.end }),
      ...(sampleCount !== null && { sampleCount }),
      ...(file.version && { subjectVersion: file.version }),
      ...(file.digest && { subjectDigest: file.digest }),
    });
    const facts: AnyImportedFact[] = [
      ...file.metrics.map(
        (metric, index): AnyImportedFact => ({
          type: 'io.ai-assurance.evaluation.v2',
          key: `metrics.${index}`,
          ...base,
          envelope: about(metric.totalCount),
          payload: {
            metric: metric.metric,
            ...measuredOf(metric),
            datasetId,
            datasetDigest,
            slice: metric.slice,
            tool,
            judge: metric.judge === undefined ? file.judge : metric.judge,
            configurationDigest: file.configurationDigest,
            reportDigest: report.digest,
          },
        }),
      ),
      ...file.comparisons.map(
        (comparison, index): AnyImportedFact => ({
          type: 'io.ai-assurance.evaluation-comparison.v1',
          key: `comparisons.${index}`,
          ...base,
          envelope: about(comparison.items.length),
          payload: {
            metric: comparison.metric,
            slice: comparison.slice,
            baselineVersion: comparison.baseline.version,
            baselineDigest: comparison.baseline.digest,
            datasetId,
            datasetDigest,
            intervalLevelRatio: 0.95,
            tool,
            reportDigest: report.digest,
            ...comparisonOf(comparison, `comparisons.${index}`),
          },
        }),
      ),
      ...file.safety.map(
        (safety, index): AnyImportedFact => ({
          type: 'io.ai-assurance.safety-evaluation.v2',
          key: `safety.${index}`,
          ...base,
          envelope: about(safety.attackCount || null),
          payload: {
            ...safety,
            suite: tool,
            promptSetId: safety.promptSetId ?? datasetId,
            promptSetDigest: safety.promptSetDigest ?? datasetDigest,
            judge: safety.judge === undefined ? file.judge : safety.judge,
            configurationDigest:
              safety.configurationDigest ?? file.configurationDigest,
            reportDigest: report.digest,
            successInterval:
              safety.attackCount === null ||
              safety.successCount > safety.attackCount
                ? null
                : share95(safety.successCount, safety.attackCount),
          },
        }),
      ),
      ...file.calibrations.map(
        (calibration, index): AnyImportedFact => ({
          type: 'io.ai-assurance.judge-calibration.v1',
          key: `calibrations.${index}`,
          ...base,
          envelope: about(
            calibration.positiveCount + calibration.negativeCount,
          ),
          payload: {
            ...calibration,
            sensitivityRatio:
              calibration.positiveCount === 0
                ? null
                : calibration.truePositiveCount / calibration.positiveCount,
            sensitivityInterval: share95(
              calibration.truePositiveCount,
              calibration.positiveCount,
            ),
            specificityRatio:
              calibration.negativeCount === 0
                ? null
                : calibration.trueNegativeCount / calibration.negativeCount,
            specificityInterval: share95(
              calibration.trueNegativeCount,
              calibration.negativeCount,
            ),
          },
        }),
      ),
    ];
    if (facts.length === 0)
      return refuse(
        'NOTHING_TO_IMPORT',
        'The file holds no metrics, comparisons, safety or calibrations.',
      );
    return {
      facts,
      notes:
        datasetDigest === null && file.metrics.length > 0
          ? [
              'No digest of the data is stated: such an evaluation supports no pass.',
            ]
          : [],
    };
  },
};
