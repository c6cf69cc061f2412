import {
  assuranceReadPermission,
  evidencePushPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { EvaluationAnswers } from './EvaluationAnswers';

export function registerEvaluationRoutes(
  binder: Binder,
  access: Access,
  answers: EvaluationAnswers,
): void {
  binder.json('getEvaluations', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const entityRef =
      `${params.kind}:${params.namespace}/${params.name}`.toLocaleLowerCase(
        'en-US',
      );
    const mayPush = await access.mayOn(
      caller,
      evidencePushPermission,
      entityRef,
    );
    let reason: string | undefined;
    if (asOf) reason = 'This is what was known then. Go back to now to import.';
    else if (!mayPush)
      reason = `You need the permission ${evidencePushPermission.name} on ${entityRef}: usually its owner holds it.`;
    return answers.evaluations(
      entityRef,
      reason === undefined ? { allowed: true } : { allowed: false, reason },
      asOf,
    );
  });
}
