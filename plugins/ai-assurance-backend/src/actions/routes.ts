import {
  assuranceReadPermission,
  rollbackOrderPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { RollbackService } from './RollbackService';

const past = 'This is what was known then. Go back to now to do something.';
const onlyOperators = 'Only fleet operators may order a rollback.';

const refOf = ({
  kind,
  namespace,
  name,
}: {
  kind: string;
  namespace: string;
  name: string;
}) => `${kind}:${namespace}/${name}`.toLocaleLowerCase('en-US');

export function registerActionRoutes(
  binder: Binder,
  access: Access,
  rollback: RollbackService,
): void {
  binder.json('getRollback', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const subject = refOf(params);
    if (asOf)
      return rollback.plan(subject, { allowed: false, reason: past }, asOf);
    const allowed = await access.mayOn(
      caller,
      rollbackOrderPermission,
      subject,
    );
    return rollback.plan(
      subject,
      allowed ? { allowed } : { allowed, reason: onlyOperators },
      undefined,
    );
  });
  binder.json('orderRollback', async ({ params, body, caller }) => {
    const subject = refOf(params);
    await access.requireOn(caller, rollbackOrderPermission, subject);
    return rollback.order(subject, body, caller);
  });
}
