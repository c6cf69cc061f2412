import { assuranceReadPermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, AsOf, Binder, Clock } from '../platform';
import { momentOf } from './moment';
import { OverviewAnswers } from './OverviewAnswers';

const refOf = (params: { kind: string; namespace: string; name: string }) =>
  `${params.kind}:${params.namespace}/${params.name}`.toLocaleLowerCase(
    'en-US',
  );

export function registerOverviewRoutes(
  binder: Binder,
  access: Access,
  answers: OverviewAnswers,
  deps: { clock: Clock; telemetryRetentionMs: number },
) {
  const momentFor = (asOf: AsOf | undefined, rangeMinutes: number = 60) =>
    momentOf({
      nowMs: deps.clock.nowMs(),
      asOf,
      rangeMs: rangeMinutes * 60_000,
      retentionMs: deps.telemetryRetentionMs,
    });
  binder.json('getOverview', async ({ caller, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.overview(query, momentFor(asOf));
  });
  binder.json('getSubjectSummary', async ({ caller, params, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.summary(refOf(params), momentFor(asOf));
  });
  binder.json('getService', async ({ caller, params, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.service(
      refOf(params),
      momentFor(asOf, query.rangeMinutes),
      caller,
    );
  });
  binder.json('getServiceSignals', async ({ caller, params, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.serviceSignals(
      refOf(params),
      momentFor(asOf, query.rangeMinutes),
      caller,
    );
  });
  binder.json('getModel', async ({ caller, params, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.model(
      refOf(params),
      momentFor(asOf, query.rangeMinutes),
      caller,
    );
  });
  binder.json('getCohort', async ({ caller, params, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.cohort(refOf(params), momentFor(asOf, query.rangeMinutes));
  });
}
