const minuteMs = 60_000;
/** Evidence lives for fifteen minutes: of what is renewed by then, two more attempts fit in when one fails. */
const renewAfterMs = 5 * minuteMs;
/** Older evidence is renewed in any case. Also from here two more attempts fit in. */
const renewAtLastMs = 12 * minuteMs;
/** Renewals of one evaluation; of more subjects an eighth each time, so that no minute has to renew them all. */
const renewalsAtOnce = 1_000;

/**
 * Those whose evidence is old enough to be recorded once more although nothing changed, the oldest first, as many as one
 * evaluation takes on. `allCount` is given where `judged` is a part of what one evaluation judges: the part then renews its
 * share. What has no evidence yet is not renewed. Evaluations MUST come once a minute or more often.
 */
export function dueForRenewal<
  Judged extends { evidenceAtMs: number | undefined },
>(
  judged: readonly Judged[],
  nowMs: number,
  allCount: number = judged.length,
): Set<Judged> {
  const ageOf = ({ evidenceAtMs }: Judged) =>
    evidenceAtMs === undefined ? -1 : nowMs - evidenceAtMs;
  const due = judged
    .filter(one => ageOf(one) >= renewAfterMs)
    .sort((a, b) => ageOf(b) - ageOf(a));
  const most =
    allCount <= renewalsAtOnce
      ? judged.length
      : Math.ceil(
          (judged.length * Math.max(renewalsAtOnce, allCount / 8)) / allCount,
        );
  return new Set(
    due.filter((one, i) => i < most || ageOf(one) >= renewAtLastMs),
  );
}
