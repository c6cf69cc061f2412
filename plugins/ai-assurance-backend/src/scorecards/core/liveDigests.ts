import { digestOfFact, Fact } from './judge';

interface ObservedVersion {
  digest: string | null;
  sessionCount: number;
}

function newest(facts: Fact[]): Fact | undefined {
  return facts.reduce<Fact | undefined>(
    (a, b) => (a && a.position > b.position ? a : b),
    undefined,
  );
}

/** Stands for a live version whose signals name no digest: nothing can be known about it, so nothing about it can pass. */
export const UNNAMED_DIGEST = 'unnamed';

/**
 * Digests in use: all with sessions in the newest rollout observation, whatever its age; where none was seen, the digest of
 * the newest artifact. Empty when neither exists; {@link UNNAMED_DIGEST} where that one was redacted.
 */
export function liveDigests(observations: Fact[], artifacts: Fact[]): string[] {
  const observation = newest(observations);
  // Redacted: what is in use was seen and cannot be read any more.
  if (observation?.isErased) return [UNNAMED_DIGEST];
  const cohorts = (observation?.payload.cohorts ?? []) as {
    versions: ObservedVersion[];
  }[];
  const seen = new Set<string>();
  for (const version of cohorts.flatMap(cohort => cohort.versions)) {
    if (version.sessionCount > 0) seen.add(version.digest ?? UNNAMED_DIGEST);
  }
  if (seen.size > 0) return [...seen].sort();
  const artifact = newest(artifacts);
  const digest = artifact && digestOfFact(artifact);
  if (digest !== undefined) return [digest];
  return artifact?.isErased ? [UNNAMED_DIGEST] : [];
}
