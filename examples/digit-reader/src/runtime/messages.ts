import { Capture } from './capture';

/** What differs between runtimes. Both are settings of onnxruntime-web. */
export interface RuntimeSettings {
  graphOptimizationLevel: 'disabled' | 'basic' | 'extended' | 'all';
  numThreads: number;
}

/** How digits are read. */
export interface ReadOptions {
  capture: Capture;
  /** How often the model runs for one reading; more than once is work for nothing, as a badly set up service does it. */
  repeats?: number;
  /** Runs on until this long has passed, in milliseconds, however fast the machine is. */
  atLeastMs?: number;
  /** Cuts the camera frame of the digit at this position of the batch in half: the reading then really fails. */
  cutFrameAt?: number;
}

/** One answer of the model with what it took to get it. */
export interface Reading {
  digit: number;
  /** The share the model gave its answer, 0…1. */
  confidence: number;
  /** Mean of the model's input, 0 (black) … 1: how much light the whole picture had. */
  brightness: number;
  /** From the whole camera frame to the answer, in seconds, measured around exactly that work. */
  seconds: number;
}

export type Request =
  | { id: number; ask: 'load'; model: number; bytes: Uint8Array }
  | {
      id: number;
      ask: 'read';
      model: number;
      images: Uint8Array[];
      options: ReadOptions;
    }
  | { id: number; ask: 'release'; model: number }
  | { id: number; ask: 'memory' };

export type Answer = { id: number } & (
  | { failed: string }
  | { seconds: number }
  | { readings: Reading[] }
  | { peakBytes: number }
  | { done: true }
);
