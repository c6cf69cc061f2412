import { UrlReaderService } from '@backstage/backend-plugin-api';
import { FileSource } from '../core/monitors';
import { SampleWish } from '../core/samples';
import { FoldedFile } from './foldFile';
import { SampleReader } from './SampleReader';

/** A file of samples after it was read. */
export interface ReadFile extends FoldedFile {
  etag: string | undefined;
  modifiedAtMs: number | undefined;
}

/** A URL as it may be shown and recorded: without what may be a credential. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
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
  reader: SampleReader;
  etag?: string;
}): Promise<ReadFile | undefined> {
  const { urlReader, source, reader } = options;
  const { timeoutMs } = reader.limits;
  const shown = shownUrl(source.url);
  const signal = AbortSignal.timeout(timeoutMs);
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
      const folded = await reader.read(
        stream,
        {
          format: source.format,
          isPacked: /\.gz$/i.test(new URL(source.url).pathname),
          delimiter: source.delimiter,
          wishes: options.wishes,
          groupSizes: options.groupSizes,
        },
        signal,
      );
      return {
        ...folded,
        etag: answer.etag,
        modifiedAtMs: answer.lastModifiedAt?.getTime(),
      };
    } finally {
      signal.removeEventListener('abort', stop);
      stream.destroy();
    }
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'NotModifiedError') return undefined;
    const why = signal.aborted
      ? `took longer than ${timeoutMs / 1000} s to read`
      : message.replaceAll(source.url, shown);
    throw new Error(`${shown}: ${why}`);
  }
}
