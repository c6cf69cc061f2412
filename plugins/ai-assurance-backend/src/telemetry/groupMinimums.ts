import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { MinimumOf } from './SeriesReads';

/** How many devices a group of each cohort must have to be shown: what its entity demands, never less than `least`. */
export function groupMinimums(
  subjects: SubjectAnswers,
  least: number,
): () => Promise<MinimumOf> {
  let read: SubjectRecord[] | undefined;
  let demanded = new Map<string, unknown>();
  return async () => {
    const list = await subjects.list();
    // The snapshot stays the same list until the catalog was read again.
    if (list !== read) {
      read = list;
      demanded = new Map(
        list.map(({ entityRef, spec }) => [entityRef, spec.minimumGroupSize]),
      );
    }
    const known = demanded;
    return cohort => {
      const own = cohort === null ? undefined : known.get(cohort);
      return typeof own === 'number' ? Math.max(least, own) : least;
    };
  };
}
