import { DigitSet, PIXELS } from '../digits/digits';
import { seeded, shuffledIndices } from '../digits/seeded';

/** Number of digits the reader can answer. */
export const CLASSES = 10;

/** A reader with one hidden layer: `softmax(relu(x · hidden + hiddenBias) · output + outputBias)`, x in 0…1. Weights lie row by row, one row for each input. */
export interface Weights {
  hiddenUnits: number;
  hidden: Float32Array;
  hiddenBias: Float32Array;
  output: Float32Array;
  outputBias: Float32Array;
}

/** How a reader is trained. Everything that changes the result is here. */
export interface TrainingOptions {
  seed: number;
  hiddenUnits: number;
  epochs: number;
  /** Step of the first epoch; later ones shrink evenly. */
  learningRate: number;
}

/** What the demo ships. */
export const DEFAULT_TRAINING: TrainingOptions = {
  seed: 20261122,
  hiddenUnits: 96,
  epochs: 6,
  learningRate: 0.05,
};

/** Evenly spread starting weights, wide enough that signals keep their size through a layer of `inputs` inputs. */
function startingWeights(
  inputs: number,
  outputs: number,
  next: () => number,
): Float32Array {
  const reach = Math.sqrt(6 / (inputs + outputs));
  return Float32Array.from(
    { length: inputs * outputs },
    () => (next() * 2 - 1) * reach,
  );
}

/** Turns scores into shares of one, in place. */
function softmax(scores: Float32Array): void {
  let highest = -Infinity;
  for (const score of scores) highest = Math.max(highest, score);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp(scores[c] - highest);
    sum += scores[c];
  }
  for (let c = 0; c < scores.length; c++) scores[c] /= sum;
}

/** The inked pixels of each digit: four in five pixels are paper and teach a layer nothing. */
function inkOf(set: DigitSet): { at: Uint16Array; ink: Float32Array }[] {
  return Array.from({ length: set.count }, (_, index) => {
    const at: number[] = [];
    for (let i = 0; i < PIXELS; i++)
      if (set.pixels[index * PIXELS + i] > 0) at.push(i);
    return {
      at: Uint16Array.from(at),
      ink: Float32Array.from(at, i => set.pixels[index * PIXELS + i] / 255),
    };
  });
}

/**
 * Trains a reader by stochastic gradient descent on the cross-entropy, one digit at a time. The same digits and options
 * give the same weights, bit for bit, on the same JavaScript engine.
 */
export function train(
  set: DigitSet,
  options: TrainingOptions = DEFAULT_TRAINING,
  onEpoch?: (epoch: number, meanLoss: number) => void,
): Weights {
  const next = seeded(options.seed + 1);
  const units = options.hiddenUnits;
  const weights: Weights = {
    hiddenUnits: units,
    hidden: startingWeights(PIXELS, units, next),
    hiddenBias: new Float32Array(units),
    output: startingWeights(units, CLASSES, next),
    outputBias: new Float32Array(CLASSES),
  };
  const inks = inkOf(set);
  const active = new Float32Array(units);
  const blame = new Float32Array(units);
  const shares = new Float32Array(CLASSES);

  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const step = options.learningRate * (1 - epoch / options.epochs);
    let loss = 0;
    for (const index of shuffledIndices(set.count, next)) {
      const { at, ink } = inks[index];
      const label = set.labels[index];

      active.set(weights.hiddenBias);
      for (let k = 0; k < at.length; k++) {
        const row = at[k] * units;
        const value = ink[k];
        for (let u = 0; u < units; u++)
          active[u] += value * weights.hidden[row + u];
      }
      shares.set(weights.outputBias);
      for (let u = 0; u < units; u++) {
        if (active[u] <= 0) continue;
        for (let c = 0; c < CLASSES; c++)
          shares[c] += active[u] * weights.output[u * CLASSES + c];
      }
      softmax(shares);
      loss -= Math.log(Math.max(shares[label], 1e-12));

      // For softmax with cross-entropy the slope at the scores is simply "said minus true".
      shares[label] -= 1;
      for (let u = 0; u < units; u++) {
        blame[u] = 0;
        if (active[u] <= 0) continue;
        for (let c = 0; c < CLASSES; c++) {
          const w = u * CLASSES + c;
          blame[u] += shares[c] * weights.output[w];
          weights.output[w] -= step * shares[c] * active[u];
        }
        blame[u] *= step;
        weights.hiddenBias[u] -= blame[u];
      }
      for (let c = 0; c < CLASSES; c++)
        weights.outputBias[c] -= step * shares[c];
      for (let k = 0; k < at.length; k++) {
        const row = at[k] * units;
        const value = ink[k];
        for (let u = 0; u < units; u++)
          weights.hidden[row + u] -= value * blame[u];
      }
    }
    onEpoch?.(epoch + 1, loss / set.count);
  }
  return weights;
}
