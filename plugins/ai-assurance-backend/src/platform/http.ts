import {
  AnswerOf,
  BodyOf,
  operations,
  Operation,
  OperationName,
  ParamsOf,
  QueryOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  BackstageCredentials,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  BasicPermission,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import express, { Request, Response, Router } from 'express';
import { z } from 'zod';
import { withCode } from './withCode';

/** Who calls, as far as a use case may know. */
export interface Caller {
  credentials: BackstageCredentials;
  /** Entity ref of a person, or `service:<subject>` of a machine. */
  ref: string;
  isUser: boolean;
}

export interface Call<N extends OperationName> {
  params: ParamsOf<N>;
  query: QueryOf<N>;
  body: BodyOf<N>;
  caller: Caller;
  request: Request;
  response: Response;
}

/** Binds handlers to operations of the wire contract: parse, authenticate, call, map. */
export interface Binder {
  /** Binds a JSON operation. The handler MUST authorise through {@link Access} before it reads or changes anything. */
  json<N extends OperationName>(
    name: N,
    handler: (call: Call<N>) => Promise<AnswerOf<N>>,
  ): void;
  /** Binds an operation that writes its answer itself (files, OTLP). `before` runs ahead of the handler, for raw bodies. */
  raw<N extends OperationName>(
    name: N,
    handler: (call: Call<N>) => Promise<void>,
    before?: express.RequestHandler[],
  ): void;
}

/** Asks the permission framework, in the words of the suite. */
export interface Access {
  /** Throws `NotAllowedError` (403) unless the caller holds the permission. */
  require(caller: Caller, permission: BasicPermission): Promise<void>;
  /** The same for a permission that is judged on one catalog entity, for example by ownership. */
  requireOn(
    caller: Caller,
    permission: ResourcePermission,
    entityRef: string,
  ): Promise<void>;
  /** Answers instead of throwing; for "may I" hints on pages. */
  may(caller: Caller, permission: BasicPermission): Promise<boolean>;
  mayOn(
    caller: Caller,
    permission: ResourcePermission,
    entityRef: string,
  ): Promise<boolean>;
}

export function createAccess(permissions: PermissionsService): Access {
  const ask = async (caller: Caller, permission: BasicPermission) =>
    (
      await permissions.authorize([{ permission }], {
        credentials: caller.credentials,
      })
    )[0].result === AuthorizeResult.ALLOW;
  const askOn = async (
    caller: Caller,
    permission: ResourcePermission,
    resourceRef: string,
  ) =>
    (
      await permissions.authorize([{ permission, resourceRef }], {
        credentials: caller.credentials,
      })
    )[0].result === AuthorizeResult.ALLOW;
  return {
    async require(caller, permission) {
      if (!(await ask(caller, permission))) {
        throw withCode(
          new NotAllowedError(
            `You need the permission ${permission.name}. Ask an administrator of AI Assurance for the role that carries it.`,
          ),
          'NOT_ALLOWED',
        );
      }
    },
    async requireOn(caller, permission, entityRef) {
      if (!(await askOn(caller, permission, entityRef))) {
        throw withCode(
          new NotAllowedError(
            `You need the permission ${permission.name} on ${entityRef}: usually its owner holds it.`,
          ),
          'NOT_ALLOWED',
        );
      }
    },
    may: ask,
    mayOn: askOn,
  };
}

/** Names every field that did not fit, so that a caller can mend the whole request at once. */
export function inputErrorFrom(error: z.ZodError, where: string): InputError {
  const problems = error.issues
    .slice(0, 20)
    .map(issue => `${[where, ...issue.path].join('.')}: ${issue.message}`);
  return withCode(new InputError(problems.join('; ')), 'INVALID_INPUT');
}

function parse(
  schema: z.ZodType | undefined,
  value: unknown,
  where: string,
): any {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw inputErrorFrom(result.error, where);
  return result.data;
}

const maxJsonBytes = 4 * 1024 * 1024;

export function createBinder(
  router: Router,
  httpAuth: HttpAuthService,
): Binder {
  const jsonBody = express.json({
    limit: maxJsonBytes,
    type: [
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ],
  });

  const callOf = async (
    operation: Operation,
    request: Request,
    response: Response,
  ): Promise<Call<any>> => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    const principal = credentials.principal as {
      type: string;
      userEntityRef?: string;
      subject?: string;
    };
    const isUser = principal.type === 'user';
    return {
      caller: {
        credentials,
        isUser,
        ref: isUser ? principal.userEntityRef! : `service:${principal.subject}`,
      },
      params: parse(operation.params, request.params, 'path'),
      query: parse(operation.query, request.query, 'query'),
      body: parse(operation.body, request.body, 'body'),
      request,
      response,
    };
  };

  return {
    json(name, handler) {
      const operation: Operation = operations[name];
      const before = operation.body ? [jsonBody] : [];
      router[operation.method](
        operation.path,
        ...before,
        async (request: Request, response: Response) => {
          const answer = await handler(
            await callOf(operation, request, response),
          );
          response.status(operation.status ?? 200).json(answer);
        },
      );
    },
    raw(name, handler, before = []) {
      const operation: Operation = operations[name];
      router[operation.method](
        operation.path,
        ...before,
        async (request: Request, response: Response) => {
          await handler(await callOf(operation, request, response));
        },
      );
    },
  };
}
