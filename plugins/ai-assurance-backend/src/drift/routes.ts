import {
  assuranceReadPermission,
  evidencePushPermission,
  referenceApprovePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { DriftPages } from './DriftPages';
import { ProfileService } from './ProfileService';
import { ReferenceService } from './ReferenceService';

const refOf = (params: { kind: string; namespace: string; name: string }) =>
  `${params.kind}:${params.namespace}/${params.name}`.toLocaleLowerCase(
    'en-US',
  );

export function registerDriftRoutes(
  binder: Binder,
  access: Access,
  parts: {
    references: ReferenceService;
    profiles: ProfileService;
    pages: DriftPages;
  },
): void {
  const { references, profiles, pages } = parts;
  binder.json('approveReference', async ({ body, caller }) => {
    await access.require(caller, referenceApprovePermission);
    return references.approve(body, caller);
  });
  binder.json('listReferences', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return { references: await references.list(query.subject, asOf?.atMs) };
  });
  binder.json('pushProfile', async ({ body, caller }) => {
    await access.requireOn(caller, evidencePushPermission, body.subject);
    return profiles.push(body, caller);
  });
  binder.json('getDrift', async ({ params, query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const answer = await pages.drift(refOf(params), query, asOf);
    const allowed =
      asOf === undefined &&
      caller.isUser &&
      (await access.may(caller, referenceApprovePermission));
    return {
      ...answer,
      mayApproveReference: allowed
        ? { allowed }
        : {
            allowed,
            reason:
              asOf === undefined
                ? 'Only people who may approve references can do this'
                : 'The past cannot be changed',
          },
    };
  });
  binder.json('getDriftCoverage', async ({ caller, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return pages.coverage(query, asOf);
  });
}
