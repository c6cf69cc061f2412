import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Connection } from './connection';

/** An answer of the server, whole. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** What an answer says; `undefined` when it is not JSON, as a page of a proxy. */
export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

/** No answer came: the server may or may not have acted. */
export class NoAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoAnswer';
  }
}

/** A thousand items, each with its outcome and a long message, stay far below. */
const maxAnswerBytes = 16 * 1024 * 1024;

/** Speaks to one server, over connections that are kept. Follows no redirect: the token is for this server alone. */
export class Poster {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;
  readonly #isSecure: boolean;

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    this.#isSecure = connection.api.startsWith('https:');
    this.#agent = this.#isSecure
      ? new HttpsAgent({ keepAlive: true })
      : new HttpAgent({ keepAlive: true });
  }

  /** Posts a body and reads the answer. Throws NoAnswer when there is none in time, or not a whole one. */
  post(
    path: string,
    contentType: string,
    body: string | Uint8Array,
  ): Promise<Answer> {
    const { api, token } = this.#connection;
    const request = (this.#isSecure ? httpsRequest : httpRequest)(
      `${api}${path}`,
      {
        method: 'POST',
        agent: this.#agent,
        headers: {
          accept: 'application/json',
          'content-type': contentType,
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      },
    );
    return new Promise<Answer>((resolve, reject) => {
      const fail = (message: string) => {
        reject(new NoAnswer(message));
        request.destroy();
      };
      const timer = setTimeout(
        () => fail(`no answer within ${this.#timeoutMs / 1000} s`),
        this.#timeoutMs,
      );
      request.on('close', () => clearTimeout(timer));
      request.on('error', error => fail(wordsOf(error)));
      request.on('response', response => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > maxAnswerBytes) fail('the answer is too long');
          else parts.push(part);
        });
        response.on('error', error => fail(wordsOf(error)));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function wordsOf(error: Error): string {
  // A host with several addresses fails once for each: the errors are inside, and the outer one has no message.
  const inner = (error as { errors?: Error[] }).errors?.[0] ?? error;
  const { code } = inner as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known';
    case 'ECONNRESET':
      return 'the connection was cut';
    default:
      return inner.message || code || 'the connection failed';
  }
}
