import { onnx } from 'onnx-proto';
import { digestOf } from '../onnx/writeModel';
import { ModelVersion } from './makeModels';

/** What a version asks of the service that runs it, for one answer. */
export interface Work {
  /** How often the model runs. */
  repeats: number;
  /** How long it is read over and over at least, in milliseconds. */
  atLeastMs?: number;
  captureScale: number;
  denoisePasses: number;
}

export const PLAIN_WORK: Work = {
  repeats: 1,
  captureScale: 1,
  denoisePasses: 0,
};

/**
 * Version 3: the weights of a version in a file of their own, packed for careful reading. It asks for a large frame, smooths
 * it, and reads it over and over for a fifth of a second for one answer; no answer becomes better, and every one takes many
 * times as long, on a fast machine and on a busy one. All of that is work that is really done. The same version in gives the
 * same bytes out.
 */
export function carefulVersion(base: ModelVersion): {
  version: ModelVersion;
  work: Work;
} {
  const model = onnx.ModelProto.decode(base.bytes);
  model.producerVersion = '3';
  model.docString =
    'Reads each digit over and over for a fifth of a second, from a smoothed frame of 672 by 672 pixels.';
  const bytes = onnx.ModelProto.encode(model).finish();
  return {
    version: {
      version: '3',
      precision: base.precision,
      bytes,
      digest: digestOf(bytes),
    },
    work: { repeats: 2, atLeastMs: 200, captureScale: 24, denoisePasses: 4 },
  };
}
