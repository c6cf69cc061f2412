import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { parentPort, workerData } from 'node:worker_threads';
import { FileToFold, foldFile, FoldedFile } from './foldFile';

/** This very file: a thread that is started with it, and with {@link threadData}, reads a file of samples. */
export const threadFile = __filename;

/** Tells a thread that it was started to read samples, and a file that it was loaded for that. */
export const threadData = { task: 'ai-assurance-read-samples' };

/** What the thread is asked. */
export interface SamplesToRead {
  /** The bytes, as they come. */
  stream: ReadableStream<Uint8Array>;
  file: FileToFold;
}

/** What the thread says: first that it is ready, then its answer. */
export type ThreadWord =
  | { state: 'ready' }
  | { state: 'read'; folded: FoldedFile }
  | { state: 'failed'; message: string };

if (parentPort && workerData?.task === threadData.task) {
  const port = parentPort;
  const say = (word: ThreadWord) => port.postMessage(word);
  port.on('message', ({ stream, file }: SamplesToRead) => {
    foldFile(Readable.fromWeb(stream), file).then(
      folded => say({ state: 'read', folded }),
      error => say({ state: 'failed', message: (error as Error).message }),
    );
  });
  say({ state: 'ready' });
}
