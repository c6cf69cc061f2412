import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import { proves } from '../../parts';

export const registryVersionV1 = z
  .object({
    registry: codeSchema.describe('Which kind of registry, for example mlflow'),
    modelName: codeSchema.describe('What the registry calls the model'),
    version: codeSchema,
    state: z
      .enum(['pending', 'ready', 'failed', 'deleted'])
      .describe('deleted: it was listed before, and is no longer'),
    digest: digestSchema
      .nullable()
      .describe('Digest of the artifact; null: the registry does not say'),
    runId: codeSchema
      .nullable()
      .describe(
        'Run that produced it; null: none, or the registry does not say',
      ),
    registeredAt: instantSchema.nullable(),
    changedAt: instantSchema
      .nullable()
      .describe('When the registry last changed what it says of the version'),
    tags: z
      .array(z.object({ key: codeSchema, value: codeSchema }).strict())
      .max(50)
      .describe('Only those that the config allows: tags may hold free text'),
  })
  .strict()
  .meta(
    proves(
      'suite',
      'that a model registry listed a version, in which state and with which digest, or that it no longer did.',
    ),
  );
