import { digitAt, DigitSet } from '../digits/digits';
import { Transform, transformed } from '../digits/transforms';
import { ShareWithInterval, wilsonInterval } from '../digits/wilson';
import { Reading } from './messages';
import { LoadedModel } from './openRuntime';

/** How a model did on a set of digits. */
export interface Evaluation {
  successCount: number;
  totalCount: number;
  /** Share of right answers with its 95 % Wilson interval. */
  accuracy: ShareWithInterval;
  readings: Reading[];
}

/** Reads every digit of a set with a loaded model, and counts the right answers. The input can be disturbed as a scenario does. */
export async function evaluate(
  model: LoadedModel,
  set: DigitSet,
  input: { transform: Transform; strength: number } = {
    transform: 'none',
    strength: 0,
  },
): Promise<Evaluation> {
  const images = Array.from({ length: set.count }, (_, index) =>
    transformed(digitAt(set, index), input, index),
  );
  const readings = await model.read(images, {
    capture: { scale: 1, denoisePasses: 0 },
  });
  const successCount = readings.filter(
    (reading, index) => reading.digit === set.labels[index],
  ).length;
  return {
    successCount,
    totalCount: set.count,
    accuracy: wilsonInterval(successCount, set.count),
    readings,
  };
}
