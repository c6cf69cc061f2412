import { z } from 'zod';
import { entityRefSchema, envelopeSchema, instantSchema } from './envelope';

/** `io.ai-assurance.<kind>.v<number>`. */
export const evidenceTypePattern =
  /^io\.ai-assurance\.[a-z0-9-]+\.v[1-9][0-9]*$/;

/**
 * The shape of any item of evidence: a CloudEvent 1.0 in structured JSON form. `(source, id)` is unique. `data.payload`
 * follows the schema of the kind named by `type`; see `kinds/`.
 * @public
 */
export const evidenceItemSchema = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(200),
    source: z.string().min(1).max(300),
    type: z.string().max(100).regex(evidenceTypePattern),
    subject: entityRefSchema,
    time: instantSchema.describe('When the fact was observed'),
    datacontenttype: z.literal('application/json'),
    data: z
      .object({
        envelope: envelopeSchema,
        payload: z.record(z.string(), z.unknown()),
      })
      .strict(),
  })
  .strict();

/** An item of evidence. @public */
export type EvidenceItem = z.infer<typeof evidenceItemSchema>;
