import {
  AnyImportedFact,
  codeOfLabel,
  instantOf,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { parseCsv } from '../csv';
import {
  instantWithOffset,
  MAX_FACTS,
  refuse,
  ToolStatus,
  weighed,
  worstCheck,
} from '../parts';

import { alertOf, numberOf } from './nannymlCells';
import {
  EstimateField,
  estimatesOf,
  flatEstimates,
  twoLevelEstimates,
} from './nannymlEstimates';

// Written from NannyML's documentation (0.13) of results of univariate drift: `Result.to_df()` saved with to_csv(), which
// has three rows of names (column, method, what), and `to_df(multilevel=False)`, which joins them with underscores. Results
// of estimated performance have two rows of names (metric, what): see nannymlEstimates.ts.
const methods = [
  'jensen_shannon',
  'kolmogorov_smirnov',
  'wasserstein',
  'hellinger',
  'chi2',
  'l_infinity',
];
const parts = ['value', 'upper_threshold', 'lower_threshold', 'alert'] as const;
type Part = (typeof parts)[number];

const mostChunks = 200;
const tool = { id: 'nannyml', version: 'unstated' };

interface Field {
  at: number;
  feature: string;
  method: string;
  part: Part;
}

interface Table {
  chunk: Map<string, number>;
  fields: Field[];
  estimates: EstimateField[];
  firstRow: number;
}

function flatTable(names: string[]): Table {
  const chunk = new Map<string, number>();
  const fields: Field[] = [];
  names.forEach((name, at) => {
    const ofChunk = /^chunk_(.+)$/.exec(name);
    if (ofChunk) {
      chunk.set(ofChunk[1], at);
      return;
    }
    for (const method of methods) {
      for (const part of parts) {
        const end = `_${method}_${part}`;
        if (name.endsWith(end) && name.length > end.length)
          fields.push({
            at,
            feature: name.slice(0, -end.length),
            method,
            part,
          });
      }
    }
  });
  return { chunk, fields, estimates: flatEstimates(names), firstRow: 1 };
}

function multilevelTable(rows: string[][]): Table {
  const [features, found, what] = rows;
  const chunk = new Map<string, number>();
  const fields: Field[] = [];
  features.forEach((feature, at) => {
    if (feature === 'chunk') chunk.set(what[at] || found[at], at);
    else if (
      methods.includes(found[at]) &&
      (parts as readonly string[]).includes(what[at])
    ) {
      if (feature === '')
        refuse('BROKEN_REPORT', `row 1: field ${at + 1} names no column`);
      fields.push({ at, feature, method: found[at], part: what[at] as Part });
    }
  });
  return { chunk, fields, estimates: [], firstRow: 3 };
}

/** Two rows of names: of a result that tells metrics, no columns and methods. */
function twoLevelTable([metrics, what]: string[][]): Table {
  const chunk = new Map<string, number>();
  metrics.forEach((metric, at) => {
    if (metric === 'chunk') chunk.set(what[at], at);
  });
  return {
    chunk,
    fields: [],
    estimates: twoLevelEstimates(metrics, what),
    firstRow: 2,
  };
}

function tableOf(rows: string[][]): Table {
  const isMultilevel =
    rows.length >= 3 && rows[0].filter(name => name === 'chunk').length > 1;
  const isTwoLevel =
    rows.length >= 2 &&
    rows[1].some((name, at) => name === 'key' && rows[0][at] === 'chunk');
  let table: Table;
  if (isTwoLevel) table = twoLevelTable(rows);
  else if (isMultilevel) table = multilevelTable(rows);
  else table = flatTable(rows[0] ?? []);
  if (!table.chunk.has('key') || !table.chunk.has('period'))
    return refuse(
      'NOT_RECOGNISED',
      'This is no result of NannyML: line 1 names no columns “chunk … key” and “chunk … period”.',
    );
  if (table.fields.length === 0 && table.estimates.length === 0)
    return refuse(
      'NOT_RECOGNISED',
      'This is no result of univariate drift or of estimated performance of NannyML: other results are not read.',
    );
  return table;
}

export const nannymlImporter: ReportImporter = {
  id: 'nannyml',
  title: 'NannyML 0.13 univariate drift and estimated performance (CSV)',
  version: '1',
  tool: 'nannyml',
  fileEndings: ['.csv'],
  read(report, stated) {
    const rows = parseCsv(report.text);
    const { chunk, fields, estimates, firstRow } = tableOf(rows);
    const notes = new Set<string>();
    const tracked = new Map<string, Partial<Record<Part, number>>>();
    for (const { feature, method, part, at } of fields) {
      const key = JSON.stringify([feature, method]);
      tracked.set(key, { ...tracked.get(key), [part]: at });
    }
    const chunks = rows.slice(firstRow).map((row, index) => {
      const line = firstRow + index + 1;
      if (row.length !== rows[0].length)
        refuse(
          'BROKEN_REPORT',
          `row ${line}: has ${row.length} fields, the names are ${rows[0].length}`,
        );
      const cell = (name: string) => {
        const at = chunk.get(name);
        return at === undefined ? '' : row[at];
      };
      const from = numberOf(cell('start_index'), `row ${line}, start_index`);
      const to = numberOf(cell('end_index'), `row ${line}, end_index`);
      const count = from === null || to === null ? null : to - from + 1;
      if (count !== null && (!Number.isSafeInteger(count) || count < 1))
        refuse('BROKEN_REPORT', `row ${line}: ends before it begins`);
      return { row, line, cell, count };
    });
    const analysed = chunks.filter(
      ({ cell }) => cell('period') !== 'reference',
    );
    const reference = chunks.filter(
      ({ cell }) => cell('period') === 'reference',
    );
    if (analysed.length === 0)
      return refuse(
        'NOTHING_TO_IMPORT',
        'The result holds no chunk of the analysis period.',
      );
    if (analysed.length > mostChunks)
      return refuse(
        'BROKEN_REPORT',
        `More than ${mostChunks} chunks: import a part of them.`,
      );
    const referenceCount =
      reference.length > 0 && reference.every(({ count }) => count !== null)
        ? reference.reduce((sum, { count }) => sum + count!, 0)
        : null;
    if (referenceCount === null)
      notes.add('The result does not say how large the reference was.');

    const facts = analysed.flatMap(
      ({ row, line, cell, count }): AnyImportedFact[] => {
        const startMs = instantWithOffset(cell('start_date'));
        const endMs = instantWithOffset(cell('end_date'));
        const hasWindow =
          startMs !== undefined && endMs !== undefined && startMs < endMs;
        if (!hasWindow && cell('start_date') !== '')
          notes.add(
            'The dates of the chunks name no time zone, so no stretch of time is taken over.',
          );
        const compared = [...tracked].map(([key, at]) => {
          const [feature, method] = JSON.parse(key) as [string, string];
          const where = `row ${line}, ${feature} ${method}`;
          const read = (part: Part) =>
            at[part] === undefined ? null : numberOf(row[at[part]], where);
          const value = read('value');
          const upper = read('upper_threshold');
          const alert =
            at.alert === undefined ? undefined : alertOf(row[at.alert], where);
          let said: { status: ToolStatus; reason: string } = {
            status: 'inconclusive',
            reason: value === null ? 'no-data' : 'no-limit-stated',
          };
          if (alert !== undefined && value !== null)
            said = alert
              ? { status: 'fail', reason: 'drifted' }
              : { status: 'pass', reason: 'within-limit' };
          return {
            feature: codeOfLabel(feature),
            statistic: codeOfLabel(method),
            value,
            limit: upper,
            comparator: upper === null ? null : ('below' as const),
            ...said,
          };
        });
        const estimated = estimatesOf(estimates, row, line);
        const features = [
          ...compared,
          ...estimated.map(({ feature }) => feature),
        ];
        if (features.length > 500)
          refuse('BROKEN_REPORT', `row ${line}: more than 500 features`);
        const isPinned =
          hasWindow ||
          Boolean(
            stated.datasetDigest || (stated.windowStart && stated.windowEnd),
          );
        const base = {
          ...(endMs !== undefined && { timeMs: endMs }),
          envelope: {
            ...(count !== null && { sampleCount: count }),
            ...(hasWindow && {
              windowStart: instantOf(startMs),
              windowEnd: instantOf(endMs),
            }),
          },
        };
        const drift: AnyImportedFact = {
          type: 'io.ai-assurance.external-drift-report.v1',
          key: `drift:${line}`,
          ...base,
          payload: {
            tool,
            referenceDigest: null,
            referenceCount,
            currentCount: count,
            features,
            driftedCount: features.filter(({ status }) => status === 'fail')
              .length,
            comparedCount: features.length,
            ...weighed(worstCheck(features), { count, isPinned }),
            reportDigest: report.digest,
          },
        };
        return [
          drift,
          ...estimated.map(
            ({ evaluation }): AnyImportedFact => ({
              type: 'io.ai-assurance.evaluation.v2',
              key: `evaluation:${evaluation.metric}:${line}`,
              ...base,
              payload: {
                ...evaluation,
                successCount: null,
                totalCount: count,
                datasetId: stated.datasetId ?? null,
                datasetDigest: stated.datasetDigest ?? null,
                slice: null,
                tool,
                judge: null,
                configurationDigest: null,
                reportDigest: report.digest,
              },
            }),
          ),
        ];
      },
    );
    if (facts.length > MAX_FACTS)
      return refuse(
        'BROKEN_REPORT',
        `More than ${MAX_FACTS} facts: import a part of the chunks.`,
      );
    if (estimates.length > 0)
      notes.add(
        'Performance was estimated by NannyML without the true answers: it is recorded under names that begin with “estimated-”, and its interval holds the error of sampling alone.',
      );
    return { facts, notes: [...notes] };
  },
};
