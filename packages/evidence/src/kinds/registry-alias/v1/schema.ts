import { z } from 'zod';
import { codeSchema } from '../../../item/envelope';
import { proves } from '../../parts';

export const registryAliasV1 = z
  .object({
    registry: codeSchema.describe('Which kind of registry, for example mlflow'),
    modelName: codeSchema.describe('What the registry calls the model'),
    alias: codeSchema.describe('For example champion'),
    change: z
      .enum(['first-seen', 'set', 'moved', 'removed'])
      .describe(
        'What was noticed since the registry was read before; first-seen: it was not, so the alias may be older',
      ),
    version: codeSchema
      .nullable()
      .describe('Version that it points to; null once it is removed'),
    fromVersion: codeSchema
      .nullable()
      .describe('Version that it pointed to before; null: none, or not known'),
  })
  .strict()
  .refine(a => (a.change === 'removed') === (a.version === null), {
    path: ['version'],
    error: 'an alias points to a version exactly while it is there',
  })
  .refine(
    a =>
      (a.change === 'moved' || a.change === 'removed') ===
      (a.fromVersion !== null),
    {
      path: ['fromVersion'],
      error: 'an alias comes from a version exactly when it moves or goes',
    },
  )
  .refine(a => a.version === null || a.version !== a.fromVersion, {
    path: ['version'],
    error: 'it did not move',
  })
  .meta(
    proves(
      'suite',
      'which version an alias of a model registry pointed to when it was looked at, and from which version it had moved since the look before.',
    ),
  );
