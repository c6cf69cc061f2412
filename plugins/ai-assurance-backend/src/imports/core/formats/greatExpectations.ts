import {
  AnyImportedFact,
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

// Written from the documentation of Great Expectations: ExpectationSuiteValidationResult.to_json_dict() of 0.18 and 1.x, and
// CheckpointResult, which holds several under run_results.
const resultSchema = z.looseObject({
  success: z.boolean().nullable(),
  expectation_config: z.looseObject({
    type: z.string().optional(),
    expectation_type: z.string().optional(),
    kwargs: z
      .looseObject({
        column: z.string().optional(),
        mostly: z.number().min(0).max(1).optional(),
      })
      .default({}),
  }),
  result: z
    .looseObject({
      element_count: z.int().nonnegative().nullish(),
      unexpected_count: z.int().nonnegative().nullish(),
      unexpected_percent: z.number().min(0).max(100).nullish(),
    })
    .default({}),
  exception_info: z.unknown().optional(),
});
const validationSchema = z.looseObject({
  success: z.boolean(),
  results: z.array(z.unknown()).max(500, 'more than 500 expectations'),
  meta: z
    .looseObject({
      great_expectations_version: z.string().optional(),
      run_id: z.unknown().optional(),
      active_batch_definition: z
        .looseObject({ data_asset_name: z.string().optional() })
        .nullish(),
    })
    .default({}),
});

type Check = PayloadOf<'io.ai-assurance.quality-report.v1'>['checks'][number];

function aspectOf(type: string): Check['aspect'] {
  if (/not_be_null|be_null|null_proportion/.test(type)) return 'null-share';
  if (/in_set/.test(type)) return 'unseen-category';
  if (/row_count/.test(type)) return 'row-count';
  if (/unique/.test(type)) return 'uniqueness';
  if (/between|(min|max)_to_be/.test(type)) return 'range';
  if (
    /column(s)?_to_exist|match_ordered_list|of_type|in_type_list|column_count|match_set/.test(
      type,
    )
  )
    return 'schema';
  return 'other';
}

/** One for the expectation, or, as 1.x writes it, one for each metric that it needed. */
function hasRaised(info: unknown): boolean {
  if (typeof info !== 'object' || info === null) return false;
  if ('raised_exception' in info) return info.raised_exception === true;
  return Object.values(info).some(hasRaised);
}

function checkOf(value: unknown, where: string): Check {
  const found = readPart(resultSchema, value, where);
  const { kwargs, ...config } = found.expectation_config;
  const type = config.type ?? config.expectation_type;
  if (!type)
    return refuse(
      'BROKEN_REPORT',
      `${where}.expectation_config: has neither type nor expectation_type`,
    );
  const { element_count: total, unexpected_count: failed } = found.result;
  const percent = found.result.unexpected_percent;
  const share =
    percent === null || percent === undefined ? null : percent / 100;
  if (
    total !== null &&
    total !== undefined &&
    failed !== null &&
    failed !== undefined &&
    failed > total
  )
    refuse(
      'BROKEN_REPORT',
      `${where}.result.unexpected_count: ${failed} of ${total} elements`,
    );
  let said: { status: ToolStatus; reason: string } = found.success
    ? { status: 'pass', reason: 'as-expected' }
    : { status: 'fail', reason: 'not-as-expected' };
  if (hasRaised(found.exception_info) || found.success === null)
    said = { status: 'inconclusive', reason: 'source-error' };
  return {
    check: codeOfLabel(type),
    aspect: aspectOf(type),
    feature: kwargs.column ? codeOfLabel(kwargs.column) : null,
    value: share,
    limit:
      share === null ? null : Number((1 - (kwargs.mostly ?? 1)).toFixed(12)),
    unit: share === null ? null : 'ratio',
    failedCount: failed ?? null,
    totalCount: total ?? null,
    ...said,
  };
}

/** What run_results hold: the validation itself in 1.x, or under validation_result before. */
function validationsOf(value: unknown): { where: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('run_results' in value && typeof value.run_results === 'object') {
    return Object.values(value.run_results ?? {}).map((entry, index) => ({
      where: `run_results.${index}`,
      value:
        (entry as { validation_result?: unknown })?.validation_result ?? entry,
    }));
  }
  return 'results' in value && 'success' in value ? [{ where: '', value }] : [];
}

export const greatExpectationsImporter: ReportImporter = {
  id: 'great-expectations',
  title: 'Great Expectations 0.18 and 1.x validation result (JSON)',
  version: '1',
  tool: 'great-expectations',
  fileEndings: ['.json'],
  read(report, stated) {
    const value = parseJsonReport(
      report.text,
      'a validation result or a checkpoint result of Great Expectations',
    );
    const validations = validationsOf(value);
    if (validations.length === 0)
      return refuse(
        'NOT_RECOGNISED',
        'This is no result of Great Expectations: it has neither “success” and “results” nor “run_results”.',
      );
    if (validations.length > 50)
      return refuse('BROKEN_REPORT', 'run_results: more than 50 validations');
    const notes = new Set<string>();
    const facts = validations.map(({ where, value: found }, index) => {
      const validation = readPart(validationSchema, found, where);
      const { meta } = validation;
      if (!meta.great_expectations_version)
        notes.add('The result does not say which version wrote it.');
      const checks = validation.results.map((entry, at) =>
        checkOf(entry, [where, `results.${at}`].filter(Boolean).join('.')),
      );
      if (checks.length === 0)
        return refuse(
          'NOTHING_TO_IMPORT',
          `${where || 'The result'}: it evaluated no expectation`,
        );
      // Every column of a table has as many elements as the table has rows.
      const rowCount = checks.reduce<number | null>(
        (most, { totalCount }) =>
          totalCount === null ? most : Math.max(most ?? 0, totalCount),
        null,
      );
      if (rowCount === null)
        notes.add(
          'The result does not say how many rows it is about: no expectation counted elements.',
        );
      const asset = meta.active_batch_definition?.data_asset_name;
      const runTime = (meta.run_id as { run_time?: unknown } | null | undefined)
        ?.run_time;
      const timeMs = instantWithOffset(runTime);
      return {
        type: 'io.ai-assurance.quality-report.v1' as const,
        key: `quality:${index}`,
        ...(timeMs !== undefined && { timeMs }),
        envelope: rowCount === null ? {} : { sampleCount: rowCount },
        payload: {
          datasetId: codeOfLabel(stated.datasetId ?? (asset || 'unstated')),
          datasetDigest: stated.datasetDigest ?? null,
          tool: {
            id: 'great-expectations',
            version: codeOfLabel(meta.great_expectations_version || 'unstated'),
          },
          rowCount,
          checks,
          ...weighed(worstCheck(checks), {
            count: rowCount,
            isPinned: Boolean(
              stated.datasetDigest || (stated.windowStart && stated.windowEnd),
            ),
          }),
        },
      };
    });
    return { facts: facts as AnyImportedFact[], notes: [...notes] };
  },
};
