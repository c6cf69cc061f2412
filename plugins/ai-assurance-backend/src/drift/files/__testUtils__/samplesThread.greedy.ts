import { parentPort } from 'node:worker_threads';
import '../samplesThread';
import { SamplesToRead } from '../samplesThread';

// A thread that reads files as the real one does, which the first of both imports brings along: the second is of a type
// alone and is left out. One that is asked for the column "greedy" keeps all that it makes: how much memory a real file
// takes depends on when it was last swept.

parentPort?.on('message', ({ file }: SamplesToRead) => {
  if (!file.wishes.some(({ column }) => column === 'greedy')) return;
  const kept: number[][] = [];
  for (;;) kept.push(new Array(100_000).fill(kept.length + 0.5));
});
