import {
  codeOfLabel,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { PayloadOf } from '@ai-assurance/evidence';
import { z } from 'zod';
import {
  instantWithOffset,
  parseJsonReport,
  readPart,
  refuse,
  ToolStatus,
  weighed,
  worstCheck,
} from '../parts';

// Written from Soda Core v3's documentation of Scan.get_scan_results(), also written by `soda scan --scan-results`.
const checkSchema = z.looseObject({
  name: z.string().min(1),
  type: z.string().optional(),
  table: z.string().nullish(),
  column: z.string().nullish(),
  outcome: z.enum(['pass', 'warn', 'fail']).nullable(),
  metrics: z.array(z.string()).default([]),
  diagnostics: z
    .looseObject({ value: z.number().nullish().catch(null) })
    .nullish(),
});
const metricSchema = z.looseObject({
  identity: z.string().optional(),
  metricName: z.string(),
  value: z.unknown(),
});
const scanSchema = z.looseObject({
  definitionName: z.string().nullish(),
  dataTimestamp: z.string().nullish(),
  scanEndTimestamp: z.string().nullish(),
  hasErrors: z.boolean(),
  metrics: z.array(metricSchema).default([]),
  checks: z.array(checkSchema).max(500, 'more than 500 checks'),
});

type Check = PayloadOf<'io.ai-assurance.quality-report.v1'>['checks'][number];

function aspectOf(name: string): Check['aspect'] {
  if (/^missing_/.test(name)) return 'null-share';
  if (/^invalid_/.test(name)) return 'range';
  if (/^row_count/.test(name)) return 'row-count';
  if (/^freshness/.test(name)) return 'freshness';
  if (/^duplicate_/.test(name)) return 'uniqueness';
  if (/^schema/i.test(name)) return 'schema';
  return 'other';
}

function unitOf(name: string): string | null {
  if (/_percent/.test(name)) return 'percent';
  if (/_count/.test(name)) return 'rows';
  return null;
}

export const sodaImporter: ReportImporter = {
  id: 'soda',
  title: 'Soda Core 3 scan results (JSON)',
  version: '1',
  tool: 'soda',
  fileEndings: ['.json'],
  read(report, stated) {
    const value = parseJsonReport(
      report.text,
      'what soda scan writes with --scan-results',
    );
    if (
      typeof value !== 'object' ||
      value === null ||
      !('checks' in value) ||
      !('hasErrors' in value)
    )
      return refuse(
        'NOT_RECOGNISED',
        'These are no scan results of Soda: there is no “checks” or no “hasErrors”.',
      );
    const scan = readPart(scanSchema, value, '');
    if (scan.checks.length === 0)
      return refuse('NOTHING_TO_IMPORT', 'checks: the scan made none');
    const tables = new Set(scan.checks.flatMap(({ table }) => table ?? []));
    const rows = scan.metrics.filter(
      ({ metricName }) => metricName === 'row_count',
    );
    // Rows of several tables say nothing about one of them.
    const rowCount =
      tables.size <= 1 && rows.length === 1
        ? readPart(
            z.int().nonnegative().nullable(),
            rows[0].value,
            `metrics.${scan.metrics.indexOf(rows[0])}.value`,
          )
        : null;
    const checks = scan.checks.map((check): Check => {
      let said: { status: ToolStatus; reason: string } = {
        status: 'inconclusive',
        reason: 'source-error',
      };
      if (check.outcome === 'pass')
        said = { status: 'pass', reason: 'as-expected' };
      else if (check.outcome !== null)
        said = { status: check.outcome, reason: 'not-as-expected' };
      return {
        check: codeOfLabel(check.name),
        aspect: aspectOf(check.name),
        feature: check.column ? codeOfLabel(check.column) : null,
        value: check.diagnostics?.value ?? null,
        limit: null,
        unit: unitOf(check.name),
        failedCount: null,
        totalCount: null,
        ...said,
      };
    });
    const timeMs =
      instantWithOffset(scan.dataTimestamp) ??
      instantWithOffset(scan.scanEndTimestamp);
    return {
      facts: [
        {
          type: 'io.ai-assurance.quality-report.v1',
          key: 'quality',
          ...(timeMs !== undefined && { timeMs }),
          envelope: rowCount === null ? {} : { sampleCount: rowCount },
          payload: {
            datasetId: codeOfLabel(
              stated.datasetId ??
                ([...tables].sort().join('+') ||
                  scan.definitionName ||
                  'unstated'),
            ),
            datasetDigest: stated.datasetDigest ?? null,
            tool: { id: 'soda', version: 'unstated' },
            rowCount,
            checks,
            ...weighed(worstCheck(checks), {
              count: rowCount,
              isPinned: Boolean(
                stated.datasetDigest ||
                  (stated.windowStart && stated.windowEnd),
              ),
            }),
          },
        },
      ],
      notes: [
        ...(rowCount === null
          ? [
              tables.size > 1
                ? 'The scan is about several tables: no count of rows is taken over.'
                : 'The scan does not say how many rows there are: add a check of row_count.',
            ]
          : []),
        ...(scan.hasErrors
          ? ['The scan had errors: checks without an outcome are inconclusive.']
          : []),
      ],
    };
  },
};
