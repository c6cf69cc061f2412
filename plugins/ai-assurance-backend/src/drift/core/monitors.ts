import { parseDuration } from './duration';
import { entityRefSchema } from '@ai-assurance/evidence';
import { z } from 'zod';
import { Statistic, statistics } from './limits';
import { QualityRules } from './quality';

const label = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+-]*$/, 'must be a word without spaces');
const ratio = z.number().min(0).max(1);
const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 60_000 && ms % 60_000 === 0) return ms;
  context.addIssue({
    code: 'custom',
    message: `${text} is no duration of whole minutes, such as 15m, 6h or 1d`,
  });
  return z.NEVER;
});

/** What the name of a file says of its format. */
function formatOf(url: string): 'parquet' | 'csv' | undefined {
  if (!URL.canParse(url)) return undefined;
  const { pathname } = new URL(url);
  if (/\.(parquet|pq)$/i.test(pathname)) return 'parquet';
  return /\.csv(\.gz)?$/i.test(pathname) ? 'csv' : undefined;
}

const telemetrySource = z
  .object({ metric: z.string().min(1).max(255) })
  .strict();
const engineSource = z
  .object({
    query: z
      .string()
      .min(1)
      .max(4000)
      .describe(
        'PromQL; $window stands for the length of the window. Cumulative buckets carry le, categories the label in category',
      ),
    category: z.string().max(100).optional(),
    cohort: z
      .string()
      .max(100)
      .optional()
      .describe('Label that holds the entity reference of the cohort'),
  })
  .strict();

const columnName = z.string().min(1).max(200);
const evenBins = z
  .object({
    from: z.number(),
    to: z.number(),
    count: z.number().int().min(1).max(199),
  })
  .strict()
  .refine(({ from, to }) => from < to, { error: 'from lies below to' });
const fileSource = z
  .object({
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .max(1000)
      .refine(url => !/^https?:\/\/[^/]*@/.test(url), {
        error: 'must not carry a name or password: let the URL reader have it',
      })
      .describe('Read by the URL reader, hence from allowed hosts alone'),
    format: z.enum(['parquet', 'csv']).optional(),
    delimiter: z.enum([',', ';', '\t', '|']).default(','),
    column: columnName.optional().describe('The feature, where left out'),
    cohort: columnName
      .optional()
      .describe('Column that holds the entity reference of the cohort'),
    device: columnName
      .optional()
      .describe('Column that tells devices of a cohort apart; only counted'),
    bins: evenBins.optional(),
    boundaries: z.array(z.number()).min(1).max(200).optional(),
  })
  .strict()
  .refine(f => f.bins === undefined || f.boundaries === undefined, {
    error: 'has either bins or boundaries',
  })
  .refine(
    f =>
      !f.boundaries || f.boundaries.every((b, i, all) => !i || all[i - 1] < b),
    { path: ['boundaries'], error: 'must ascend' },
  )
  .refine(f => f.format !== undefined || formatOf(f.url) !== undefined, {
    path: ['format'],
    error: 'must be parquet or csv where the name of the file does not say it',
  });

const monitor = z
  .object({
    feature: label,
    title: z.string().max(200).optional(),
    part: z.enum(['feature', 'output']).default('feature'),
    type: z.enum(['numeric', 'categorical']).default('numeric'),
    statistic: z.enum(['auto', ...statistics]).default('auto'),
    cohorts: z
      .union([
        z.enum(['none', 'each']),
        z.array(entityRefSchema).min(1).max(200),
      ])
      .default('none'),
    every: duration.optional(),
    window: duration.optional(),
    minimumCount: z.number().int().min(50).optional(),
    telemetry: telemetrySource.optional(),
    engine: engineSource.optional(),
    profile: z.object({}).strict().optional(),
    file: fileSource.optional(),
    range: z
      .object({
        minimum: z.number().optional(),
        maximum: z.number().optional(),
        limitRatio: ratio.optional(),
      })
      .strict()
      .optional(),
    nulls: z.object({ limitRatio: ratio }).strict().optional(),
    unseen: z.object({ limitRatio: ratio }).strict().optional(),
    rows: z
      .object({ minimum: z.number().int().min(1) })
      .strict()
      .optional(),
    freshness: z.object({ maximumAge: duration }).strict().optional(),
  })
  .strict()
  .refine(
    m =>
      [m.telemetry, m.engine, m.profile, m.file].filter(s => s !== undefined)
        .length === 1,
    { error: 'names exactly one source: telemetry, engine, profile or file' },
  )
  .refine(
    ({ file, type }) =>
      !file || (type === 'numeric') === Boolean(file.bins ?? file.boundaries),
    {
      path: ['file'],
      error: 'of numbers names bins or boundaries; of categories it has none',
    },
  )
  .refine(({ file, cohorts }) => !file?.device || cohorts !== 'none', {
    path: ['file', 'device'],
    error: 'is only for monitors with cohorts',
  })
  .refine(({ file, cohorts }) => !file || cohorts === 'none' || file.cohort, {
    path: ['file', 'cohort'],
    error: 'must name the column of the cohort where there are cohorts',
  });

/** A file of monitors, as people write it. */
export const monitorsFile = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1alpha1'),
    kind: z.literal('DriftMonitors'),
    features: z
      .array(label)
      .max(1000)
      .default([])
      .describe('Everything the model takes in or gives out, watched or not'),
    monitors: z.array(monitor).max(500),
  })
  .strict()
  .superRefine((file, context) => {
    const seen = new Set<string>();
    file.monitors.forEach(({ feature }, i) => {
      if (seen.has(feature))
        context.addIssue({
          code: 'custom',
          path: ['monitors', i, 'feature'],
          message: `${feature} has a monitor already`,
        });
      seen.add(feature);
    });
  });

export type MonitorSource =
  | { kind: 'telemetry'; metric: string }
  | { kind: 'engine'; query: string; category?: string; cohort?: string }
  | { kind: 'profile' }
  | FileSource;

/** A column of a file of samples. */
export interface FileSource {
  kind: 'file';
  url: string;
  format: 'parquet' | 'csv';
  delimiter: string;
  column: string;
  /** Columns that tell cohorts and devices apart. */
  cohortColumn: string | undefined;
  deviceColumn: string | undefined;
  /** Inner edges; empty of categories. */
  boundaries: number[];
}

/** One declared monitor. */
export interface Monitor {
  feature: string;
  title: string | undefined;
  part: 'feature' | 'output';
  type: 'numeric' | 'categorical';
  statistic: Statistic | 'auto';
  isByCohort: boolean;
  /** Of all cohorts only these. */
  onlyCohorts?: string[];
  everyMs: number | undefined;
  windowMs: number | undefined;
  minimumCount: number | undefined;
  source: MonitorSource;
  quality: QualityRules;
}

/** What a file declares. */
export interface Declared {
  features: string[];
  monitors: Monitor[];
}

function sourceOf(m: z.output<typeof monitor>): MonitorSource {
  if (m.telemetry) return { kind: 'telemetry', metric: m.telemetry.metric };
  if (m.engine) return { kind: 'engine', ...m.engine };
  if (m.file) return fileSourceOf(m.file, m.feature);
  return { kind: 'profile' };
}

function fileSourceOf(
  file: z.output<typeof fileSource>,
  feature: string,
): FileSource {
  const { bins } = file;
  return {
    kind: 'file',
    url: file.url,
    format: file.format ?? formatOf(file.url)!,
    delimiter: file.delimiter,
    column: file.column ?? feature,
    cohortColumn: file.cohort,
    deviceColumn: file.device,
    boundaries: bins
      ? Array.from(
          { length: bins.count + 1 },
          (_, i) => bins.from + ((bins.to - bins.from) * i) / bins.count,
        )
      : file.boundaries ?? [],
  };
}

/** Monitors of a file that was read. */
export function declaredOf(file: z.output<typeof monitorsFile>): Declared {
  return {
    features: file.features,
    monitors: file.monitors.map(m => ({
      feature: m.feature,
      title: m.title,
      part: m.part,
      type: m.type,
      statistic: m.statistic,
      isByCohort: m.cohorts !== 'none',
      ...(Array.isArray(m.cohorts) ? { onlyCohorts: m.cohorts } : {}),
      everyMs: m.every,
      windowMs: m.window,
      minimumCount: m.minimumCount,
      source: sourceOf(m),
      quality: {
        minimum: m.range?.minimum,
        maximum: m.range?.maximum,
        outOfRangeLimitRatio: m.range?.limitRatio,
        nullLimitRatio: m.nulls?.limitRatio,
        unseenLimitRatio: m.unseen?.limitRatio,
        minimumRows: m.rows?.minimum,
        maximumAgeMs: m.freshness?.maximumAge,
      },
    })),
  };
}
