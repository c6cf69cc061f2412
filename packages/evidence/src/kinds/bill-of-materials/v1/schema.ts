import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import { countSchema, proves } from '../../parts';

export const billOfMaterialsV1 = z
  .object({
    version: codeSchema,
    digest: digestSchema.describe('Artifact that the document describes'),
    format: z.enum(['CycloneDX', 'SPDX']),
    formatVersion: codeSchema,
    documentDigest: digestSchema.describe('Of the document’s bytes'),
    serialNumber: codeSchema.nullable(),
    componentCount: countSchema.describe('All, models and data included'),
    modelCount: countSchema,
    datasetCount: countSchema,
    licences: z
      .array(
        z
          .object({
            licenceId: codeSchema.describe('SPDX id'),
            componentCount: countSchema,
          })
          .strict(),
      )
      .max(200),
    withoutLicenceCount: countSchema.describe(
      'Components that state no licence',
    ),
    vulnerabilities: z
      .object({
        criticalCount: countSchema,
        highCount: countSchema,
        mediumCount: countSchema,
        lowCount: countSchema,
        unratedCount: countSchema,
        asOf: instantSchema.describe('State of the vulnerability data'),
      })
      .strict()
      .nullable()
      .describe('null: nobody looked'),
  })
  .strict()
  .meta(
    proves(
      'anyone',
      'what an artifact is made of, as counted in a bill of materials of given digest: components, licences, data and known vulnerabilities.',
    ),
  );
