import { z } from 'zod';

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
  /** Media types of the request body when it is not JSON of `body`. */
  rawBody?: string[];
  /** JSON answer; absent for raw answers. */
  response?: z.ZodType;
  /** Media type of a raw answer. */
  rawResponse?: string;
  status?: number;
}

export const subjectParams = z.object({
  kind: z.string().max(63),
  namespace: z.string().max(63),
  name: z.string().max(63),
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

export const read = ['ai-assurance.assurance.read'];

/** Keeps each operation's own types, and checks that it is one. */
export const define = <T extends Record<string, Operation>>(operations: T): T =>
  operations;
