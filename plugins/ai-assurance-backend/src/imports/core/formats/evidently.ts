import {
  AnyImportedFact,
  codeOfLabel,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { wilsonInterval } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { z } from 'zod';
import {
  cappedNote,
  MAX_FACTS,
  mostFeatures,
  parseJsonReport,
  readPart,
  refuse,
  ToolStatus,
  weighed,
  worstCheck,
  worstOf,
} from '../parts';

// Written from Evidently's documentation of `Snapshot.save_json()` and `Snapshot.dict()`, version 0.7: a flat list of
// metrics, each told by config.type, and a flat list of tests that name their metric.
const prefix = 'evidently:metric_v2:';

const metricSchema = z.looseObject({
  id: z.string().optional(),
  config: z.looseObject({
    type: z.string(),
    column: z.string().optional(),
    method: z.string().nullish(),
    threshold: z.number().nullish(),
  }),
  value: z.unknown(),
});
const testSchema = z.looseObject({
  metric_config: z.looseObject({ metric_id: z.string() }).optional(),
  status: z.enum(['SUCCESS', 'FAIL', 'WARNING', 'ERROR', 'SKIPPED']),
});

const statusOfTest: Record<z.output<typeof testSchema>['status'], ToolStatus> =
  {
    SUCCESS: 'pass',
    FAIL: 'fail',
    WARNING: 'warn',
    ERROR: 'inconclusive',
    SKIPPED: 'inconclusive',
  };

const scores: Record<string, { metric: string; unit: string }> = {
  Accuracy: { metric: 'accuracy', unit: 'ratio' },
  Precision: { metric: 'precision', unit: 'ratio' },
  Recall: { metric: 'recall', unit: 'ratio' },
  F1Score: { metric: 'f1', unit: 'ratio' },
  RocAuc: { metric: 'roc-auc', unit: 'ratio' },
  RMSE: { metric: 'rmse', unit: 'target' },
  MAE: { metric: 'mae', unit: 'target' },
  MAPE: { metric: 'mape', unit: 'percent' },
  R2Score: { metric: 'r2', unit: '1' },
};

const number = z.number().refine(Number.isFinite, 'is no finite number');
const meanOr = z.union([number, z.looseObject({ mean: number })]);
const countAndShare = z.looseObject({ count: number, share: number });

/** Evidently writes counts as 0.0. */
function wholeCount(value: number, where: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    refuse('BROKEN_REPORT', `${where}: ${value} is no count`);
  return value;
}

export const evidentlyImporter: ReportImporter = {
  id: 'evidently',
  title: 'Evidently 0.7 report (JSON)',
  version: '1',
  tool: 'evidently',
  fileEndings: ['.json'],
  read(report, stated) {
    const value = parseJsonReport(
      report.text,
      'what Evidently writes with save_json()',
    ) as { metrics?: unknown; tests?: unknown };
    if (!Array.isArray(value?.metrics))
      return refuse(
        'NOT_RECOGNISED',
        'This is no report of Evidently 0.7: it has no list “metrics”. Reports of versions before 0.7 are not read.',
      );
    const isOurs = (metric: { config?: { type?: unknown } } | null) =>
      String(metric?.config?.type).startsWith(prefix);
    if (!value.metrics.some(isOurs))
      return refuse(
        'NOT_RECOGNISED',
        `This is no report of Evidently 0.7: no metric has a config.type that begins with ${prefix}`,
      );
    const metrics = value.metrics.map((metric, index) =>
      readPart(metricSchema, metric, `metrics.${index}`),
    );
    const tests = new Map<string, ToolStatus>();
    (Array.isArray(value.tests) ? value.tests : []).forEach((test, index) => {
      const { metric_config: about, status } = readPart(
        testSchema,
        test,
        `tests.${index}`,
      );
      if (about) tests.set(about.metric_id, statusOfTest[status]);
    });

    const named = metrics.map((metric, index) => ({
      ...metric,
      kind: metric.config.type.replace(prefix, ''),
      where: `metrics.${index}`,
    }));
    const rows = named.find(({ kind }) => kind === 'RowCount');
    const rowCount = rows
      ? wholeCount(
          readPart(number, rows.value, `${rows.where}.value`),
          `${rows.where}.value`,
        )
      : null;
    const tool = { id: 'evidently', version: '0.7' };
    const isPinned = Boolean(
      stated.datasetDigest || (stated.windowStart && stated.windowEnd),
    );
    const envelope = rowCount === null ? {} : { sampleCount: rowCount };
    const facts: AnyImportedFact[] = [];
    const left = new Map<string, number>();

    const features = named
      .filter(({ kind }) => kind === 'ValueDrift')
      .map(({ config, value: found, where, id }) => {
        const drift = readPart(number.nullable(), found, `${where}.value`);
        if (!config.column)
          return refuse('BROKEN_REPORT', `${where}.config.column: is missing`);
        const limit = config.threshold ?? null;
        // A test's p-value must not be under its limit; a distance must not reach it.
        const isPValue = /p_value/.test(config.method ?? '');
        const order = isPValue ? ('at-least' as const) : ('below' as const);
        const tested = id === undefined ? undefined : tests.get(id);
        let said: { status: ToolStatus; reason: string } = {
          status: tested ?? 'inconclusive',
          reason: tested ? 'as-tested' : 'no-limit-stated',
        };
        if (drift === null)
          said = { status: 'inconclusive', reason: 'no-data' };
        else if (limit !== null && !tested) {
          const isSame = isPValue ? drift >= limit : drift < limit;
          said = isSame
            ? { status: 'pass', reason: 'within-limit' }
            : { status: 'fail', reason: 'drifted' };
        }
        return {
          feature: codeOfLabel(config.column),
          statistic: codeOfLabel(config.method || 'unstated'),
          value: drift,
          limit,
          comparator: limit === null ? null : order,
          ...said,
        };
      });
    const columns = named.find(({ kind }) => kind === 'DriftedColumnsCount');
    if (features.length > 0 || columns) {
      const counted = columns
        ? readPart(countAndShare, columns.value, `${columns.where}.value`)
        : undefined;
      facts.push({
        type: 'io.ai-assurance.external-drift-report.v1',
        key: 'drift',
        envelope,
        payload: {
          tool,
          referenceDigest: null,
          referenceCount: null,
          currentCount: rowCount,
          features: worstOf(features, mostFeatures),
          driftedCount: counted
            ? wholeCount(counted.count, `${columns!.where}.value.count`)
            : features.filter(({ status }) => status === 'fail').length,
          comparedCount:
            counted && counted.share > 0
              ? Math.round(counted.count / counted.share)
              : features.length || null,
          ...weighed(worstCheck(features), { count: rowCount, isPinned }),
          reportDigest: report.digest,
        },
      });
    }

    const missing = named
      .filter(({ kind }) => kind === 'MissingValueCount')
      .map(({ config, value: found, where, id }) => {
        const counted = readPart(countAndShare, found, `${where}.value`);
        const tested = id === undefined ? undefined : tests.get(id);
        return {
          check: 'MissingValueCount',
          aspect: 'null-share' as const,
          feature: config.column ? codeOfLabel(config.column) : null,
          value: counted.share,
          limit: null,
          unit: 'ratio',
          failedCount: wholeCount(counted.count, `${where}.value.count`),
          totalCount: rowCount,
          status: tested ?? ('inconclusive' as const),
          reason: tested ? 'as-tested' : 'no-limit-stated',
        };
      });
    if (missing.length > 0)
      facts.push({
        type: 'io.ai-assurance.quality-report.v1',
        key: 'quality',
        envelope,
        payload: {
          datasetId: codeOfLabel(stated.datasetId ?? 'unstated'),
          datasetDigest: stated.datasetDigest ?? null,
          tool,
          rowCount,
          checks: worstOf(missing, mostFeatures),
          ...weighed(worstCheck(missing), { count: rowCount, isPinned }),
        },
      });

    for (const { kind, value: found, where } of named) {
      const score = Object.hasOwn(scores, kind) ? scores[kind] : undefined;
      if (!score) {
        const isTaken = [
          'RowCount',
          'ValueDrift',
          'DriftedColumnsCount',
          'MissingValueCount',
        ].includes(kind);
        if (!isTaken) left.set(kind, (left.get(kind) ?? 0) + 1);
        continue;
      }
      const read = readPart(meanOr, found, `${where}.value`);
      const measured = typeof read === 'number' ? read : read.mean;
      if (score.unit === 'ratio' && (measured < 0 || measured > 1))
        refuse('BROKEN_REPORT', `${where}.value: ${measured} is no share`);
      // Of accuracy alone the counts follow from the rows: it is the share of rows that were right.
      const right =
        score.metric === 'accuracy' && rowCount !== null && rowCount > 0
          ? Math.round(measured * rowCount)
          : undefined;
      const isExact =
        right !== undefined && Math.abs(right / rowCount! - measured) < 1e-9;
      const interval = isExact ? wilsonInterval(right, rowCount!) : undefined;
      facts.push({
        type: 'io.ai-assurance.evaluation.v2',
        key: `evaluation:${score.metric}:${where}`,
        envelope,
        payload: {
          metric: score.metric,
          value: measured,
          unit: score.unit,
          intervalLow: interval?.lowRatio ?? null,
          intervalHigh: interval?.highRatio ?? null,
          intervalLevelRatio: interval ? 0.95 : null,
          intervalMethod: interval ? 'wilson' : null,
          successCount: isExact ? right : null,
          totalCount: rowCount,
          datasetId: stated.datasetId ?? null,
          datasetDigest: stated.datasetDigest ?? null,
          slice: null,
          tool,
          judge: null,
          configurationDigest: null,
          reportDigest: report.digest,
        },
      });
    }
    if (facts.length === 0)
      return refuse(
        'NOTHING_TO_IMPORT',
        'The report holds neither drift, nor missing values, nor a score of a model: nothing of it can be evidence.',
      );
    if (facts.length > MAX_FACTS)
      return refuse('BROKEN_REPORT', `metrics: more than ${MAX_FACTS} scores`);
    return {
      facts,
      notes: [
        ...cappedNote(features.length, mostFeatures, 'features'),
        ...cappedNote(missing.length, mostFeatures, 'checks of missing values'),
        ...(rowCount === null
          ? [
              'The report does not say how many rows it is about: add the metric RowCount() to it.',
            ]
          : []),
        ...[...left].map(
          ([kind, count]) => `Not taken over: ${kind} (${count}).`,
        ),
      ],
    };
  },
};
