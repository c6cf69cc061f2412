import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import {
  evidenceIdSchema,
  reasonTextSchema,
  sha256HexSchema,
  proves,
} from '../../parts';

export const redactionV1 = z
  .object({
    because: z.discriminatedUnion('cause', [
      z
        .object({
          cause: z.literal('request').describe('A person asked for it'),
          reasonCode: codeSchema.describe(
            'What was wrong with keeping it, for example personal-data',
          ),
          reason: reasonTextSchema,
          redactedBy: entityRefSchema.describe('Who ordered it'),
        })
        .strict(),
      z
        .object({
          cause: z.literal('retention').describe('Its time to be kept ended'),
          ruleId: codeSchema.describe('Which retention rule ended it'),
          rulesDigest: digestSchema.describe(
            'Digest of the rules that were in force',
          ),
          retentionDays: z
            .int()
            .positive()
            .describe('How long the rule keeps an item, from its observation'),
          legalFloorDays: z
            .int()
            .nonnegative()
            .describe(
              'Shortest time that law or contract demands; never above retentionDays. 0: none does',
            ),
          legalBasis: codeSchema
            .nullable()
            .describe('Which law or contract; null when none demands any'),
        })
        .strict()
        .refine(because => because.legalFloorDays <= because.retentionDays, {
          path: ['retentionDays'],
          error: 'it is kept for a shorter time than law or contract demands',
        }),
    ]),
    items: z
      .array(
        z
          .object({
            evidenceId: evidenceIdSchema,
            leafHash: sha256HexSchema.describe(
              'Leaf hash of the item in the ledger: what stays provable',
            ),
          })
          .strict(),
      )
      .min(1)
      .max(1000)
      .describe('Whose payload and salt were erased'),
  })
  .strict()
  .refine(
    redaction =>
      new Set(redaction.items.map(item => item.evidenceId)).size ===
      redaction.items.length,
    { path: ['items'], error: 'an item is listed twice' },
  )
  .meta(
    proves(
      'suite',
      'that payloads were erased from the ledger, which ones, why and by whom or by which rule. Their leaves stay, so every proof over them still holds.',
    ),
  );
