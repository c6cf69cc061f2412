import {
  envelopeSchema,
  evidenceKinds,
  EvidenceType,
} from '@ai-assurance/evidence';
import { z } from 'zod';

/** The shape that `payload.…` and `envelope.…` paths of one kind of evidence may name. */
function fieldsOf(kind: EvidenceType): {
  payload: string[];
  envelope: string[];
} {
  return {
    payload: Object.keys(evidenceKinds[kind].shape),
    envelope: Object.keys(envelopeSchema.shape),
  };
}

const pathSchema = z
  .string()
  .max(200)
  .regex(
    /^(payload|envelope)(\.[A-Za-z0-9_]+)+$/,
    'must be a path such as payload.status or envelope.sampleCount',
  );

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/** A length of time in whole days, hours and minutes; parsed to milliseconds. */
export const lengthSchema = z
  .object({
    days: z.int().min(1).max(3650).optional(),
    hours: z.int().min(1).max(1000).optional(),
    minutes: z.int().min(1).max(10_000).optional(),
  })
  .strict()
  .refine(
    length => Object.values(length).some(part => part !== undefined),
    'must name days, hours or minutes',
  )
  .transform(
    ({ days = 0, hours = 0, minutes = 0 }) =>
      ((days * 24 + hours) * 60 + minutes) * 60_000,
  );

const evidenceSchema = z
  .object({
    kind: z.enum(
      Object.keys(evidenceKinds) as [EvidenceType, ...EvidenceType[]],
      'is not a kind of evidence',
    ),
    where: z
      .record(pathSchema, z.union([scalarSchema, z.array(scalarSchema).min(1)]))
      .default({}),
    version: z.enum(['any', 'each-live', 'proposed']).default('any'),
    each: z.array(pathSchema).max(5).default([]),
    aggregate: z.literal('latest'),
  })
  .strict();

const boundSchema = z
  .object({
    value: pathSchema,
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    equals: scalarSchema.optional(),
    unit: z.string().max(40).optional(),
  })
  .strict()
  .refine(
    bound =>
      [bound.atLeast, bound.atMost, bound.equals].filter(
        limit => limit !== undefined,
      ).length === 1,
    'must have exactly one of atLeast, atMost and equals',
  );

const statusSchema = z
  .object({
    status: z.literal('pass'),
    show: z
      .object({
        value: pathSchema,
        bound: pathSchema.optional(),
        comparator: z
          .enum(['at-most', 'at-least', 'below', 'equals'])
          .optional(),
        unit: z.string().max(40).optional(),
      })
      .strict()
      .optional(),
  })
  .strict();

const requireSchema = z
  .record(z.string(), z.unknown())
  .transform(
    (
      value,
      context,
    ): z.output<typeof boundSchema> | z.output<typeof statusSchema> => {
      // Chosen by hand, so that a fault is named at its own line instead of as "matches neither form".
      const schema = 'status' in value ? statusSchema : boundSchema;
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      for (const issue of result.error.issues)
        context.addIssue({ ...issue } as never);
      return z.NEVER;
    },
  );

/** The part of a check that is judged on evidence; approval policies use the same words. */
export const ruleFields = {
  evidence: evidenceSchema,
  require: requireSchema,
  fresh: lengthSchema,
  sample: z
    .object({
      path: pathSchema.default('envelope.sampleCount'),
      atLeast: z.int().min(1),
    })
    .strict()
    .optional(),
};

const ruleSchema = z.object(ruleFields);

/** Which evidence is asked, and what it has to say. Paths start at the evidence item's `data`. */
export type Rule = z.output<typeof ruleSchema>;

/** Paths that name no field of the kind: a misspelt path would leave a check inconclusive for ever. */
export function misspeltPaths(
  rule: Rule,
): { at: (string | number)[]; message: string }[] {
  const fields = fieldsOf(rule.evidence.kind);
  const named: { at: (string | number)[]; path: string }[] = [
    ...Object.keys(rule.evidence.where).map(path => ({
      at: ['evidence', 'where', path],
      path,
    })),
    ...rule.evidence.each.map((path, index) => ({
      at: ['evidence', 'each', index],
      path,
    })),
  ];
  if (rule.sample)
    named.push({ at: ['sample', 'path'], path: rule.sample.path });
  if ('value' in rule.require)
    named.push({ at: ['require', 'value'], path: rule.require.value });
  else if (rule.require.show) {
    named.push({
      at: ['require', 'show', 'value'],
      path: rule.require.show.value,
    });
    if (rule.require.show.bound)
      named.push({
        at: ['require', 'show', 'bound'],
        path: rule.require.show.bound,
      });
  }
  const wrong = named
    .filter(({ path }) => {
      const [part, field] = path.split('.');
      return !fields[part as 'payload' | 'envelope'].includes(field);
    })
    .map(({ at, path }) => ({
      at,
      message: `${path} is not a field of ${rule.evidence.kind}`,
    }));
  if ('status' in rule.require && !fields.payload.includes('status')) {
    wrong.push({
      at: ['require', 'status'],
      message: `${rule.evidence.kind} carries no status; name a value and a bound`,
    });
  }
  return wrong;
}

/**
 * What every file of rules has to hold beyond its form: no id twice, none of the versions that make no sense there, no
 * path that names nothing. Each problem is told to `context` with its place below `at`.
 */
export function refineRules(
  rules: (Rule & { id: string })[],
  file: {
    at: (string | number)[];
    twice(id: string): string;
    refusedVersion: { version: Rule['evidence']['version']; message: string };
  },
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  rules.forEach((rule, index) => {
    const tell = (at: (string | number)[], message: string) =>
      context.addIssue({
        code: 'custom',
        path: [...file.at, index, ...at],
        message,
      });
    if (seen.has(rule.id)) tell(['id'], file.twice(rule.id));
    seen.add(rule.id);
    if (rule.evidence.version === file.refusedVersion.version)
      tell(['evidence', 'version'], file.refusedVersion.message);
    for (const { at, message } of misspeltPaths(rule)) tell(at, message);
  });
}
