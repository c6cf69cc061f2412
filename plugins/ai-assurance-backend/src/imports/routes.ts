import {
  assuranceReadPermission,
  evidencePushPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError } from '@backstage/errors';
import express, { Request, Response } from 'express';
import { Access, Binder, tooLarge, withCode } from '../platform';
import { ImportService } from './ImportService';

const bodySeconds = 120;
const retryAfterSeconds = '60';

/** The body, unpacked and bounded, read only once the caller is known to be allowed to send it. */
async function bodyOf(
  request: Request,
  response: Response,
  maxBytes: number,
): Promise<Uint8Array> {
  const read = express.raw({ type: () => true, limit: maxBytes });
  await new Promise<void>((resolve, reject) => {
    // One who sends drop by drop holds a place that others wait for.
    const tooSlow = setTimeout(() => {
      reject(
        withCode(
          new InputError(
            `The report did not come in within ${bodySeconds} s. Send it again over a faster connection, packed by gzip, or in parts.`,
          ),
          'BODY_TOO_SLOW',
        ),
      );
      response.once('finish', () => request.destroy());
    }, bodySeconds * 1000);
    read(request, response, (error?: Error & { status?: number }) => {
      clearTimeout(tooSlow);
      if (!error) resolve();
      else if (error.status === 413)
        reject(
          tooLarge(
            `The report is larger than ${Math.floor(
              maxBytes / 1024 / 1024,
            )} MiB (aiAssurance.imports.maxMebibytes). Import it in parts.`,
          ),
        );
      else
        reject(
          withCode(
            new InputError(`The body cannot be read: ${error.message}`),
            'BAD_BODY',
          ),
        );
    });
  });
  // Without a body nothing is put there.
  return Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
}

/** Aborts when the caller goes away before the answer. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

export function registerImportRoutes(
  binder: Binder,
  access: Access,
  deps: {
    service: ImportService;
    importers: ReportImporter[];
    maxBytes: number;
  },
): void {
  const { service, importers, maxBytes } = deps;

  binder.raw(
    'importReport',
    async ({ params, query, caller, request, response }) => {
      const { preview, ...stated } = query;
      await access.requireOn(caller, evidencePushPermission, stated.subject);
      service.importerOf(params.format);
      const signal = goneSignal(response);
      const result = await service
        .admitted(async () =>
          service.import(
            {
              format: params.format,
              bytes: await bodyOf(request, response, maxBytes),
              stated,
              isPreview: preview === 'true',
            },
            signal,
          ),
        )
        .catch(error => {
          if (error.code === 'IMPORTS_BUSY')
            response.set('retry-after', retryAfterSeconds);
          throw error;
        });
      response.json(result);
    },
  );

  binder.json('listImportFormats', async ({ caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    // What can be read is a matter of the release, not of what was known.
    if (asOf) asOf.limit('catalog-of-today');
    return {
      formats: importers.map(({ id, title, version, fileEndings }) => ({
        id,
        title,
        version,
        fileEndings: [...fileEndings],
      })),
    };
  });
}
