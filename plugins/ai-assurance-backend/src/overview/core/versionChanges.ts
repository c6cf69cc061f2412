import type { ChangeEvent } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What is asked of the bands of a chart; see the telemetry room. */
export interface Bands {
  fromMs: number;
  stepMs: number;
  bands: { version: string; digest?: string; shares: number[] }[];
}

/** A version that came to take traffic, or all of it. */
export interface VersionChange extends ChangeEvent {
  version: string;
  /** It took all the traffic from then on. */
  isWhole: boolean;
}

/** From this share on a version has, to a reader, all of the traffic. */
const wholeRatio = 0.995;

/**
 * When versions took traffic for the first time in the range, and when they came to take all of it. What was so from the
 * first step with traffic is no change: it may have been so for ever. Steps without traffic say nothing.
 */
export function versionChanges({
  fromMs,
  stepMs,
  bands,
}: Bands): VersionChange[] {
  const stepCount = Math.max(0, ...bands.map(({ shares }) => shares.length));
  const counted = Array.from({ length: stepCount }, (_, step) => step).filter(
    step => bands.some(({ shares }) => shares[step] > 0),
  );
  if (counted.length === 0) return [];
  const changes: VersionChange[] = [];
  for (const { version, shares } of bands) {
    let before = shares[counted[0]];
    const seen = { isTaking: before > 0 };
    for (const step of counted.slice(1)) {
      const share = shares[step] ?? 0;
      const at = (title: string, isWhole: boolean): VersionChange => ({
        atMs: fromMs + step * stepMs,
        kind: 'version-traffic',
        group: 'deployment',
        title,
        version,
        isWhole,
      });
      if (share >= wholeRatio && before < wholeRatio)
        changes.push(
          at(`Version ${version} reached 100 % of the traffic`, true),
        );
      else if (share > 0 && !seen.isTaking)
        changes.push(
          at(
            `Version ${version} took its first ${Math.max(
              1,
              Math.round(100 * share),
            )} % of the traffic`,
            false,
          ),
        );
      if (share > 0) seen.isTaking = true;
      before = share;
    }
  }
  return changes.sort((a, b) => a.atMs - b.atMs);
}
