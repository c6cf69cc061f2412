import { JsonValue } from '@backstage/types';
import {
  checkedBaseUrl,
  HttpTarget,
  searchOf,
  urlOf,
} from '../http/jsonClient';
import { readBody } from '../http/readBody';
import { RollbackOutcome } from './rollbackManager';

/** Something told to a system, or asked of it before or after. @public */
export interface OrderRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Segments below the base URL; each is escaped. */
  readonly path: readonly string[];
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly json?: JsonValue;
  readonly signal: AbortSignal;
}

/**
 * What came of it. `not-sent`: nothing left this machine. `no-answer`: whether it arrived is not known. `body` is `null` where
 * there was none, or none that is JSON. @public
 */
export type OrderReply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: JsonValue;
      readonly location: string | null;
    }
  | { readonly kind: 'not-sent'; readonly code: string }
  | { readonly kind: 'no-answer'; readonly code: string };

/** Tells a system something that changes it. @public */
export interface OrderClient {
  /** Scheme, host and path of the system. */
  readonly baseUrl: string;
  /** One request, told once. Never throws. No redirect is followed: it could carry the order or the credential elsewhere. */
  tell(request: OrderRequest): Promise<OrderReply>;
}

/** Nothing left this machine when a connection failed in one of these ways. */
const notSentCodes = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function codeOf(error: unknown): string {
  const { name, cause } = error as {
    name?: string;
    cause?: { code?: unknown };
  };
  if (name === 'TimeoutError' || name === 'AbortError') return 'TIMEOUT';
  return typeof cause?.code === 'string' ? cause.code : 'NETWORK';
}

/** Whether nothing was sent, or nobody knows, when a request failed in this way. Pure. @public */
export function replyOfFailure(
  error: unknown,
): Exclude<OrderReply, { kind: 'answered' }> {
  const code = codeOf(error);
  return notSentCodes.includes(code)
    ? { kind: 'not-sent', code }
    : { kind: 'no-answer', code };
}

/** A client for orders to one system. Throws a TypeError for a base URL that cannot be one. @public */
export function createOrderClient(target: HttpTarget): OrderClient {
  const base = checkedBaseUrl(target.baseUrl);
  return {
    baseUrl: `${base.origin}${base.pathname.replace(/\/+$/, '')}`,
    async tell(request) {
      if (request.signal.aborted) return { kind: 'not-sent', code: 'TIMEOUT' };
      const url = addressOf(base, request);
      if (!url) return { kind: 'not-sent', code: 'MISCONFIGURED' };
      try {
        const response = await fetch(url, {
          method: request.method,
          headers: {
            accept: 'application/json',
            ...(request.json === undefined
              ? {}
              : { 'content-type': 'application/json' }),
            ...target.headers,
          },
          body:
            request.json === undefined
              ? undefined
              : JSON.stringify(request.json),
          redirect: 'manual',
          signal: AbortSignal.any([
            request.signal,
            AbortSignal.timeout(target.timeoutMs),
          ]),
        });
        return {
          kind: 'answered',
          status: response.status,
          body: await bodyOf(response, target.maxBytes),
          location: response.headers.get('location'),
        };
      } catch (error) {
        return replyOfFailure(error);
      }
    },
  };
}

/** `undefined`: a name in it could lead elsewhere. */
function addressOf(base: URL, request: OrderRequest): URL | undefined {
  try {
    const url = urlOf(base, request.path);
    url.search = searchOf(request.parameters).toString();
    return url;
  } catch {
    return undefined;
  }
}

/** The status has answered: a body that cannot be read takes nothing of that back. */
async function bodyOf(
  response: Response,
  maxBytes: number,
): Promise<JsonValue> {
  if (!response.ok) {
    await response.body?.cancel().catch(() => {});
    return null;
  }
  try {
    return JSON.parse(await readBody(response, maxBytes, ''));
  } catch {
    return null;
  }
}

/** Whether the system answered that it did what it was told, or what it was asked. Pure. @public */
export function isDone(
  reply: OrderReply,
): reply is Extract<OrderReply, { kind: 'answered' }> {
  return reply.kind === 'answered' && reply.status >= 200 && reply.status < 300;
}

/**
 * What an answer that is no success means for an order. A refusal changed nothing. A failure of the other system, or no answer,
 * may have changed something. Pure. @public
 */
export function outcomeOfReply(reply: OrderReply): RollbackOutcome {
  const reference = null;
  if (reply.kind === 'not-sent')
    return { state: 'refused', status: null, code: reply.code, reference };
  if (reply.kind === 'no-answer')
    return { state: 'unanswered', status: null, code: reply.code, reference };
  const { status } = reply;
  if (status >= 500)
    return { state: 'unanswered', status, code: 'SERVER_ERROR', reference };
  const isStranger = status === 401 || status === 403;
  return {
    state: 'refused',
    status,
    code: isStranger ? 'UNAUTHORIZED' : 'REFUSED',
    reference,
  };
}

/** What a question that was not answered before anything was told means: the order was not given. Pure. @public */
export function outcomeOfQuestion(reply: OrderReply): RollbackOutcome {
  const refused = { state: 'refused', reference: null } as const;
  if (reply.kind !== 'answered')
    return { ...refused, status: null, code: reply.code };
  const { status } = reply;
  const isStranger = status === 401 || status === 403;
  return {
    ...refused,
    status,
    code: isStranger ? 'UNAUTHORIZED' : 'NOT_ASKED',
  };
}
