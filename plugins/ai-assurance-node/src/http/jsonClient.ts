import { JsonValue } from '@backstage/types';
import { CollectorError } from '../collector';
import { readBody } from './readBody';

/** Where a system answers, and how to prove who asks. @public */
export interface HttpTarget {
  /** What people call the system, for messages, for example `MLflow`. */
  readonly name: string;
  /** `http` or `https`, without user, query and fragment. Its path is kept in front of every request's. */
  readonly baseUrl: string;
  /** Sent with every request and shown nowhere; credentials go here. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest wait for one whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Largest answer that is read, in bytes after decompression. */
  readonly maxBytes: number;
}

/** One request. @public */
export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  /** Segments below the base URL; each is escaped, so that a name from an annotation cannot lead elsewhere. */
  readonly path: readonly string[];
  /** Query of a GET, form of a POST. A list is repeated; `undefined` is left out. */
  readonly parameters?: Readonly<
    Record<string, string | number | readonly string[] | undefined>
  >;
  /** JSON body of a POST, instead of a form. */
  readonly json?: JsonValue;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Answers beyond 2xx whose JSON the caller wants to read itself. */
  readonly alsoAccept?: readonly number[];
}

/** An answer that could be read. @public */
export interface JsonAnswer {
  readonly status: number;
  readonly body: JsonValue;
  /** What was asked, for the envelope: method, path and parameters, never a header. At most 2,000 characters. */
  readonly asked: string;
}

/** Asks a system for JSON. @public */
export interface JsonClient {
  /**
   * One request, one answer: nothing is asked twice, the next run is the retry. Throws a {@link CollectorError} whose
   * message holds neither headers nor body, or the reason of the signal once it aborted. A redirect is refused: it could
   * carry the credential to a stranger.
   */
  ask(request: JsonRequest): Promise<JsonAnswer>;
}

const maxAskedLength = 2000;

/** A client for one system. Throws a TypeError for a base URL that cannot be one. @public */
export function createJsonClient(target: HttpTarget): JsonClient {
  const base = checkedBaseUrl(target.baseUrl);
  return {
    async ask(request) {
      const method = request.method ?? 'GET';
      const parameters = searchOf(request.parameters);
      const url = urlOf(base, request.path);
      const isForm = method === 'POST' && request.json === undefined;
      if (!isForm) url.search = parameters.toString();
      const asked = askedOf(method, url, isForm ? parameters : undefined);
      const at = `${target.name} at ${base.origin}, ${method} ${url.pathname}`;

      const time = AbortSignal.timeout(target.timeoutMs);
      try {
        request.signal.throwIfAborted();
        const response = await fetch(url, {
          method,
          headers: {
            accept: 'application/json',
            ...(request.json === undefined
              ? {}
              : { 'content-type': 'application/json' }),
            ...request.headers,
            ...target.headers,
          },
          body: bodyOf(request, isForm ? parameters : undefined),
          redirect: 'manual',
          signal: AbortSignal.any([request.signal, time]),
        });
        const { status } = response;
        const isRead =
          response.ok || (request.alsoAccept ?? []).includes(status);
        if (!isRead) {
          await response.body?.cancel();
          throw refusalOf(at, status);
        }
        const text = await readBody(response, target.maxBytes, at);
        return { status, body: parse(text, at), asked };
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (error instanceof CollectorError) throw error;
        if (time.aborted)
          throw new CollectorError(
            'timeout',
            `${at}: no whole answer within ${target.timeoutMs} ms`,
          );
        throw new CollectorError(
          'unreachable',
          `${at}: no answer (${causeOf(error)})`,
        );
      }
    },
  };
}

/** Throws a TypeError for what cannot be a base URL. */
export function checkedBaseUrl(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // The text is not repeated: somebody may have put a password into it.
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new TypeError(
      'a base URL begins with http:// or https:// and a host, for example https://mlflow.example.com',
    );
  if (url.username || url.password || url.search || url.hash)
    throw new TypeError(
      'a base URL has no user, password, query or fragment; credentials have their own place in the config',
    );
  return url;
}

/** The address of a path below a base URL, each segment escaped. Throws a CollectorError for a segment that would lead elsewhere. */
export function urlOf(base: URL, path: readonly string[]): URL {
  for (const segment of path) {
    if (segment === '' || segment === '.' || segment === '..')
      throw new CollectorError(
        'misconfigured',
        `“${segment}” cannot be part of a path`,
      );
  }
  const url = new URL(base);
  url.pathname = [
    base.pathname.replace(/\/+$/, ''),
    ...path.map(encodeURIComponent),
  ].join('/');
  return url;
}

/** A list is repeated; `undefined` is left out. */
export function searchOf(
  parameters: JsonRequest['parameters'] = {},
): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value])
      search.append(name, String(one));
  }
  return search;
}

function bodyOf(
  request: JsonRequest,
  form: URLSearchParams | undefined,
): string | URLSearchParams | undefined {
  return request.json === undefined ? form : JSON.stringify(request.json);
}

function askedOf(
  method: string,
  url: URL,
  form: URLSearchParams | undefined,
): string {
  const search = form ? `?${form}` : url.search;
  return `${method} ${url.pathname}${search}`.slice(0, maxAskedLength);
}

function parse(text: string, at: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    // Not the parser's own words: they quote the answer.
    throw new CollectorError(
      'malformed-answer',
      `${at}: the answer is no JSON`,
    );
  }
}

function refusalOf(at: string, status: number): CollectorError {
  const said = `${at}: answered ${status}`;
  if (status === 401 || status === 403)
    return new CollectorError(
      'unauthorized',
      `${said}; check the credentials in the config and what they may read`,
    );
  if (status === 404 || status === 410)
    return new CollectorError('not-found', `${said}; it does not know this`);
  if (status === 408 || status === 504)
    return new CollectorError('timeout', said);
  if (status === 429) return new CollectorError('rate-limited', said);
  if (status >= 500) return new CollectorError('server-error', said);
  if (status >= 300 && status < 400)
    return new CollectorError(
      'misconfigured',
      `${said}, a redirect, which is not followed; set the base URL to where it leads`,
    );
  return new CollectorError('misconfigured', said);
}

/** The code of a network error, such as `ECONNREFUSED`; its message may hold addresses that are nobody's business. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause ?? error : undefined;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'the connection broke';
}
