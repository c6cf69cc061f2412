import { assuranceReadPermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Access, Binder } from '../platform';
import { LedgerReader } from './LedgerReader';

/** Binds the operations of the evidence explorer. */
export function registerLedgerRoutes(
  binder: Binder,
  access: Access,
  deps: { reader: LedgerReader },
): void {
  const { reader } = deps;

  binder.json('getEvidence', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return reader.detail(params.evidenceId, asOf?.atMs);
  });
}
