import { SubjectRecord } from '../cohorts';

const leastGroupSize = 5;

/** Fewest devices of each cohort that anything may be said about. */
export function groupSizesOf(
  records: readonly SubjectRecord[],
): Map<string, number> {
  return new Map(
    records
      .filter(({ kind }) => kind === 'device-cohort')
      .map(({ entityRef, spec }) => [
        entityRef,
        Math.max(leastGroupSize, Number(spec.minimumGroupSize) || 0),
      ]),
  );
}
