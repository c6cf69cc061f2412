import { InputError } from '@backstage/errors';
import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { withCode } from '../platform';

const mebibytes = (bytes: number) =>
  `${Number((bytes / 1024 / 1024).toPrecision(3))} MiB`;

/** The body is larger than it may be; answered with 413. */
export function bodyTooLarge(maxBytes: number): Error {
  return withCode(
    Object.assign(
      new Error(
        `The body is larger than ${mebibytes(
          maxBytes,
        )} after decompression. Send fewer items at once, or a stream of lines (application/x-ndjson).`,
      ),
      { name: 'PayloadTooLargeError', statusCode: 413 },
    ),
    'BODY_TOO_LARGE',
  );
}

function unreadable(why: string): Error {
  return withCode(
    new InputError(`The body cannot be read: ${why}`),
    'BAD_BODY',
  );
}

/**
 * The bytes of a request's body, unpacked as they come. Throws InputError for an encoding that is not read and for broken
 * gzip, and when the sender breaks off. Whoever stops early MUST call `stop`, which throws the rest of the body away as it
 * comes, so that the sender still gets its answer.
 */
export function openBody(request: IncomingMessage): {
  chunks: AsyncIterable<Buffer>;
  stop(): void;
} {
  const encoding = (request.headers['content-encoding'] ?? 'identity')
    .trim()
    .toLocaleLowerCase('en-US');
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw withCode(
      new InputError(
        `Content-Encoding: ${encoding} is not read here. Send gzip, or no encoding.`,
      ),
      'UNSUPPORTED_ENCODING',
    );
  }
  if (encoding === 'identity') {
    return {
      chunks: read(request, error => unreadable(error.message)),
      stop: () => {
        request.resume();
      },
    };
  }
  const gunzip = createGunzip();
  request.pipe(gunzip);
  request.once('error', error => gunzip.destroy(error));
  request.once('close', () => {
    if (!request.complete)
      gunzip.destroy(new Error('the sender broke off in the middle of it'));
  });
  return {
    chunks: read(gunzip, error => unreadable(error.message)),
    stop: () => {
      request.unpipe(gunzip);
      gunzip.destroy();
      request.resume();
    },
  };
}

async function* read(
  stream: Readable,
  errorOf: (error: Error) => Error,
): AsyncGenerator<Buffer> {
  try {
    // A reader that stops early must not close the connection on which its answer goes out.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }))
      yield chunk;
  } catch (error) {
    throw errorOf(error as Error);
  }
}

/** The whole body, unpacked, up to `maxBytes` both packed and unpacked; a bomb is cut off there. Throws as {@link openBody}. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer> {
  const body = openBody(request);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    body.stop();
    throw bodyTooLarge(maxBytes);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body.chunks) {
    size += chunk.length;
    if (size > maxBytes) {
      body.stop();
      throw bodyTooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
}
