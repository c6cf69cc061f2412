import {
  assuranceReadPermission,
  ledgerCheckPermission,
  LedgerStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError } from '@backstage/errors';
import { Access, Binder, withCode } from '../../platform';
import { CheckService } from './CheckService';
import { HeadReader } from './HeadReader';

function sizeOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(cursor)) {
    throw withCode(
      new InputError(
        'query.cursor: not a cursor of this list. Send back nextCursor as it came, or leave it out.',
      ),
      'INVALID_CURSOR',
    );
  }
  return Number(cursor);
}

/** Binds what strangers ask to check the log, and the check itself. */
export function registerHeadRoutes(
  binder: Binder,
  access: Access,
  deps: {
    reader: HeadReader;
    checks: CheckService;
    status(asOfMs?: number): Promise<LedgerStatus>;
  },
): void {
  const { reader, checks, status } = deps;

  binder.raw('getHead', async ({ caller, response, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const text = await reader.newestCheckpoint(asOf?.atMs);
    response.type('text/plain').send(text);
  });

  binder.json('listHeads', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const { heads, nextSize } = await reader.list({
      limit: query.limit,
      beforeSize: sizeOf(query.cursor),
      asOfMs: asOf?.atMs,
    });
    return nextSize === undefined
      ? { heads }
      : { heads, nextCursor: String(nextSize) };
  });

  binder.raw('getHeadOfSize', async ({ params, caller, response, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const text = await reader.checkpoint(params.size, asOf?.atMs);
    response.type('text/plain').send(text);
  });

  binder.json('getConsistency', async ({ query, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return reader.consistency(query.from, query.to, asOf?.atMs);
  });

  binder.raw('getProof', async ({ params, query, caller, response, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const { evidenceId } = params;
    const text = await reader.proof(evidenceId, query.head, asOf?.atMs);
    response
      .type('text/plain')
      .set(
        'content-disposition',
        `attachment; filename="evidence-${evidenceId}.tlog-proof"`,
      )
      .send(text);
  });

  binder.json('getLedgerKeys', async ({ caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return { keys: await reader.keys(asOf?.atMs) };
  });

  binder.json('getLedgerStatus', async ({ caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return status(asOf?.atMs);
  });

  binder.json('checkLedger', async ({ caller }) => {
    await access.require(caller, ledgerCheckPermission);
    return checks.check();
  });
}
