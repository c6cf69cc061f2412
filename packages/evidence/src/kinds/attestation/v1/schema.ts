import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { countSchema, linkSchema, proves, reasonTextSchema } from '../../parts';

export const attestationV1 = z
  .object({
    statement: codeSchema.describe(
      'What is vouched for, for example runbook-checked or developer-satisfaction',
    ),
    value: z
      .number()
      .nullable()
      .describe('In unit; null: the statement is no number'),
    unit: codeSchema.nullable(),
    respondentCount: countSchema.nullable().describe('n of a survey'),
    attestedBy: entityRefSchema,
    basis: reasonTextSchema.describe(
      'What the person stands on, in their words',
    ),
    sourceLink: linkSchema.nullable(),
    sourceDigest: digestSchema
      .nullable()
      .describe('Of the document that was looked at'),
  })
  .strict()
  .refine(a => (a.value === null) === (a.unit === null), {
    path: ['unit'],
    error: 'a value has a unit, and a unit a value',
  })
  .meta(
    proves(
      'suite',
      'that a person vouched for something no system measures, such as a survey or a checked runbook, and from which source.',
    ),
  );
