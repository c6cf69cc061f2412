import {
  assuranceReadPermission,
  incidentManagePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { StoredIncidentAnswers } from './IncidentAnswers';
import { IncidentService } from './IncidentService';

export function registerIncidentRoutes(
  binder: Binder,
  access: Access,
  service: IncidentService,
  answers: StoredIncidentAnswers,
): void {
  binder.json('listIncidents', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return { incidents: await answers.incidents(query.subject, asOf) };
  });
  binder.json('openIncident', async ({ body, caller }) => {
    await access.requireOn(caller, incidentManagePermission, body.subject);
    return service.open(body, caller);
  });
  binder.json('moveIncident', async ({ params, body, caller }) => {
    // The subject is known only from the incident; who may not read learns nothing about which incidents exist.
    await access.require(caller, assuranceReadPermission);
    const { subject } = await answers.stored(params.incidentId);
    await access.requireOn(caller, incidentManagePermission, subject);
    return service.move(params.incidentId, body, caller);
  });
  binder.json('checkRunbook', async ({ body, caller }) => {
    await access.requireOn(caller, incidentManagePermission, body.subject);
    return service.checkRunbook(body, caller);
  });
}
