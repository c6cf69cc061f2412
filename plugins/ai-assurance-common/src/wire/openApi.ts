import { z } from 'zod';
import {
  asOfQueryOf,
  Operation,
  operations,
  writtenResponseOf,
} from './contract';

const version = '0.1.0';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  }) as Record<string, unknown>;
  return rest;
};

/** `/releases/:releaseId` as OpenAPI writes it. */
const templateOf = (path: string) => path.replace(/:([A-Za-z]+)/g, '{$1}');

function parametersOf(
  schema: z.ZodObject | undefined,
  place: 'path' | 'query',
) {
  if (!schema) return [];
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required:
      place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
    schema: jsonSchema(field as z.ZodType, 'input'),
  }));
}

const errorResponse = (description: string) => ({
  description,
  content: {
    'application/json': { schema: { $ref: '#/components/schemas/Error' } },
  },
});

function bodyOf(operation: Operation) {
  if (operation.rawBody) {
    return {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          operation.rawBody.map(type => [
            type,
            {
              schema:
                operation.body && type.includes('json')
                  ? jsonSchema(operation.body, 'input')
                  : { type: 'string', format: 'binary' },
            },
          ]),
        ),
      },
    };
  }
  if (!operation.body) return {};
  return {
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: jsonSchema(operation.body, 'input') },
      },
    },
  };
}

function answerOf(operation: Operation) {
  const response = writtenResponseOf(operation);
  const content = response
    ? {
        'application/json': {
          schema: jsonSchema(response, 'output'),
        },
      }
    : {
        [operation.rawResponse ?? 'application/octet-stream']: {
          schema: { type: 'string', format: 'binary' },
        },
      };
  return {
    [String(operation.status ?? 200)]: { description: 'Done', content },
  };
}

/**
 * The OpenAPI 3.1 document of `/api/ai-assurance`, derived from the same schemas that validate requests and type the
 * client. Deterministic.
 * @public
 */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(operations) as [
    string,
    Operation,
  ][]) {
    const path = templateOf(operation.path);
    paths[path] = {
      ...paths[path],
      [operation.method]: {
        operationId: name,
        summary: operation.summary,
        'x-permissions': operation.permissions,
        parameters: [
          ...parametersOf(operation.params, 'path'),
          ...parametersOf(operation.query, 'query'),
          ...parametersOf(asOfQueryOf(operation), 'query'),
        ],
        ...bodyOf(operation),
        responses: {
          ...answerOf(operation),
          '400': errorResponse(
            'The request does not fit; the message names every field',
          ),
          '401': errorResponse(
            'Nobody is signed in, or the token is not known',
          ),
          '403': errorResponse(
            'The permission is missing; the message names it',
          ),
          ...(operation.params
            ? { '404': errorResponse('There is no such thing') }
            : {}),
          ...(operation.method === 'post'
            ? {
                '409': errorResponse('Something changed meanwhile'),
                '413': errorResponse('The body is too large'),
              }
            : {}),
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'AI Assurance',
      version,
      description:
        'Is an AI system healthy, is it allowed to be live, and can both be proved?',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/ai-assurance' }],
    security: [{ backstageToken: [] }],
    paths,
    components: {
      securitySchemes: { backstageToken: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['name', 'message'],
              properties: {
                name: { type: 'string' },
                message: { type: 'string' },
                code: { type: 'string' },
              },
            },
          },
        },
      },
    },
  };
}
