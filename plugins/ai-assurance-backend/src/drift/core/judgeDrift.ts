import { Family } from './family';
import { DriftInput, DriftJudgement } from './judgements';

/** Judges inputs as one {@link Family}. */
export function judgeTogether(
  inputs: readonly DriftInput[],
  falseAlarmRatio: number,
): DriftJudgement[] {
  const family = new Family(inputs.length);
  for (const input of inputs) family.add(input);
  family.judge(falseAlarmRatio);
  return inputs.map((_, place) => family.judgement(place));
}

/** {@link judgeTogether} for one signal alone. */
export function judgeDrift(
  input: DriftInput & { falseAlarmRatio: number },
): DriftJudgement {
  return judgeTogether([input], input.falseAlarmRatio)[0];
}
