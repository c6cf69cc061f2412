/** A cohort of a signal, as far as suppression must know it. */
export interface GroupInfo {
  cohort: string;
  isSmall: boolean;
  count: number;
}

/**
 * The cohorts whose numbers must stay hidden: the small ones, and where it is only one, the next smallest as well, since the
 * whole less the others would give it away.
 */
export function suppressedCohorts(groups: readonly GroupInfo[]): Set<string> {
  const small = groups.filter(group => group.isSmall);
  const hidden = new Set(small.map(group => group.cohort));
  if (small.length === 1 && groups.length > 1) {
    const [next] = groups
      .filter(group => !group.isSmall)
      .sort((a, b) => a.count - b.count || (a.cohort < b.cohort ? -1 : 1));
    hidden.add(next.cohort);
  }
  return hidden;
}
