import {
  assuranceReadPermission,
  Release,
  releaseProposePermission,
  releaseVotePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, AsOf, Binder, Caller } from '../platform';
import { StoredApprovalAnswers } from './ApprovalAnswers';
import { ApprovalService } from './ApprovalService';

export function registerApprovalRoutes(
  binder: Binder,
  access: Access,
  service: ApprovalService,
  answers: StoredApprovalAnswers,
): void {
  // A hint must not promise what the permission framework would refuse.
  const withPermission = async (
    releases: Release[],
    caller: Caller,
  ): Promise<Release[]> => {
    if (!releases.some(({ mayVote }) => mayVote.allowed)) return releases;
    if (await access.may(caller, releaseVotePermission)) return releases;
    const mayVote = {
      allowed: false,
      reason: 'You need the role of an approver to vote.',
    };
    return releases.map(release =>
      release.mayVote.allowed ? { ...release, mayVote } : release,
    );
  };
  const show = async (releaseId: string, caller: Caller, asOf?: AsOf) =>
    (
      await withPermission([await answers.get(releaseId, caller, asOf)], caller)
    )[0];

  binder.json('listReleases', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const { releases, nextCursor } = await answers.page(query, caller, asOf);
    return {
      releases: await withPermission(releases, caller),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    };
  });
  binder.json('getRelease', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return show(params.releaseId, caller, asOf);
  });
  binder.json('proposeRelease', async ({ body, caller }) => {
    await access.requireOn(caller, releaseProposePermission, body.modelRef);
    return show(await service.propose(body, caller), caller);
  });
  binder.json('voteOnRelease', async ({ params, body, caller }) => {
    await access.require(caller, releaseVotePermission);
    await service.vote(params.releaseId, body, caller);
    return show(params.releaseId, caller);
  });
  binder.json('withdrawRelease', async ({ params, body, caller }) => {
    // The model is known only from the release; who may not read learns nothing about which releases exist.
    await access.require(caller, assuranceReadPermission);
    const { modelRef } = await answers.stored(params.releaseId);
    await access.requireOn(caller, releaseProposePermission, modelRef);
    await service.withdraw(params.releaseId, body.rowVersion, caller);
    return show(params.releaseId, caller);
  });
}
