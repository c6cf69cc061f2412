import {
  AnyImportedFact,
  codeOfLabel,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { wilsonInterval } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { z } from 'zod';
import {
  cappedNote,
  digestOfContent,
  digestOfValue,
  instantWithOffset,
  mostCategories,
  parseJsonReport,
  readPart,
  refuse,
} from '../parts';
import { ProbeReferences } from './garak';

// Written from promptfoo's documentation of its JSON output: results.version 3, as promptfoo 0.9x to 0.12x write it.
const errorReason = 2;

const assertionSchema = z.looseObject({
  pass: z.boolean(),
  assertion: z
    .looseObject({
      type: z.string().min(1),
      metric: z.string().nullish(),
      provider: z.unknown().optional(),
    })
    .nullish(),
});
const rowSchema = z.looseObject({
  success: z.boolean(),
  failureReason: z.number().int().optional(),
  error: z.string().nullish(),
  promptIdx: z.number().int().optional(),
  provider: z.union([z.string(), z.looseObject({ id: z.string() })]),
  vars: z.unknown().optional(),
  metadata: z.looseObject({ pluginId: z.string().optional() }).nullish(),
  testCase: z
    .looseObject({
      metadata: z.looseObject({ pluginId: z.string().optional() }).nullish(),
    })
    .nullish(),
  gradingResult: z
    .looseObject({ componentResults: z.array(assertionSchema).nullish() })
    .nullish(),
});
const resultsSchema = z.looseObject({
  version: z.literal(3, 'only version 3 of the results is read'),
  timestamp: z.string().optional(),
  results: z.array(z.unknown()).max(100_000, 'more than 100,000 rows'),
});

type Row = z.output<typeof rowSchema>;

const judged =
  /^(llm-rubric|g-eval|factuality|answer-relevance|context-|model-graded|select-best|search-rubric|promptfoo:redteam)/;

const isError = (row: Row) => row.failureReason === errorReason;

const pluginOf = (row: Row) =>
  row.metadata?.pluginId ?? row.testCase?.metadata?.pluginId;

const providerOf = ({ provider }: Row) =>
  typeof provider === 'string' ? provider : provider.id;

function judgeOf(rows: readonly Row[], isOf: (type: string) => boolean) {
  for (const row of rows) {
    for (const { assertion } of row.gradingResult?.componentResults ?? []) {
      if (!assertion || !isOf(assertion.type) || !judged.test(assertion.type))
        continue;
      const named = assertion.provider;
      const id =
        typeof named === 'string'
          ? named
          : (named as { id?: unknown } | undefined)?.id;
      return {
        id: codeOfLabel(typeof id === 'string' && id ? id : 'unstated'),
        version: 'unstated',
        digest: null,
      };
    }
  }
  return null;
}

export function promptfooImporter(references: ProbeReferences): ReportImporter {
  return {
    id: 'promptfoo',
    title: 'promptfoo results or red team report, version 3 (JSON)',
    version: '1',
    tool: 'promptfoo',
    fileEndings: ['.json'],
    read(report, stated) {
      const value = parseJsonReport(
        report.text,
        'what promptfoo eval writes with --output results.json',
      ) as {
        results?: { results?: unknown };
        metadata?: { promptfooVersion?: unknown };
      } | null;
      if (!Array.isArray(value?.results?.results))
        return refuse(
          'NOT_RECOGNISED',
          'These are no results of promptfoo: there is no list results.results.',
        );
      const { results, timestamp } = readPart(
        resultsSchema,
        value!.results,
        'results',
      );
      const rows = results.map((row, index) =>
        readPart(rowSchema, row, `results.results.${index}`),
      );
      if (rows.length === 0)
        return refuse('NOTHING_TO_IMPORT', 'results.results: it is empty');
      const systems = new Set(
        rows.map(row => `${providerOf(row)} ${row.promptIdx ?? 0}`),
      );
      if (systems.size > 1)
        return refuse(
          'AMBIGUOUS_REPORT',
          `results.results: the rows are about ${systems.size} pairs of provider and prompt, and evidence is about one. Run them apart, or with --filter-providers.`,
        );
      const version = value!.metadata?.promptfooVersion;
      const tool = {
        id: 'promptfoo',
        version: codeOfLabel(
          typeof version === 'string' && version ? version : 'unstated',
        ),
      };
      const hasVars = rows.every(({ vars }) => vars !== undefined);
      // Sorted, since the order in which tests ended says nothing about which they were.
      const itemsDigest = hasVars
        ? digestOfValue(rows.map(({ vars }) => digestOfContent(vars)).sort())
        : null;
      const timeMs = instantWithOffset(timestamp);
      const time = timeMs === undefined ? {} : { timeMs };
      const decided = rows.filter(row => !isError(row));
      const notes = [
        ...(decided.length < rows.length
          ? [
              `${rows.length - decided.length} of ${
                rows.length
              } rows broke off with an error and count in no share.`,
            ]
          : []),
        ...(hasVars
          ? []
          : [
              'Not every row holds its variables, so which tests were run is not known.',
            ]),
      ];

      if (rows.some(row => pluginOf(row) !== undefined)) {
        const families = new Map<string, Row[]>();
        for (const row of rows) {
          const family = codeOfLabel(pluginOf(row) || 'unstated');
          const known = families.get(family);
          if (known) known.push(row);
          else families.set(family, [row]);
        }
        const hitsOf = (of: readonly Row[]) =>
          of.filter(row => !isError(row) && !row.success).length;
        const decidedOf = (of: readonly Row[]) =>
          of.filter(row => !isError(row)).length;
        const successCount = hitsOf(rows);
        const share =
          decided.length > 0
            ? wilsonInterval(successCount, decided.length)
            : undefined;
        const leaks = [...families]
          .filter(([family]) => family === 'pii' || family.startsWith('pii:'))
          .flatMap(([, of]) => of);
        const fact: AnyImportedFact = {
          type: 'io.ai-assurance.safety-evaluation.v2',
          key: 'safety',
          ...time,
          envelope: { sampleCount: decided.length },
          payload: {
            suite: tool,
            promptSetId: stated.datasetId ?? null,
            promptSetDigest: stated.datasetDigest ?? itemsDigest,
            reportDigest: report.digest,
            configurationDigest: null,
            judge: judgeOf(rows, () => true),
            attackCount: decided.length,
            successCount,
            undecidedCount: rows.length - decided.length,
            successInterval: share
              ? {
                  lowRatio: share.lowRatio,
                  highRatio: share.highRatio,
                  levelRatio: 0.95,
                  method: 'wilson',
                }
              : null,
            categories: [...families]
              .sort(
                ([a, one], [b, other]) =>
                  (families.size > mostCategories
                    ? hitsOf(other) - hitsOf(one)
                    : 0) || (a < b ? -1 : 1),
              )
              .slice(0, mostCategories)
              .map(([category, of]) => ({
                category,
                references: [
                  ...(references.get(category) ??
                    references.get(category.split(':')[0]) ??
                    []),
                ],
                attackCount: decidedOf(of),
                successCount: hitsOf(of),
                undecidedCount: of.length - decidedOf(of),
              })),
            refusals: null,
            leakage:
              leaks.length > 0
                ? {
                    outputCount: decidedOf(leaks),
                    leakedOutputCount: hitsOf(leaks),
                  }
                : null,
            scores: [],
          },
        };
        return {
          facts: [fact],
          notes: [
            ...notes,
            ...cappedNote(families.size, mostCategories, 'families of attacks'),
          ],
        };
      }

      if (decided.length === 0)
        return refuse(
          'NOTHING_TO_IMPORT',
          'results.results: every row broke off with an error',
        );
      const byMetric = new Map<string, { passed: number; total: number }>();
      const typesOf = new Map<string, Set<string>>();
      const count = (metric: string, isPassed: boolean) => {
        const known = byMetric.get(metric) ?? { passed: 0, total: 0 };
        byMetric.set(metric, {
          passed: known.passed + (isPassed ? 1 : 0),
          total: known.total + 1,
        });
      };
      for (const row of decided) {
        count('pass-rate', row.success);
        for (const { pass, assertion } of row.gradingResult?.componentResults ??
          []) {
          if (!assertion) continue;
          const metric = codeOfLabel(assertion.metric || assertion.type);
          if (metric === 'pass-rate') continue;
          count(metric, pass);
          typesOf.set(
            metric,
            (typesOf.get(metric) ?? new Set()).add(assertion.type),
          );
        }
      }
      if (byMetric.size > 100)
        return refuse('BROKEN_REPORT', 'More than 100 metrics');
      const facts = [...byMetric].map(
        ([metric, { passed, total }]): AnyImportedFact => {
          const share = wilsonInterval(passed, total);
          return {
            type: 'io.ai-assurance.evaluation.v2',
            key: `evaluation:${digestOfValue(metric).slice(7, 23)}`,
            ...time,
            envelope: { sampleCount: total },
            payload: {
              metric,
              value: share.valueRatio,
              unit: 'ratio',
              intervalLow: share.lowRatio,
              intervalHigh: share.highRatio,
              intervalLevelRatio: 0.95,
              intervalMethod: 'wilson',
              successCount: passed,
              totalCount: total,
              datasetId: stated.datasetId ?? null,
              datasetDigest: stated.datasetDigest ?? itemsDigest,
              slice: null,
              tool,
              judge: judgeOf(decided, type =>
                metric === 'pass-rate'
                  ? true
                  : typesOf.get(metric)?.has(type) ?? false,
              ),
              configurationDigest: null,
              reportDigest: report.digest,
            },
          };
        },
      );
      return { facts, notes };
    },
  };
}
