/*
 * One instance of onnxruntime-web in a thread of its own: its own WebAssembly memory, its own settings, its own clock
 * readings. A thread, because the settings of the runtime hold for a whole JavaScript realm, because its memory can
 * then be measured apart, and because a busy model must not hold up whoever asked.
 */
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-web';
import { PIXELS } from '../digits/digits';
import { cameraFrame, modelInput } from './capture';
import {
  Answer,
  Reading,
  ReadOptions,
  Request,
  RuntimeSettings,
} from './messages';

const settings = workerData as RuntimeSettings;

// The runtime asks for its memory through this constructor and tells nobody how large it grows, so we keep a note.
const wasmMemories: WebAssembly.Memory[] = [];
const PlainMemory = WebAssembly.Memory;
WebAssembly.Memory = class extends PlainMemory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    wasmMemories.push(this);
  }
};

ort.env.wasm.numThreads = settings.numThreads;
ort.env.logLevel = 'fatal';

const sessions = new Map<number, ort.InferenceSession>();
let peakBytes = 0;

function notePeak(): void {
  const heap = getHeapStatistics();
  const wasm = wasmMemories.reduce(
    (sum, memory) => sum + memory.buffer.byteLength,
    0,
  );
  peakBytes = Math.max(
    peakBytes,
    heap.used_heap_size + heap.external_memory + wasm,
  );
}

async function load(model: number, bytes: Uint8Array): Promise<number> {
  const startedAt = performance.now();
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: settings.graphOptimizationLevel,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  sessions.set(model, session);
  notePeak();
  return seconds;
}

async function read(
  model: number,
  images: Uint8Array[],
  options: ReadOptions,
): Promise<Reading[]> {
  const session = sessions.get(model);
  if (!session) throw new Error('This model is not loaded');
  const readings: Reading[] = [];
  for (const [position, image] of images.entries()) {
    const whole = cameraFrame(image, options.capture);
    const frame =
      position === options.cutFrameAt
        ? whole.subarray(0, whole.length / 2)
        : whole;

    const startedAt = performance.now();
    let shares = new Float32Array(0);
    let input = new Float32Array(0);
    const { repeats = 1, atLeastMs = 0 } = options;
    for (
      let run = 0;
      run < repeats || performance.now() - startedAt < atLeastMs;
      run++
    ) {
      input = modelInput(frame, options.capture);
      const digits = new ort.Tensor('float32', input, [1, PIXELS]);
      const result = await session.run({ digits });
      shares = result.shares.data as Float32Array<ArrayBuffer>;
    }
    let digit = 0;
    for (let c = 1; c < shares.length; c++)
      if (shares[c] > shares[digit]) digit = c;
    const seconds = (performance.now() - startedAt) / 1000;

    readings.push({
      digit,
      confidence: shares[digit],
      // Not part of what a reading takes: measured after the clock was read.
      brightness: input.reduce((sum, level) => sum + level, 0) / PIXELS,
      seconds,
    });
  }
  notePeak();
  return readings;
}

async function answer(request: Request): Promise<Answer> {
  const { id } = request;
  switch (request.ask) {
    case 'load':
      return { id, seconds: await load(request.model, request.bytes) };
    case 'read':
      return {
        id,
        readings: await read(request.model, request.images, request.options),
      };
    case 'release':
      await sessions.get(request.model)?.release();
      sessions.delete(request.model);
      return { id, done: true };
    case 'memory':
      notePeak();
      return { id, peakBytes };
    default:
      throw new Error('A runtime was asked for something it does not know');
  }
}

// One request after the other, or the readings of one would be timed while another is running.
let queue: Promise<void> = Promise.resolve();
parentPort!.on('message', (request: Request) => {
  queue = queue.then(async () => {
    try {
      parentPort!.postMessage(await answer(request));
    } catch (error) {
      const failed: Answer = {
        id: request.id,
        failed: error instanceof Error ? error.message : String(error),
      };
      parentPort!.postMessage(failed);
    }
  });
});
