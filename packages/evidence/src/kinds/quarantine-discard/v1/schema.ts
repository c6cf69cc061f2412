import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import {
  actorSchema,
  countSchema,
  givenTextSchema,
  reasonTextSchema,
  proves,
} from '../../parts';

export const quarantineDiscardV1 = z
  .object({
    quarantineId: codeSchema.describe('What the quarantine called it'),
    quarantinedAt: instantSchema,
    code: codeSchema.describe(
      'Why it was not let in, for example INVALID_PAYLOAD',
    ),
    givenSource: givenTextSchema,
    givenId: givenTextSchema,
    givenType: givenTextSchema,
    givenSubject: givenTextSchema,
    pushedBy: actorSchema.describe(
      'Who handed it in: a person, or the subject of a machine’s token',
    ),
    contentDigest: digestSchema.describe('Of the bytes as they were received'),
    contentSizeBytes: countSchema,
    discardedBy: entityRefSchema,
    reason: reasonTextSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'that something handed in as evidence was refused at the door and later thrown away by a person: what it said it was, the digest of its bytes, why it was refused and why it was discarded.',
    ),
  );
