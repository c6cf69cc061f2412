import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import { countSchema, proves } from '../../parts';

export const artifactV1 = z
  .object({
    version: codeSchema,
    digest: digestSchema,
    sizeBytes: countSchema,
    format: codeSchema.describe('For example onnx'),
    precision: codeSchema.optional().describe('For example float32 or int8'),
    builtFrom: z
      .string()
      .max(300)
      .optional()
      .describe(
        'What it was trained or converted from, for example a package and version',
      ),
  })
  .strict()
  .meta(
    proves(
      'anyone',
      'which artifact a version label stood for: its digest, size and format, measured from the bytes.',
    ),
  );
