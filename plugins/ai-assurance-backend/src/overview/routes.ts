import { assuranceReadPermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder, Clock } from '../platform';
import { OverviewAnswers } from './OverviewAnswers';

const refOf = (params: { kind: string; namespace: string; name: string }) =>
  `${params.kind}:${params.namespace}/${params.name}`.toLocaleLowerCase(
    'en-US',
  );

export function registerOverviewRoutes(
  binder: Binder,
  access: Access,
  answers: OverviewAnswers,
  clock: Clock,
) {
  const rangeOf = (rangeMinutes: number) => {
    const toMs = clock.nowMs();
    return { fromMs: toMs - rangeMinutes * 60_000, toMs };
  };
  binder.json('getOverview', async ({ caller }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.overview(caller, clock.nowMs());
  });
  binder.json('getSubjectSummary', async ({ caller, params }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.summary(refOf(params), clock.nowMs());
  });
  binder.json('getService', async ({ caller, params, query }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.service(refOf(params), rangeOf(query.rangeMinutes), caller);
  });
  binder.json('getModel', async ({ caller, params, query }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.model(refOf(params), rangeOf(query.rangeMinutes), caller);
  });
  binder.json('getCohort', async ({ caller, params, query }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.cohort(refOf(params), rangeOf(query.rangeMinutes));
  });
}
