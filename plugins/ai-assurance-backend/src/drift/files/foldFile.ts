import { createHash } from 'node:crypto';
import { FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  ColumnFold,
  foldsOf,
  SampleProfile,
  SampleWish,
} from '../core/samples';
import { FileLimits } from './limits';
import { readCsv } from './readCsv';
import { readParquet } from './readParquet';

/** What has to be known of a file to fold its bytes. */
export interface FileToFold {
  format: 'parquet' | 'csv';
  /** With gzip, of a CSV file. */
  isPacked: boolean;
  delimiter: string;
  wishes: readonly SampleWish[];
  groupSizes: ReadonlyMap<string, number>;
  limits: FileLimits;
  /** An empty directory of its own, for a Parquet file: its parts are not in the order in which they are needed. */
  spoolDirectory: string | undefined;
}

/** What a file held; not one row of it is kept. */
export interface FoldedFile {
  /** SHA-256 of the bytes as they came. */
  digest: string;
  rowCount: number;
  profiles: SampleProfile[];
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

/** A file without a name, gone with the process whatever becomes of it. */
async function withSpool<T>(
  directory: string,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await open(join(directory, 'file'), 'w+', 0o600);
  try {
    // Where an open file can be removed nothing is left behind even when the process is killed; elsewhere it goes with the directory.
    await rm(join(directory, 'file'), { force: true }).catch(() => undefined);
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function foldParquet(
  stream: Readable,
  meter: Transform,
  folds: readonly ColumnFold[],
  { spoolDirectory, limits }: FileToFold,
): Promise<number> {
  return withSpool(spoolDirectory!, async handle => {
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

/**
 * Folds the columns that are asked for into histograms, as the bytes come. Throws an Error with line or row and column, where
 * there is one, for what cannot be read or is more than the limits allow. The spool directory is left to whoever made it.
 */
export async function foldFile(
  stream: Readable,
  file: FileToFold,
): Promise<FoldedFile> {
  const { limits } = file;
  const folds = foldsOf(file.wishes, file.groupSizes);
  const meter = metered(limits.bytes, 'is');
  const unpacked = () =>
    file.isPacked
      ? [createGunzip(), metered(limits.bytes, 'becomes').stream]
      : [];
  const rowCount =
    file.format === 'parquet'
      ? await foldParquet(stream, meter.stream, folds, file)
      : await readCsv(
          [stream, meter.stream, ...unpacked()],
          folds,
          file.delimiter,
          limits,
        );
  return {
    digest: meter.digest(),
    rowCount,
    profiles: folds.map(fold => fold.told()),
  };
}
