import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import { countSchema, proves } from '../../parts';

export const exportV1 = z
  .object({
    packId: codeSchema,
    exportedBy: entityRefSchema,
    periodStart: instantSchema,
    periodEnd: instantSchema,
    itemCount: countSchema,
    treeSize: countSchema,
    rootHash: z.string().regex(/^[0-9a-f]{64}$/),
    fileDigest: digestSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'that a pack left the system: for whom, over which period, with which ledger size and file digest.',
    ),
  );
