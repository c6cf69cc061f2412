/**
 * A request to AI Assurance that did not succeed. `message` is the server's own sentence, fit to be shown to the reader.
 *
 * @public
 */
export class AiAssuranceError extends Error {
  /** Closed, machine-readable code, for example `STALE_VERSION`; `UNREACHABLE` when no answer came; `UNKNOWN` otherwise. */
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(
    message: string,
    options: { code: string; status: number; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'AiAssuranceError';
    this.code = options.code;
    this.status = options.status;
  }
}

interface ErrorBody {
  error?: { name?: unknown; message?: unknown; code?: unknown };
  code?: unknown;
}

const textOf = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Reads the refusal out of an answer; a body that is not JSON (a proxy's page) must not hide the status. */
export async function errorFromResponse(
  response: Response,
): Promise<AiAssuranceError> {
  let body: ErrorBody = {};
  try {
    body = ((await response.json()) ?? {}) as ErrorBody;
  } catch {
    body = {};
  }
  const message =
    textOf(body.error?.message) ??
    `The request was answered with ${response.status} ${response.statusText}`.trim();
  const code =
    textOf(body.error?.code) ??
    textOf(body.code) ??
    textOf(body.error?.name) ??
    'UNKNOWN';
  return new AiAssuranceError(message, { code, status: response.status });
}
