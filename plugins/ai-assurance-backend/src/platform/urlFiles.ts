import { UrlReaderService } from '@backstage/backend-plugin-api';
import { Readable } from 'node:stream';
import { createHostLimiter } from './limiter';

/** What was read of a URL. */
export type UrlFile =
  | { state: 'read'; text: string; etag: string | undefined }
  /** It is still the one of the etag that was given. */
  | { state: 'unchanged' }
  /** Why not, and what to do; to be put behind the URL. */
  | { state: 'failed'; why: string }
  /** Its host has not answered yet; whoever asks again soon is given the answer when it is there. */
  | { state: 'late' };

export interface UrlFileQuestion {
  /** Larger ones fail. */
  largestBytes: number;
  etag?: string;
  /** Who names the URL, for example `the annotation ai-assurance.io/slo of component:default/digit-api`. */
  namedBy: string;
}

/** Small files that an annotation or a person names: documents, declarations, histograms. */
export interface UrlFiles {
  /** Never rejects. Takes seconds at most, however many are asked at once and however slow one of their hosts is. */
  read(url: string, question: UrlFileQuestion): Promise<UrlFile>;
  /** The same for somebody who waits for it: never `late`. */
  readNow(
    url: string,
    question: UrlFileQuestion,
  ): Promise<Exclude<UrlFile, { state: 'late' }>>;
}

type Answer = Exclude<UrlFile, { state: 'late' }>;

/** How long reading one file may take, from when its host is asked. */
const defaultTimeoutMs = 10_000;

/** How long a round over many files waits for those of slow hosts. */
const defaultPatienceMs = 3_000;

const mostOfOneHost = 6;

/** An answer that nobody came back for is forgotten then. */
const keptMs = 10 * 60_000;

/**
 * Reads small files through the URL reader, which decides what hosts may be read. Each read has a time limit, its bytes are
 * counted as they come, and each host is asked for few files at once, so that a slow host delays nothing but its own.
 */
export function createUrlFiles(options: {
  urlReader: UrlReaderService;
  timeoutMs?: number;
  patienceMs?: number;
}): UrlFiles {
  const {
    urlReader,
    timeoutMs = defaultTimeoutMs,
    patienceMs = defaultPatienceMs,
  } = options;
  const hosts = createHostLimiter(mostOfOneHost);
  const underWay = new Map<string, Promise<Answer>>();

  const readOnce = async (
    url: string,
    { largestBytes, etag, namedBy }: UrlFileQuestion,
  ): Promise<Answer> => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    const tooLate = new Promise<never>((_, reject) => {
      limit.signal.addEventListener('abort', () =>
        reject(new Error('too late')),
      );
    });
    try {
      return await Promise.race([
        tooLate,
        readWithin(urlReader, url, { largestBytes, etag }, limit.signal),
      ]);
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'NotModifiedError') return { state: 'unchanged' };
      return {
        state: 'failed',
        why: limit.signal.aborted
          ? `did not answer within ${
              timeoutMs / 1000
            } s. Check that its host answers quickly and that ${namedBy} names the right address; it is asked again within minutes`
          : message,
      };
    } finally {
      clearTimeout(timer);
    }
  };

  const start = (url: string, question: UrlFileQuestion) =>
    hosts.run(url, () => readOnce(url, question));

  return {
    readNow: start,
    async read(url, question) {
      const key = JSON.stringify([url, question]);
      let reading = underWay.get(key);
      if (!reading) {
        reading = start(url, question);
        underWay.set(key, reading);
        void reading.then(() => {
          const forget = setTimeout(() => underWay.delete(key), keptMs);
          forget.unref();
        });
      }
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<{ state: 'late' }>(resolve => {
        timer = setTimeout(() => resolve({ state: 'late' }), patienceMs);
      });
      const answer = await Promise.race([reading, late]);
      clearTimeout(timer);
      if (answer.state !== 'late') underWay.delete(key);
      return answer;
    },
  };
}

async function readWithin(
  urlReader: UrlReaderService,
  url: string,
  { largestBytes, etag }: { largestBytes: number; etag: string | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  const response = await urlReader.readUrl(url, {
    ...(etag === undefined ? {} : { etag }),
    signal: signal as never,
  });
  const content = response.stream
    ? await bytesOf(response.stream(), largestBytes, signal)
    : await response.buffer();
  if (content === undefined || content.length > largestBytes)
    return { state: 'failed', why: `is larger than ${largestBytes} bytes` };
  return {
    state: 'read',
    text: content.toString('utf8'),
    etag: response.etag,
  };
}

/** The bytes of a stream; `undefined` as soon as they are too many. */
async function bytesOf(
  stream: Readable,
  largestBytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const stop = () => stream.destroy(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > largestBytes) return undefined;
    }
    return Buffer.concat(chunks, length);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}
