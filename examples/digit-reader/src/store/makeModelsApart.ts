import { join } from 'node:path';
import { startThread } from '../runtime/startThread';
import { TrainingOptions } from '../training/train';
import { DigitReader } from './makeModels';

// The examples run from their source and are never built.
// eslint-disable-next-line no-restricted-syntax
const WORKER = join(__dirname, 'makeModels.worker.ts');

/** What the thread is asked for. */
export interface MakingOrder {
  options: TrainingOptions;
  madeAtMs: number;
}

/** What the thread says: how far it is, and at last what it made. */
export type MakingWord =
  | { epoch: number; meanLoss: number }
  | { made: DigitReader };

/** Makes both versions in a thread of its own. Throws what the thread throws. */
export function makeModelsApart(
  options: TrainingOptions,
  madeAtMs: number,
  onEpoch: (epoch: number, meanLoss: number) => void,
): Promise<DigitReader> {
  return new Promise((resolve, reject) => {
    const order: MakingOrder = { options, madeAtMs };
    const worker = startThread(WORKER, { workerData: order });
    worker.on('message', (word: MakingWord) => {
      if ('made' in word) resolve(word.made);
      else onEpoch(word.epoch, word.meanLoss);
    });
    worker.on('error', reject);
    worker.on('exit', code =>
      reject(new Error(`Training ended without a model (code ${code})`)),
    );
  });
}
