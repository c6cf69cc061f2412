import { assuranceReadPermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { ScorecardAnswers } from './types';

export function registerScorecardRoutes(
  binder: Binder,
  access: Access,
  answers: ScorecardAnswers,
): void {
  binder.json('listScorecards', async ({ caller, query, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return { scorecards: await answers.boards(query, asOf) };
  });
}
