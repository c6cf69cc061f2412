import { ServiceSignals } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Which version served most, for how long. */
export interface VersionStretch {
  version: string;
  fromMs: number;
  toMs: number;
}

/**
 * The range cut into stretches by the version that served most of each step. Steps without traffic belong to nobody: the
 * stretch ends there.
 */
export function versionStretches({
  bands,
  bandStartMs,
  bandStepMs,
}: Pick<
  ServiceSignals,
  'bands' | 'bandStartMs' | 'bandStepMs'
>): VersionStretch[] {
  const stretches: VersionStretch[] = [];
  const stepCount = Math.max(0, ...bands.map(band => band.shares.length));
  for (let step = 0; step < stepCount; step += 1) {
    const top = bands.reduce<(typeof bands)[number] | undefined>(
      (best, band) =>
        (band.shares[step] ?? 0) > (best?.shares[step] ?? 0) ? band : best,
      undefined,
    );
    if (!top) continue;
    const fromMs = bandStartMs + step * bandStepMs;
    const toMs = fromMs + bandStepMs;
    const last = stretches[stretches.length - 1];
    if (last?.version === top.version && last.toMs === fromMs) last.toMs = toMs;
    else stretches.push({ version: top.version, fromMs, toMs });
  }
  return stretches;
}
