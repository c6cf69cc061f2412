import { assuranceReadPermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { CollectorsAnswers } from './CollectorsAnswers';

export function registerCollectorsRoutes(
  binder: Binder,
  access: Access,
  answers: CollectorsAnswers,
): void {
  binder.json('listCollectors', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return answers.list(query, asOf);
  });
}
