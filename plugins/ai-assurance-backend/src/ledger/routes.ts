import {
  assuranceReadPermission,
  evidencePushPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError, NotFoundError } from '@backstage/errors';
import { Access, Binder, withCode } from '../platform';
import { LedgerReader } from './LedgerReader';
import { LedgerService } from './LedgerService';

const mediaTypes = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
];

function positionOf(cursor: string | undefined): number | undefined {
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

/** Binds the operations of the evidence explorer and of those who push. */
export function registerLedgerRoutes(
  binder: Binder,
  access: Access,
  deps: { service: LedgerService; reader: LedgerReader },
): void {
  const { service, reader } = deps;

  binder.json('pushEvidence', async ({ body, caller, request }) => {
    if (!request.is(mediaTypes)) {
      const sent = request.get('content-type') ?? 'none';
      throw withCode(
        new InputError(
          `Content-Type: ${sent} is not read here. Send ${mediaTypes.join(
            ', ',
          )}.`,
        ),
        'UNSUPPORTED_MEDIA_TYPE',
      );
    }
    const values = Array.isArray(body) ? body : [body];
    return service.push(values, subject =>
      access.mayOn(caller, evidencePushPermission, subject),
    );
  });

  binder.json('listEvidence', async ({ query, caller }) => {
    await access.require(caller, assuranceReadPermission);
    const { cursor, ...filter } = query;
    const { items, nextPosition } = await reader.summaries({
      ...filter,
      beforePosition: positionOf(cursor),
    });
    return nextPosition === undefined
      ? { items }
      : { items, nextCursor: String(nextPosition) };
  });

  binder.json('getEvidence', async ({ params, caller }) => {
    await access.require(caller, assuranceReadPermission);
    return reader.detail(params.evidenceId);
  });

  binder.raw('getHead', async ({ caller, response }) => {
    await access.require(caller, assuranceReadPermission);
    const head = await reader.head();
    if (!head)
      throw withCode(
        new NotFoundError('The ledger is empty: nothing was signed yet.'),
        'LEDGER_EMPTY',
      );
    response.type('text/plain').send(head.checkpoint);
  });
}
