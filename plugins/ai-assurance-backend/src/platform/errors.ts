import { LoggerService } from '@backstage/backend-plugin-api';
import {
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { ErrorRequestHandler, Request, Router } from 'express';
import { shortened } from './shortened';
import { isStoreAway } from './storeAway';
import { hasCode, withCode } from './withCode';

/** What was sent is larger than it may be; answered with 413, code `BODY_TOO_LARGE`. */
export function tooLarge(message: string): Error {
  return withCode(
    Object.assign(new Error(message), {
      name: 'PayloadTooLargeError',
      statusCode: 413,
    }),
    'BODY_TOO_LARGE',
  );
}

/** Codes of errors that carry none of their own, by their names, which also decide their status. */
const codeByName: Record<string, string> = {
  AuthenticationError: 'NOT_AUTHENTICATED',
  ConflictError: 'CONFLICT',
  InputError: 'INVALID_INPUT',
  NotAllowedError: 'NOT_ALLOWED',
  NotFoundError: 'NOT_FOUND',
  NotImplementedError: 'NOT_IMPLEMENTED',
  ServiceUnavailableError: 'UNAVAILABLE',
};

interface AnyError extends Error {
  code?: unknown;
  type?: unknown;
  status?: unknown;
  limit?: unknown;
}

function codedError(
  error: AnyError,
  request: Request,
  logger: Pick<LoggerService, 'error' | 'warn'>,
): Error {
  if (hasCode(error)) return error;
  const body = bodyError(error);
  if (body) return body;
  if (error.name in codeByName) return withCode(error, codeByName[error.name]);
  const { status } = error;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return withCode(error, 'BAD_REQUEST');
  const what = `${request.method} ${request.path}`;
  if (isStoreAway(error)) {
    logger.warn(`${what} did not reach the database`, error);
    return withCode(
      new ServiceUnavailableError(
        'The database cannot be reached or written just now, so nothing was changed. Try again in a minute; if it lasts, the log of the server says why.',
      ),
      'STORE_UNAVAILABLE',
    );
  }
  // Its message may hold statements and values that are nobody's business.
  logger.error(`${what} failed`, error);
  return withCode(
    new Error(
      `${what} failed inside the server. Try again; if it fails again, tell whoever runs the server when it did: its log says why.`,
    ),
    'INTERNAL',
  );
}

/** What the reader of bodies refuses, in our words: its own would quote what was sent. */
function bodyError(error: AnyError): Error | undefined {
  if (error instanceof URIError)
    return withCode(
      new InputError(
        'path: is not well encoded. Write a per cent sign in a name as %25.',
      ),
      'INVALID_INPUT',
    );
  if (/^Z_/.test(String(error.code)))
    return withCode(
      new InputError(
        'The body cannot be unpacked: it is not what its Content-Encoding says, or was cut off.',
      ),
      'BAD_BODY',
    );
  if (typeof error.type !== 'string' || error.status === undefined)
    return undefined;
  switch (error.type) {
    case 'entity.too.large':
      return tooLarge(
        `The body is larger than ${error.limit} bytes, unpacked. Send less at once.`,
      );
    case 'entity.parse.failed':
      return withCode(
        new InputError(
          'body: is not the JSON object that this asks for. Check its brackets, commas and quotes, for example with a JSON linter.',
        ),
        'MALFORMED_JSON',
      );
    case 'encoding.unsupported':
      return withCode(
        new InputError(
          'The Content-Encoding is not read here. Send gzip, deflate, br, or no encoding.',
        ),
        'UNSUPPORTED_ENCODING',
      );
    case 'charset.unsupported':
      return withCode(
        new InputError('The charset is not read here. Send JSON as UTF-8.'),
        'UNSUPPORTED_ENCODING',
      );
    default:
      return withCode(
        new InputError(`The body cannot be read: ${error.message}`),
        'BAD_BODY',
      );
  }
}

/**
 * What goes behind all routes: an address that is none of them is said so, and every error carries a code. What only the
 * server's own people should read is in its log.
 */
export function closeRoutes(
  router: Router,
  logger: Pick<LoggerService, 'error' | 'warn'>,
): void {
  router.use((request, _response, next) => {
    next(
      withCode(
        new NotFoundError(
          `There is no ${request.method} ${shortened(
            request.path,
          )} in AI Assurance. GET /openapi.json lists what there is.`,
        ),
        'UNKNOWN_ROUTE',
      ),
    );
  });
  router.use(((error, request, _response, next) => {
    next(error instanceof Error ? codedError(error, request, logger) : error);
  }) satisfies ErrorRequestHandler);
}
