/* Trains in a thread of its own: what training needs in memory is given back with the thread, and the program stays awake. */
import { parentPort, workerData } from 'node:worker_threads';
import { makeModels } from './makeModels';
import type { MakingOrder, MakingWord } from './makeModelsApart';

const { options, madeAtMs } = workerData as MakingOrder;
const say = (word: MakingWord) => parentPort!.postMessage(word);
say({
  made: makeModels(options, madeAtMs, (epoch, meanLoss) =>
    say({ epoch, meanLoss }),
  ),
});
