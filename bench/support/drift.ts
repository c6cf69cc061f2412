// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { sortFloats } from '../../plugins/ai-assurance-backend/src/drift/core/numeric/sortFloats';

export { Family } from '../../plugins/ai-assurance-backend/src/drift/core/family';
export { judgeQuality } from '../../plugins/ai-assurance-backend/src/drift/core/quality';
export { psi } from '../../plugins/ai-assurance-backend/src/drift/core/psi';
export { binSamples } from '../../plugins/ai-assurance-backend/src/drift/core/statistics/binSamples';
export { chiSquareTest } from '../../plugins/ai-assurance-backend/src/drift/core/statistics/chiSquareTest';
export { equalWidthEdges } from '../../plugins/ai-assurance-backend/src/drift/core/statistics/equalWidthEdges';
export { jensenShannonDistance } from '../../plugins/ai-assurance-backend/src/drift/core/statistics/jensenShannon';
export { kolmogorovSmirnov } from '../../plugins/ai-assurance-backend/src/drift/core/statistics/kolmogorovSmirnov';
export { wasserstein } from '../../plugins/ai-assurance-backend/src/drift/core/statistics/wasserstein';
export { sortFloats };

/** Inner edges of bins that hold equal shares of a sample, by linear interpolation as NumPy does it. */
export function quantileEdges(values: Float64Array, count: number): number[] {
  const sorted = sortFloats(Float64Array.from(values));
  return Array.from({ length: count - 1 }, (_, i) => {
    const at = ((i + 1) / count) * (sorted.length - 1);
    const below = Math.floor(at);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  });
}
