import { parentPort, workerData } from 'node:worker_threads';
import { TextToRead, ReadColumns, readColumns } from './columns';

/** This very file: a thread that is started with it, and with {@link threadData}, reads items. */
export const threadFile = __filename;

/** Tells a thread that it was started to read items, and a file that it was loaded for that. */
export const threadData = { task: 'ai-assurance-read-items' };

/** What the thread says first. */
export const threadIsReady = 'ready';

function handedOver(columns: ReadColumns): ArrayBuffer[] {
  return Object.values(columns).flatMap(column =>
    ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
  );
}

if (parentPort && workerData?.task === threadData.task) {
  const port = parentPort;
  port.on('message', (text: TextToRead) => {
    const columns = readColumns(text);
    port.postMessage(columns, handedOver(columns));
  });
  port.postMessage(threadIsReady);
}
