import { CohortCounts } from './adoption';
import { RolloutVerdict } from './judge';

export interface Observation extends RolloutVerdict {
  cohorts: CohortCounts[];
}

/** A share that moved by more than this is news. The billionth keeps 0.55 − 0.5 from counting as more than 0.05. */
const shareStep = 0.05 + 1e-9;

function sharesOf({ cohorts }: Observation): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { cohort, totalCount, versions } of cohorts) {
    for (const { version, digest, sessionCount } of versions) {
      shares.set(
        `${cohort ?? ''} ${version} ${digest ?? ''}`,
        totalCount > 0 ? sessionCount / totalCount : 0,
      );
    }
  }
  return shares;
}

/** Whether an observation says something else than the one before: the verdict, a version on a cohort, or a share by more than 5 points. */
export function isNews(
  before: Observation | undefined,
  after: Observation,
): boolean {
  if (
    before === undefined ||
    before.status !== after.status ||
    before.reason !== after.reason
  )
    return true;
  const was = sharesOf(before);
  const is = sharesOf(after);
  if (was.size !== is.size) return true;
  return [...is].some(([key, share]) => {
    const known = was.get(key);
    return known === undefined || Math.abs(share - known) > shareStep;
  });
}

/** Nothing was seen at all: there is nothing to refresh. */
export function isSilent({ cohorts }: Observation): boolean {
  return cohorts.length === 0;
}
