import { codeSchema, digestSchema } from '@ai-assurance/evidence';
import { z } from 'zod';

const common = {
  id: codeSchema,
  question: z.string().min(5).max(300),
  metric: codeSchema,
  slice: codeSchema.optional(),
  fresh: z
    .object({ days: z.int().min(1).max(3650) })
    .strict()
    .default({ days: 90 }),
};

const boundSchema = z
  .object({
    ...common,
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    unit: codeSchema.default('ratio'),
    minimumCount: z.int().min(1).default(1),
    /** Whose measurements count, and on which data; left out: whatever was measured last. */
    tool: codeSchema.optional(),
    datasetId: codeSchema.optional(),
    datasetDigest: digestSchema.optional(),
  })
  .strict()
  .refine(
    gate => (gate.atLeast === undefined) !== (gate.atMost === undefined),
    'must have exactly one of atLeast and atMost',
  );

const regressionSchema = z
  .object({
    ...common,
    noWorseBy: z.number().nonnegative(),
    higherIsBetter: z.boolean().default(true),
    minimumCount: z.int().min(1).default(1),
  })
  .strict();

const onlineSchema = z
  .object({
    ...common,
    metric: z.literal('online-block-rate'),
    agreesWithOfflineWithin: z.number().min(0).max(1),
    minimumCount: z.int().min(1).default(1),
  })
  .strict();

const gateSchema = z
  .record(z.string(), z.unknown())
  .transform(
    (
      value,
      context,
    ):
      | z.output<typeof boundSchema>
      | z.output<typeof regressionSchema>
      | z.output<typeof onlineSchema> => {
      // Chosen by hand, so that a fault is named at its own line instead of as "matches no form".
      let schema: z.ZodType = boundSchema;
      if ('noWorseBy' in value) schema = regressionSchema;
      if ('agreesWithOfflineWithin' in value) schema = onlineSchema;
      const result = schema.safeParse(value);
      if (result.success) return result.data as never;
      for (const issue of result.error.issues)
        context.addIssue({ ...issue } as never);
      return z.NEVER;
    },
  );

/** The form of a file of gates. */
export const gatesSchema = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('EvaluationGates'),
    metadata: z
      .object({ name: codeSchema, title: z.string().min(1).max(100) })
      .strict(),
    spec: z.object({ gates: z.array(gateSchema).min(1).max(200) }).strict(),
  })
  .strict()
  .superRefine((file, context) => {
    const seen = new Set<string>();
    file.spec.gates.forEach(({ id }, index) => {
      if (seen.has(id))
        context.addIssue({
          code: 'custom',
          path: ['spec', 'gates', index, 'id'],
          message: `gate ${id} is declared twice`,
        });
      seen.add(id);
    });
  });

export type Gate = z.output<typeof gateSchema>;
export type BoundGate = z.output<typeof boundSchema>;
export type RegressionGate = z.output<typeof regressionSchema>;
export type OnlineGate = z.output<typeof onlineSchema>;

/** Gates in use, with the digest that verdicts are bound to. */
export interface Gates {
  gatesId: string;
  title: string;
  digest: string;
  gates: Gate[];
}
