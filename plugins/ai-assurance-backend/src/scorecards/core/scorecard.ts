import { codeSchema, entityRefSchema } from '@ai-assurance/evidence';
import { SUBJECT_KINDS } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { z } from 'zod';
import { refineRules, ruleFields } from './rule';

const applicabilitySchema = z
  .object({
    kinds: z.array(z.enum(SUBJECT_KINDS)).min(1),
    tiers: z.array(z.int().min(1).max(3)).min(1).optional(),
    annotation: z.string().max(200).optional(),
  })
  .strict();

const checkSchema = z
  .object({
    id: codeSchema,
    question: z.string().min(5).max(300),
    level: codeSchema,
    weight: z.int().min(1).max(100),
    owner: entityRefSchema,
    fixHint: z.string().min(5).max(500),
    appliesTo: z.array(applicabilitySchema).min(1),
    ...ruleFields,
  })
  .strict();

/** The form of a scorecard file. Check ids are unique, levels are declared, paths name real fields. */
export const scorecardSchema = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('Scorecard'),
    metadata: z
      .object({
        name: codeSchema,
        title: z.string().min(1).max(100),
        description: z.string().max(2000).optional(),
      })
      .strict(),
    spec: z
      .object({
        levels: z.array(codeSchema).min(1).max(10).describe('Lowest first'),
        checks: z.array(checkSchema).min(1).max(200),
      })
      .strict(),
  })
  .strict()
  .superRefine((file, context) => {
    file.spec.levels.forEach((level, index) => {
      if (file.spec.levels.indexOf(level) !== index) {
        context.addIssue({
          code: 'custom',
          path: ['spec', 'levels', index],
          message: `level ${level} is named twice`,
        });
      }
    });
    refineRules(
      file.spec.checks,
      {
        at: ['spec', 'checks'],
        twice: id => `check ${id} is defined twice`,
        refusedVersion: {
          version: 'proposed',
          message:
            'proposed is for approval policies; a scorecard asks about any or each-live',
        },
      },
      context,
    );
    file.spec.checks.forEach((check, index) => {
      if (!file.spec.levels.includes(check.level)) {
        const levels = file.spec.levels.join(', ');
        context.addIssue({
          code: 'custom',
          path: ['spec', 'checks', index, 'level'],
          message: `${check.level} is none of the levels ${levels}`,
        });
      }
    });
  });

export type ScorecardFile = z.output<typeof scorecardSchema>;
export type Check = ScorecardFile['spec']['checks'][number];

/** A scorecard in use: its rules and the digest that verdicts are bound to. */
export interface Scorecard {
  scorecardId: string;
  title: string;
  digest: string;
  levels: string[];
  checks: Check[];
}
