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
  const { stream, stop } = unpacked(request);
  return { chunks: read(stream), stop };
}

function unpacked(request: IncomingMessage): {
  stream: Readable;
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
      stream: request,
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
    stream: gunzip,
    stop: () => {
      request.unpipe(gunzip);
      gunzip.destroy();
      request.resume();
    },
  };
}

async function* read(stream: Readable): AsyncGenerator<Buffer> {
  try {
    // A reader that stops early must not close the connection on which its answer goes out.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }))
      yield chunk;
  } catch (error) {
    throw unreadable((error as Error).message);
  }
}

/** The whole body, unpacked, up to `maxBytes` both packed and unpacked; a bomb is cut off there. Throws as {@link openBody}. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer> {
  const { stream, stop } = unpacked(request);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    stop();
    throw bodyTooLarge(maxBytes);
  }
  // By events: an iterator costs as much as a small body is worth.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      stream.off('data', take);
      stop();
      reject(bodyTooLarge(maxBytes));
    };
    stream.on('data', take);
    let isWhole = false;
    stream.once('end', () => {
      isWhole = true;
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
    });
    stream.once('error', error => reject(unreadable(error.message)));
    stream.once('close', () => {
      if (!isWhole)
        reject(unreadable('the sender broke off in the middle of it'));
    });
  });
}
