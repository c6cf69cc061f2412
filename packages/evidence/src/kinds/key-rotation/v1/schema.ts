import { z } from 'zod';
import { countSchema, proves } from '../../parts';

const verifierKeySchema = z
  .string()
  .max(500)
  .regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/)
  .describe('C2SP signed-note verifier key: name+id+base64; a public key');

export const keyRotationV1 = z
  .object({
    previousKey: verifierKeySchema,
    newKey: verifierKeySchema,
    firstHeadSize: countSchema.describe(
      'Size of the first head that the new key signs',
    ),
    handOver: z
      .string()
      .max(4000)
      .nullable()
      .describe(
        'Note that both keys signed; null: the previous key was lost and an operator said so, which proves less',
      ),
  })
  .strict()
  .meta(
    proves(
      'suite',
      'that the log changed the key that signs its heads, from which head on, and whether the previous key vouched for the new one.',
    ),
  );
