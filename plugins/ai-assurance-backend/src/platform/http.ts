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
import { AsOf, AsOfQuestion, readAsOf } from './asOf';
import { Clock, systemClock } from './clock';
import { instantOf } from './instant';
import { Machines } from './machines';
import { requirePlainText } from './plainText';
import { shortened } from './shortened';
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
  /**
   * Set when the caller asks about the past, on operations that read. A handler MUST answer it: the JSON of one that never
   * looks is not sent, since it would be about now and say otherwise.
   */
  readonly asOf: AsOf | undefined;
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

const machinePrefix = 'service:';

/** The subject of a machine's access token, as `aiAssurance.machines` lists it. */
export function machineOf(caller: Caller): string {
  return caller.ref.slice(machinePrefix.length);
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
  /** {@link Access.mayOn} for several permissions on one entity, in one question to the permission framework. */
  mayEachOn(
    caller: Caller,
    permissions: ResourcePermission[],
    entityRef: string,
  ): Promise<boolean[]>;
  /**
   * Whether an access token reaches the entity, as `aiAssurance.machines` lists it; a person does. Only for what a plain
   * permission was asked for already.
   */
  reaches(caller: Caller, entityRef: string): Promise<boolean>;
  /** Whether there may be an entity on which the caller holds the permission. Which one is for {@link Access.mayOn}. */
  maySomewhere(
    caller: Caller,
    permission: ResourcePermission,
  ): Promise<boolean>;
  /** Whether the caller holds the permission on everything, also on what the catalog does not know. */
  mayEverywhere(
    caller: Caller,
    permission: ResourcePermission,
  ): Promise<boolean>;
}

/**
 * `machines` keeps access tokens to their subjects, wherever a permission is judged on an entity; without it, only the
 * access restrictions of the token count.
 */
export function createAccess(
  permissions: PermissionsService,
  machines?: Machines,
): Access {
  const ask = async (caller: Caller, permission: BasicPermission) =>
    (
      await permissions.authorize([{ permission }], {
        credentials: caller.credentials,
      })
    )[0].result === AuthorizeResult.ALLOW;
  const askEachOn = async (
    caller: Caller,
    asked: ResourcePermission[],
    resourceRef: string,
  ) => {
    const decisions = await permissions.authorize(
      asked.map(permission => ({ permission, resourceRef })),
      { credentials: caller.credentials },
    );
    const isReached =
      caller.isUser ||
      !machines ||
      (await machines.mayOn(machineOf(caller), resourceRef));
    return decisions.map(
      ({ result }) => isReached && result === AuthorizeResult.ALLOW,
    );
  };
  const askOn = async (
    caller: Caller,
    permission: ResourcePermission,
    resourceRef: string,
  ) => (await askEachOn(caller, [permission], resourceRef))[0];
  const reach = async (caller: Caller, permission: ResourcePermission) =>
    (
      await permissions.authorizeConditional([{ permission }], {
        credentials: caller.credentials,
      })
    )[0].result;
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
            `You need the permission ${permission.name} on ${entityRef}. Ask its owner, or an administrator of AI Assurance for a role that carries it.`,
          ),
          'NOT_ALLOWED',
        );
      }
    },
    may: ask,
    mayOn: askOn,
    mayEachOn: askEachOn,
    reaches: async (caller, entityRef) =>
      caller.isUser ||
      !machines ||
      (await machines.mayOn(machineOf(caller), entityRef)),
    maySomewhere: async (caller, permission) =>
      (await reach(caller, permission)) !== AuthorizeResult.DENY &&
      (caller.isUser || !machines || machines.maySomewhere(machineOf(caller))),
    mayEverywhere: async (caller, permission) =>
      (await reach(caller, permission)) === AuthorizeResult.ALLOW &&
      (caller.isUser || !machines || machines.mayEverywhere(machineOf(caller))),
  };
}

/** Names every field that did not fit, so that a caller can mend the whole request at once. */
export function inputErrorFrom(error: z.ZodError, where: string): InputError {
  const problems = error.issues
    .slice(0, 20)
    .map(
      issue =>
        `${shortened([where, ...issue.path].join('.'))}: ${shortened(
          issue.message,
        )}`,
    );
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
  requirePlainText(result.data, where);
  return result.data;
}

/** Tells that an answer is about the past, also where it is not JSON. */
const asOfHeader = 'ai-assurance-as-of';

/**
 * What a handler is given, and whether it looked at the question about the past.
 *
 * A class, since V8 makes a hidden class of its own for each object literal with a getter. It lives among the old objects and
 * holds what the getter sees, here the whole request: nothing of a request could be swept up before the next full collection.
 */
class BoundCall implements Call<any> {
  readonly params: any;
  readonly query: any;
  readonly body: any;
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
  readonly #asked: AsOfQuestion | undefined;
  #looked = false;

  constructor(
    fields: Omit<Call<any>, 'asOf'>,
    asked: AsOfQuestion | undefined,
  ) {
    this.params = fields.params;
    this.query = fields.query;
    this.body = fields.body;
    this.caller = fields.caller;
    this.request = fields.request;
    this.response = fields.response;
    this.#asked = asked;
  }

  get asOf(): AsOf | undefined {
    this.#looked = true;
    if (this.#asked) this.response.set(asOfHeader, instantOf(this.#asked.atMs));
    return this.#asked;
  }

  /** The answer as it is sent. Throws when the question about the past was not looked at. */
  sent(name: string, answer: object): object {
    if (!this.#asked) return answer;
    if (!this.#looked)
      throw new Error(
        `The handler of ${name} answered about now although it was asked about ${instantOf(
          this.#asked.atMs,
        )}: it has to look at asOf`,
      );
    return { ...answer, asOf: this.#asked.note() };
  }
}

const maxJsonBytes = 4 * 1024 * 1024;

/**
 * Sends an answer as one piece and without an ETag: a digest of each answer costs more than it saves where nearly every answer
 * is about now.
 */
function sendJson(response: Response, status: number, answer: object): void {
  const text = JSON.stringify(answer);
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

export function createBinder(
  router: Router,
  httpAuth: HttpAuthService,
  clock: Clock = systemClock,
): Binder {
  const jsonBody = express.json({
    limit: maxJsonBytes,
    type: [
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ],
  });

  const bound = async (
    operation: Operation,
    request: Request,
    response: Response,
  ): Promise<BoundCall> => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    const principal = credentials.principal as {
      type: string;
      userEntityRef?: string;
      subject?: string;
    };
    const isUser = principal.type === 'user';
    const asked = readAsOf(operation, request.query, clock.nowMs());
    const fields = {
      caller: {
        credentials,
        isUser,
        ref: isUser
          ? principal.userEntityRef!
          : `${machinePrefix}${principal.subject}`,
      },
      params: parse(operation.params, request.params, 'path'),
      query: parse(operation.query, request.query, 'query'),
      body: operation.rawBody
        ? undefined
        : parse(operation.body, request.body, 'body'),
      request,
      response,
    };
    return new BoundCall(fields, asked);
  };

  return {
    json(name, handler) {
      const operation: Operation = operations[name];
      const before = operation.body ? [jsonBody] : [];
      router[operation.method](
        operation.path,
        ...before,
        async (request: Request, response: Response) => {
          const call = await bound(operation, request, response);
          const answer = await handler(call);
          sendJson(
            response,
            operation.status ?? 200,
            call.sent(name, answer as object),
          );
        },
      );
    },
    raw(name, handler, before = []) {
      const operation: Operation = operations[name];
      router[operation.method](
        operation.path,
        ...before,
        async (request: Request, response: Response) => {
          // It writes its answer itself: one that never looked is told by the header that it lacks.
          await handler(await bound(operation, request, response));
        },
      );
    },
  };
}
