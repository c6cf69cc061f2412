import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import {
  countSchema,
  linkSchema,
  proves,
  toolSchema,
  verdictStatusSchema,
} from '../../parts';

const identitySchema = z
  .string()
  .max(500)
  .regex(/^(https|spiffe):\/\/\S+$/);

export const signatureVerificationV1 = z
  .object({
    version: codeSchema,
    digest: digestSchema.describe('Artifact whose signature was checked'),
    format: codeSchema.describe(
      'For example sigstore-bundle, openssf-model-signing or minisign',
    ),
    outcome: z.enum(['verified', 'not-verified', 'not-signed']),
    reason: codeSchema,
    signerIdentity: identitySchema
      .nullable()
      .describe(
        'Workload or workflow that signed, as an https: or spiffe: URI; never a person’s address. null: a plain key',
      ),
    signerIssuer: linkSchema
      .nullable()
      .describe('Who vouches for the identity'),
    keyFingerprint: digestSchema
      .nullable()
      .describe('Of the public key; null: the signer is known by identity'),
    signedAt: instantSchema.nullable().describe('null: no time is proven'),
    transparencyLog: z
      .object({ logId: codeSchema, entryIndex: countSchema })
      .strict()
      .nullable()
      .describe('Entry in a public log; null: none was checked'),
    trustDigest: digestSchema.describe(
      'Digest of the trusted keys or roots that were in force',
    ),
    verifiedWith: toolSchema,
    fileCount: countSchema.describe('Files that the signature covers'),
    status: verdictStatusSchema,
  })
  .strict()
  .meta(
    proves(
      'anyone',
      'whether the signature over an artifact was good, by whose key or identity, and what it was checked with.',
    ),
  );
