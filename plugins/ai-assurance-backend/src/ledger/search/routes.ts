import {
  AnswerOf,
  assuranceReadPermission,
  QueryOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError } from '@backstage/errors';
import { Access, AsOf, Binder, Caller, withCode } from '../../platform';
import { EvidenceSearch } from './createSearch';

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

/** The lower of two bounds, where there is one. */
function earlier(
  a: number | undefined,
  b: number | undefined,
): number | undefined {
  return a === undefined || b === undefined ? a ?? b : Math.min(a, b);
}

/** Binds the list of the evidence explorer. MUST come before the route of one item, which would take `facets` for an id. */
export function registerSearchRoutes(
  binder: Binder,
  access: Access,
  search: EvidenceSearch,
): void {
  const listed = async (
    { cursor, ...filter }: QueryOf<'listEvidence'>,
    { caller, asOf }: { caller: Caller; asOf: AsOf | undefined },
  ): Promise<AnswerOf<'listEvidence'>> => {
    await access.require(caller, assuranceReadPermission);
    const page = await search.list.page({
      ...filter,
      recordedToMs: earlier(filter.recordedToMs, asOf && asOf.atMs + 1),
      beforePosition: positionOf(cursor),
    });
    const { items, nextPosition } = page;
    return {
      items,
      nextCursor: nextPosition === undefined ? undefined : String(nextPosition),
      searchedToPosition: page.searchedToPosition,
      textUnsearchedFrom: page.textUnsearchedFrom,
    };
  };

  binder.json('listEvidence', async call => listed(call.query, call));
  binder.json('searchEvidence', async call => listed(call.body, call));

  binder.json('getEvidenceFacets', async ({ caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    return search.facets(asOf?.atMs);
  });
}
