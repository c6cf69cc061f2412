import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What was said of one cohort of a signal in one minute. */
export interface CohortPoint {
  /** Number of the cohort. */
  id: number;
  /** `null` where nothing could be computed or shown. */
  value: number | null;
  status: VerdictStatus;
}

const letters: Record<VerdictStatus, string> = {
  pass: 'p',
  warn: 'w',
  fail: 'f',
  inconclusive: 'i',
  'not-applicable': 'n',
};
const statuses = new Map(
  Object.entries(letters).map(([status, letter]) => [
    letter,
    status as VerdictStatus,
  ]),
);

/** Digits of a value: a chart shows no more. */
const digits = 4;

const powers = Array.from({ length: 12 }, (_, i) => 10 ** i);
/** The least number that has so many digits before its point. */
const leastScaled = 10 ** (digits - 1);
const leastQuick = 1e-6;
const mostQuick = 1e3;
/** To so many digits: what `toPrecision` says, which takes many times as long. */
function rounded(value: number): number {
  if (value >= leastQuick && value < mostQuick) {
    let power = 1;
    while (value * powers[power] < leastScaled) power += 1;
    const scaled = value * powers[power];
    const whole = Math.floor(scaled);
    const rest = scaled - whole;
    // A product is rounded, but never to the other side of the middle between two numbers: only onto it.
    if (rest !== 0.5) return (rest < 0.5 ? whole : whole + 1) / powers[power];
  }
  return Number(value.toPrecision(digits));
}

/** Points as a row keeps them, such as `3p0.0123,7i`: a signal with many cohorts writes them every minute. */
export function cohortPointsText(points: readonly CohortPoint[]): string {
  return points
    .map(
      ({ id, value, status }) =>
        `${id}${letters[status]}${value === null ? '' : rounded(value)}`,
    )
    .join();
}

/** Reads what {@link cohortPointsText} wrote of one cohort; `undefined`: nothing was said of it. */
export function cohortPointOf(
  text: string,
  id: number,
): CohortPoint | undefined {
  for (const one of text.split(',')) {
    const [, number, letter, value] = /^(\d+)([a-z])(.*)$/.exec(one) ?? [];
    const status = statuses.get(letter);
    if (status !== undefined && Number(number) === id)
      return { id, status, value: value === '' ? null : Number(value) };
  }
  return undefined;
}
