import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { ImporterLists, ownImporters } from '../core/importers';
import { readReport, ReportReading, ReportToRead } from './readReport';

/** This very file: a thread that is started with it, and with {@link ThreadData}, reads reports. */
export const threadFile = __filename;

const task = 'ai-assurance-read-reports';

/** Tells a thread that it was started to read reports, and a file that it was loaded for that. */
export interface ThreadData {
  task: typeof task;
  lists: ImporterLists;
  /** Files of modules whose export `importer` is one. */
  files: string[];
}

export const threadDataOf = (
  lists: ImporterLists,
  files: string[],
): ThreadData => ({
  task,
  lists: { garak: lists.garak, promptfoo: lists.promptfoo },
  files,
});

/** What the thread says: first that it is ready, then an answer to each report. */
export type ThreadWord =
  | { state: 'ready' }
  | { state: 'read'; reading: ReportReading }
  | { state: 'fault'; message: string; stack?: string };

if (parentPort && workerData?.task === task) {
  const port = parentPort;
  const { lists, files } = workerData as ThreadData;
  const load = createRequire(__filename);
  const importers = new Map<string, ReportImporter>();
  for (const importer of ownImporters(lists))
    importers.set(importer.id, importer);
  for (const file of files) {
    const { importer } = load(file) as { importer: ReportImporter };
    importers.set(importer.id, importer);
  }
  port.on('message', (report: ReportToRead) => {
    const say = (word: ThreadWord) => port.postMessage(word);
    try {
      say({
        state: 'read',
        reading: readReport(importers.get(report.format)!, report),
      });
    } catch (error) {
      const { message, stack } = error as Error;
      say({ state: 'fault', message, stack });
    }
  });
  port.postMessage({ state: 'ready' } satisfies ThreadWord);
}
