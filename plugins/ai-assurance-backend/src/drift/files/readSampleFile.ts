import { UrlReaderService } from '@backstage/backend-plugin-api';
import { createHash } from 'node:crypto';
import { FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FileSource } from '../core/monitors';
import { foldsOf, SampleProfile, SampleWish } from '../core/samples';
import { FileLimits } from './limits';
import { readCsv } from './readCsv';
import { readParquet } from './readParquet';

/** A file of samples after it was read; not one row of it is kept. */
export interface ReadFile {
  etag: string | undefined;
  /** SHA-256 of the bytes as they came. */
  digest: string;
  modifiedAtMs: number | undefined;
  rowCount: number;
  profiles: SampleProfile[];
}

/** A URL as it may be shown and recorded: without what may be a credential. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Counts and digests what passes, and stops what is too much. */
function metered(limit: number, what: string) {
  const hash = createHash('sha256');
  let count = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      count += chunk.length;
      if (count > limit) {
        done(new Error(`${what} larger than ${limit} bytes`));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}` };
}

/** A file without a name in a directory of its own, gone with the process whatever becomes of it. */
async function withSpool<T>(
  directory: string,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const own = await mkdtemp(join(directory, 'ai-assurance-sample-'));
  let handle: FileHandle | undefined;
  try {
    handle = await open(join(own, 'file'), 'w+', 0o600);
    // Where an open file can be removed nothing is left behind even when the process is killed; elsewhere it goes below.
    await rm(join(own, 'file'), { force: true }).catch(() => undefined);
    return await use(handle);
  } finally {
    await handle?.close();
    await rm(own, { recursive: true, force: true });
  }
}

async function foldParquet(
  stream: Readable,
  meter: Transform,
  folds: ReturnType<typeof foldsOf>,
  limits: FileLimits,
): Promise<number> {
  return withSpool(limits.directory, async handle => {
    await pipeline(stream, meter, async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) await handle.appendFile(chunk);
    });
    const { size } = await handle.stat();
    const readInto = async (target: Uint8Array, start: number) => {
      for (let at = 0; at < target.length; ) {
        const { bytesRead } = await handle.read(
          target,
          at,
          target.length - at,
          start + at,
        );
        if (bytesRead === 0) throw new Error('ends too early');
        at += bytesRead;
      }
    };
    return readParquet(
      {
        byteLength: size,
        readInto,
        async slice(start, end = size) {
          const bytes = new Uint8Array(
            Math.max(0, Math.min(end, size) - start),
          );
          await readInto(bytes, start);
          return bytes.buffer;
        },
      },
      folds,
      limits,
    );
  });
}

/** What unpacks a CSV file whose name ends in .gz, and looks at how large it becomes. */
function unpacked(url: string, limits: FileLimits): Transform[] {
  return /\.gz$/i.test(new URL(url).pathname)
    ? [createGunzip(), metered(limits.bytes, 'becomes').stream]
    : [];
}

/**
 * Reads a file of samples through the URL reader, in a stream, and folds the columns that are asked for into histograms.
 * `undefined`: it is still the one of `etag`. Throws an Error that names the file, and line or row and column where there is
 * one, for what cannot be read or is more than the limits allow. Safe to repeat; leaves nothing behind.
 */
export async function readSampleFile(options: {
  urlReader: UrlReaderService;
  source: Pick<FileSource, 'url' | 'format' | 'delimiter'>;
  wishes: readonly SampleWish[];
  groupSizes: ReadonlyMap<string, number>;
  limits: FileLimits;
  etag?: string;
}): Promise<ReadFile | undefined> {
  const { urlReader, source, limits } = options;
  const shown = shownUrl(source.url);
  const signal = AbortSignal.timeout(limits.timeoutMs);
  try {
    const answer = await urlReader.readUrl(source.url, {
      ...(options.etag === undefined ? {} : { etag: options.etag }),
      signal: signal as never,
    });
    if (!answer.stream)
      throw new Error('the URL reader of its host cannot read in a stream');
    const stream = answer.stream();
    // One that breaks before anybody reads it is told by whoever reads it then; unheard, it would end the process.
    stream.on('error', () => undefined);
    const stop = () => stream.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const folds = foldsOf(options.wishes, options.groupSizes);
      const meter = metered(limits.bytes, 'is');
      const rowCount =
        source.format === 'parquet'
          ? await foldParquet(stream, meter.stream, folds, limits)
          : await readCsv(
              [stream, meter.stream, ...unpacked(source.url, limits)],
              folds,
              source.delimiter,
              limits,
            );
      return {
        etag: answer.etag,
        digest: meter.digest(),
        modifiedAtMs: answer.lastModifiedAt?.getTime(),
        rowCount,
        profiles: folds.map(fold => fold.told()),
      };
    } finally {
      signal.removeEventListener('abort', stop);
      stream.destroy();
    }
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'NotModifiedError') return undefined;
    const why = signal.aborted
      ? `took longer than ${limits.timeoutMs / 1000} s to read`
      : message.replaceAll(source.url, shown);
    throw new Error(`${shown}: ${why}`);
  }
}
