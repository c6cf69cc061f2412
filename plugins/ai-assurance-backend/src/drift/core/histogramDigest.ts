import { canonicalize, sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { Histogram } from './histogram';

/** Digest of the canonical form: the same histogram has the same digest wherever it is computed. */
export function histogramDigest({
  boundaries,
  bins,
  categories,
  cohortBins = {},
}: Histogram & { cohortBins?: Record<string, number[]> }): string {
  const whole = {
    boundaries,
    bins,
    ...(categories ? { categories } : {}),
    ...(Object.keys(cohortBins).length > 0 ? { cohorts: cohortBins } : {}),
  };
  return `sha256:${toHex(sha256(utf8(canonicalize(whole))))}`;
}
