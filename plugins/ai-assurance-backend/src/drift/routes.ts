import {
  assuranceReadPermission,
  referenceApprovePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { ReferenceService } from './ReferenceService';

export function registerDriftRoutes(
  binder: Binder,
  access: Access,
  references: ReferenceService,
): void {
  binder.json('approveReference', async ({ body, caller }) => {
    await access.require(caller, referenceApprovePermission);
    return references.approve(body, caller);
  });
  binder.json('listReferences', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return { references: await references.list(query.subject, asOf?.atMs) };
  });
}
