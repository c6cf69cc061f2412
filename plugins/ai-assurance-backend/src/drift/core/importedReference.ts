import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { codeSchema, entityRefSchema } from '@ai-assurance/evidence';
import { z } from 'zod';
import { histogramDigest } from './histogramDigest';
import { Histogram } from './histogram';

/** Reports of other systems that a reference can be made from. */
export const importFormats = ['ai-assurance', 'great-expectations'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** What a report holds of one feature. */
export interface ImportedReference {
  histogram: Histogram;
  cohortBins: Record<string, number[]>;
}

const binCount = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const ascending = (edges: readonly number[]) =>
  edges.every((edge, i) => i === 0 || edges[i - 1] < edge);

/** A histogram in bins between inner edges, or of categories. */
export const histogramShape = z
  .object({
    boundaries: z.array(z.number()).max(200).optional(),
    bins: z.array(binCount).max(201),
    categories: z.array(codeSchema).max(201).nullish(),
  })
  .refine(
    ({ boundaries, bins, categories }) =>
      categories
        ? !boundaries?.length &&
          categories.length === bins.length &&
          new Set(categories).size === categories.length
        : boundaries !== undefined &&
          boundaries.length + 1 === bins.length &&
          ascending(boundaries),
    {
      error:
        'has bins with either ascending boundaries, one fewer, or categories, one for each',
    },
  );

const recordedReference = z.object({
  type: z.literal('io.ai-assurance.reference-window.v2'),
  data: z.object({
    payload: z
      .object({
        feature: z.string(),
        histogramDigest: z.string(),
        cohorts: z
          .array(z.object({ cohort: entityRefSchema, bins: z.array(binCount) }))
          .max(200),
      })
      .and(histogramShape),
  }),
});

// Written from the documentation of Great Expectations (1.x and 0.18) of expect_column_kl_divergence_to_be_less_than: a
// continuous partition has the edges of its bins, outer ones included, their weights and, where values lie outside, the
// weights of both tails; a categorical one has values and weights.
const partition = z
  .object({
    bins: z.array(z.number()).min(2).max(199).optional(),
    values: z
      .array(z.union([z.string().min(1), z.number(), z.boolean()]))
      .max(200)
      .optional(),
    weights: z.array(z.number().min(0).max(1)).max(200),
    tail_weights: z.tuple([z.number(), z.number()]).nullish(),
  })
  .refine(
    ({ bins, values, weights }) =>
      bins
        ? values === undefined &&
          bins.length === weights.length + 1 &&
          ascending(bins)
        : values?.length === weights.length,
    {
      error:
        'has weights with either ascending bins, one more, or values, one for each',
    },
  );
const klResult = z.object({
  element_count: binCount,
  missing_count: binCount.optional(),
  details: z.object({ observed_partition: partition }),
});

function broken(where: string, error: z.ZodError): never {
  const [issue] = error.issues;
  throw new Error(
    `${[where, ...issue.path.map(String)].join('.')}: ${issue.message}`,
  );
}

function ofRecord(value: unknown, feature: string): ImportedReference {
  const items = Array.isArray(value) ? value : [value];
  const at = items.findIndex(item => item?.data?.payload?.feature === feature);
  if (at < 0) throw new Error(`holds no reference-window.v2 of ${feature}`);
  const read = recordedReference.safeParse(items[at]);
  if (!read.success) return broken(`item ${at + 1}`, read.error);
  const {
    boundaries = [],
    bins,
    categories,
    cohorts,
    ...payload
  } = read.data.data.payload;
  const odd = cohorts.find(({ bins: part }) => part.length !== bins.length);
  if (odd)
    throw new Error(
      `item ${at + 1}: ${odd.cohort} has other bins than the whole`,
    );
  const histogram = {
    boundaries,
    bins,
    ...(categories ? { categories } : {}),
  };
  const cohortBins = Object.fromEntries(
    cohorts.map(({ cohort, bins: part }) => [cohort, part]),
  );
  if (histogramDigest({ ...histogram, cohortBins }) !== payload.histogramDigest)
    throw new Error(
      `item ${at + 1}: its histogram is not the one of its histogramDigest`,
    );
  return { histogram, cohortBins };
}

/** Every result of an expectation, wherever a validation or checkpoint result has it. */
function* expectationsOf(value: unknown): Generator<Record<string, any>> {
  if (typeof value !== 'object' || value === null) return;
  if ('expectation_config' in value) yield value;
  else for (const inner of Object.values(value)) yield* expectationsOf(inner);
}

function ofGreatExpectations(
  value: unknown,
  feature: string,
  column: string,
): ImportedReference {
  for (const one of expectationsOf(value)) {
    const {
      type,
      expectation_type: older,
      kwargs,
    } = one.expectation_config ?? {};
    if ((type ?? older) !== 'expect_column_kl_divergence_to_be_less_than')
      continue;
    if (kwargs?.column !== column) continue;
    const read = klResult.safeParse(one.result);
    if (!read.success) return broken(`${column}.result`, read.error);
    const { element_count: rows, missing_count: missing = 0 } = read.data;
    const {
      bins,
      values,
      weights,
      tail_weights: tails,
    } = read.data.details.observed_partition;
    const count = rows - missing;
    // Shares of so many values: counts are whole, up to the rounding of the report.
    const counts = weights.map(weight => Math.round(weight * count));
    if (bins)
      return {
        histogram: {
          boundaries: bins,
          bins: [
            Math.round((tails?.[0] ?? 0) * count),
            ...counts,
            Math.round((tails?.[1] ?? 0) * count),
          ],
        },
        cohortBins: {},
      };
    return {
      histogram: {
        boundaries: [],
        categories: values!.map(name => codeOfLabel(String(name))),
        bins: counts,
      },
      cohortBins: {},
    };
  }
  throw new Error(
    `holds no expect_column_kl_divergence_to_be_less_than of the column ${column} for ${feature}`,
  );
}

/**
 * Takes the histogram of a feature out of a report of another system. Throws an Error that names the place of what does not
 * fit.
 */
export function readImportedReference(
  value: unknown,
  asked: { format: ImportFormat; feature: string; column: string | undefined },
): ImportedReference {
  return asked.format === 'ai-assurance'
    ? ofRecord(value, asked.column ?? asked.feature)
    : ofGreatExpectations(value, asked.feature, asked.column ?? asked.feature);
}
