import { z } from 'zod';
import { asOfQuery, asOfShape } from '../shapes/asOf';

/** How one operation looks on the wire. Validation, types and the OpenAPI document all come from it. @public */
export interface Operation {
  method: 'get' | 'post';
  /** Express path below `/api/ai-assurance`. */
  path: string;
  summary: string;
  /** Names of the permissions that the operation asks for, as documentation. */
  permissions: string[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Set on a `post` that changes nothing: what is asked stands in its body, and so in no access log. */
  reads?: true;
  /** Media types of the request body when its handler reads it itself; `body` then only describes it. */
  rawBody?: string[];
  /** JSON answer; absent for raw answers. */
  response?: z.ZodType;
  /** Media type of a raw answer. */
  rawResponse?: string;
  status?: number;
}

/** A part of an entity ref as the catalog lets it be; anything else would only reach the database to be refused there. */
const refPart = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9._-]+$/);

export const subjectParams = z.object({
  kind: refPart,
  namespace: refPart,
  name: refPart,
});

/** Ids that the server gave out; anything else would only reach the database to be refused there. */
export const id = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/);

/** `rangeMinutes`: how far back charts reach from now; the server bounds the number of points. */
export const rangeQuery = z.object({
  rangeMinutes: z.coerce.number().int().min(5).max(43_200).default(60),
});

/**
 * Where a list of subjects goes on, as the answer before named it; anything else is refused. It holds what the list is
 * ordered by, so that nothing is skipped or told twice when a verdict changes elsewhere in the list.
 */
const subjectCursor = z
  .string()
  .max(2000)
  .regex(/^[A-Za-z0-9_-]+$/);

/** `limit`: rows in one answer; `cursor`: where the answer before ended. */
export const subjectPageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: subjectCursor.optional(),
});

export const read = ['ai-assurance.assurance.read'];

const isRead = ({ method, reads }: Pick<Operation, 'method' | 'reads'>) =>
  method === 'get' || reads === true;

/**
 * What every operation that reads takes beside its own query, so that none can forget it; `undefined` for one that changes
 * something. @public
 */
export function asOfQueryOf(
  operation: Pick<Operation, 'method' | 'reads'>,
): typeof asOfQuery | undefined {
  return isRead(operation) ? asOfQuery : undefined;
}

/** The JSON answer of an operation as it is written: one that reads says in `asOf` that it is about the past. @public */
export function writtenResponseOf(operation: Operation): z.ZodType | undefined {
  const { response } = operation;
  return isRead(operation) && response instanceof z.ZodObject
    ? response.extend({
        asOf: asOfShape
          .optional()
          .describe('Only in answers about the past, see the query asOf'),
      })
    : response;
}

/** Keeps each operation's own types, and checks that it is one. */
export const define = <T extends Record<string, Operation>>(operations: T): T =>
  operations;
