import { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Lease } from './admission';

const gunzipAsync = promisify(gunzip);

/** A body that is not read, with the HTTP status that says so. */
export class BodyRefusal extends Error {
  constructor(readonly status: 400 | 413 | 415, message: string) {
    super(message);
  }
}

/** Shorter bodies come in one piece as a rule, which is not copied. */
const LONG_BODY = 32 * 1024;

const mebibytes = (bytes: number) =>
  `${Number((bytes / 1024 / 1024).toPrecision(3))} MiB`;

function tooLarge(maxBytes: number): BodyRefusal {
  return new BodyRefusal(
    413,
    `The body is larger than ${mebibytes(
      maxBytes,
    )} (after decompression). Send smaller batches.`,
  );
}

async function readRaw(
  request: IncomingMessage,
  maxBytes: number,
  lease: Lease,
): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  // Of a body that says how long it is, no piece is kept beside the whole.
  const whole = announced >= LONG_BODY ? lease.buffer(announced) : undefined;
  if (!whole && announced > 0) lease.grow(announced);
  let leased = announced > 0 ? announced : 0;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // From then on the buffer is somebody else's.
    let isOver = false;
    // After a refusal the listeners stay and let the rest of the body run through, so that the sender gets its answer.
    request.on('data', (chunk: Buffer) => {
      const at = size;
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        reject(tooLarge(maxBytes));
        return;
      }
      try {
        if (size > leased) {
          lease.grow(size - leased);
          leased = size;
        }
        if (!whole) chunks.push(chunk);
        else if (!isOver) chunk.copy(whole, at);
      } catch (error) {
        chunks.length = 0;
        size = maxBytes + 1;
        reject(error);
      }
    });
    request.on('end', () =>
      resolve(whole ? whole.subarray(0, size) : Buffer.concat(chunks, size)),
    );
    request.on('error', error => {
      isOver = true;
      reject(error);
    });
    request.on('close', () => {
      isOver = true;
      if (request.complete) return;
      reject(
        new BodyRefusal(400, 'The sender broke off in the middle of the body.'),
      );
    });
  });
}

/**
 * Reads a request's body, unpacked, up to `maxBytes` both packed and unpacked; a bomb is cut off there. Throws
 * {@link BodyRefusal}, and what the lease throws when there is no room for it. What a refused sender goes on sending is
 * thrown away by the server, not kept. What is answered MUST NOT be read any more once the lease is released.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  lease: Lease,
): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity')
    .trim()
    .toLocaleLowerCase('en-US');
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new BodyRefusal(
      415,
      'Only gzip or no content encoding is read. Set OTEL_EXPORTER_OTLP_COMPRESSION to gzip or none.',
    );
  }
  const raw = await readRaw(request, maxBytes, lease);
  if (encoding === 'identity') return raw;
  let body: Buffer;
  try {
    body = await gunzipAsync(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(maxBytes);
    throw new BodyRefusal(
      400,
      `The body is not readable gzip: ${(error as Error).message}.`,
    );
  }
  lease.grow(body.length);
  return body;
}
