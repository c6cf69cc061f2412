import { QueryTemplate } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { codeSchema } from '@ai-assurance/evidence';

/** Periods that a day divides into, in minutes. */
const windows = {
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '3h': 180,
  '4h': 240,
  '6h': 360,
  '8h': 480,
  '12h': 720,
  '1d': 1440,
} as const;
type Window = keyof typeof windows;

const expression = z.string().min(1).max(5000);
const query = {
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  title: z.string().min(2).max(100).optional(),
  kinds: z
    .array(z.enum(['ai-service', 'ai-model', 'edge-model', 'device-cohort']))
    .min(1)
    .optional(),
  everySeconds: z.int().min(10).default(300),
};
const period = {
  ...query,
  window: z.enum(Object.keys(windows) as [Window, ...Window[]]),
  settleSeconds: z.int().min(0).max(3600).default(120),
};
const duration = z.custom<object | string>(
  value => typeof value === 'string' || (!!value && typeof value === 'object'),
);

const querySchema = z.discriminatedUnion('evidence', [
  z.strictObject({
    ...period,
    evidence: z.literal('cost-report'),
    currency: z.string().regex(/^[A-Z]{3}$/),
    priceBasis: z.enum(['list', 'negotiated', 'billed', 'estimated']),
    totalCost: expression,
    idleCost: expression.optional(),
    inferenceCount: expression.optional(),
    inputTokenCount: expression.optional(),
    outputTokenCount: expression.optional(),
    acceleratorAllocatedSeconds: expression.optional(),
    acceleratorBusySeconds: expression.optional(),
    byResource: z
      .array(
        z.strictObject({
          resource: z.enum([
            'accelerator',
            'cpu',
            'memory',
            'storage',
            'network',
            'hosted-model',
            'other',
          ]),
          cost: expression,
        }),
      )
      .max(20)
      .default([]),
  }),
  z.strictObject({
    ...period,
    evidence: z.literal('cluster-cost'),
    currency: z.string().regex(/^[A-Z]{3}$/),
    priceBasis: z.enum(['list', 'negotiated', 'billed', 'estimated']),
    /** Labels within braces that select the subject's containers, without the braces. */
    selector: z.string().min(1).max(1000),
    /** The same for its accelerators; left out: as for containers. */
    acceleratorSelector: z.string().min(1).max(1000).optional(),
    inferenceCount: expression.optional(),
    inputTokenCount: expression.optional(),
    outputTokenCount: expression.optional(),
  }),
  z.strictObject({
    ...period,
    evidence: z.literal('quality-report'),
    datasetId: codeSchema,
    rowCount: expression.optional(),
    checks: z
      .array(
        z
          .strictObject({
            check: codeSchema,
            aspect: z.enum([
              'null-share',
              'unseen-category',
              'range',
              'row-count',
              'freshness',
              'schema',
              'uniqueness',
              'other',
            ]),
            feature: codeSchema.optional(),
            value: expression,
            unit: codeSchema,
            max: z.number().optional(),
            min: z.number().optional(),
          })
          .refine(check => check.max === undefined || check.min === undefined, {
            error: 'has a max and a min; make it two checks',
          }),
      )
      .min(1)
      .max(50),
  }),
  z
    .strictObject({
      ...query,
      evidence: z.literal('deployment'),
      versions: expression,
      versionLabel: z.string().min(1).default('version'),
      digestLabel: z.string().min(1).optional(),
      environment: codeSchema.optional(),
      environmentLabel: z.string().min(1).optional(),
      lookback: duration.optional(),
      step: duration.optional(),
    })
    .refine(
      one =>
        (one.environment === undefined) !==
        (one.environmentLabel === undefined),
      { error: 'needs either environment or environmentLabel' },
    ),
]);

export type QuerySettings = z.output<typeof querySchema>;
export type CostQuery = Extract<QuerySettings, { evidence: 'cost-report' }>;
export type ClusterCostQuery = Extract<
  QuerySettings,
  { evidence: 'cluster-cost' }
>;
export type QualityQuery = Extract<
  QuerySettings,
  { evidence: 'quality-report' }
>;
export type DeploymentQuery = Extract<
  QuerySettings,
  { evidence: 'deployment' }
>;

/** Reads one query of the config. Throws InputError with the path of whatever does not fit. */
export function readQuerySettings(value: unknown, path: string): QuerySettings {
  const result = querySchema.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(
    result.error.issues
      .slice(0, 10)
      .map(issue => {
        const at = issue.path
          .map(step =>
            typeof step === 'number' ? `[${step}]` : `.${String(step)}`,
          )
          .join('');
        return `${path}${at}: ${issue.message}`;
      })
      .join('; '),
  );
}

export const windowMsOf = (window: Window) => windows[window] * 60_000;

/** Reads the expressions of a query, each under its own path. */
export function templateReader(path: string, window: string) {
  return (text: string, name: string) =>
    QueryTemplate.read(text, `${path}.${name}`, window);
}
