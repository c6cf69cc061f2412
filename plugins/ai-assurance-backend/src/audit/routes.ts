import { pipeline } from 'node:stream/promises';
import {
  assuranceReadPermission,
  packExportPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { AuditService } from './AuditService';

/** Binds the operations of the audit page. */
export function registerAuditRoutes(
  binder: Binder,
  access: Access,
  service: AuditService,
): void {
  binder.json('createPack', async ({ body, caller }) => {
    await access.require(caller, packExportPermission);
    return service.createPack(body, caller);
  });

  binder.json('listPacks', async ({ caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return { packs: await service.list(asOf?.atMs) };
  });

  binder.raw('downloadPack', async ({ params, caller, response, asOf }) => {
    await access.require(caller, packExportPermission);
    const { pack, read } = await service.open(params.packId, asOf?.atMs);
    response.set({
      'content-type': 'application/zip',
      'content-length': String(pack.sizeBytes),
      'content-disposition': `attachment; filename="${pack.packId}.zip"`,
      'cache-control': 'no-store',
    });
    await pipeline(read(), response);
  });
}
