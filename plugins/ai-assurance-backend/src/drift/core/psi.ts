/**
 * Half an event is added to every bin of both windows. Without it one event in a bin that the other window left empty
 * would make the index infinite; the usual floor (0.000001) instead lets such a bin weigh far more than its evidence.
 * Half an event is the Jeffreys prior of a multinomial share and vanishes as counts grow.
 */
const pseudoCount = 0.5;

/**
 * Population stability index: Σ (current − reference) · ln(current / reference) over shares by bin. 0 for equal shares;
 * no unit. Bins that both windows left empty are left out. The order of the windows does not matter. Both lists MUST
 * have equal length and the windows at least one event each.
 */
export function psi(
  referenceBins: number[],
  currentBins: number[],
  smoothing: number = pseudoCount,
): number {
  if (referenceBins.length !== currentBins.length) {
    throw new Error(
      `Histograms of ${referenceBins.length} and ${currentBins.length} bins cannot be compared`,
    );
  }
  const occupied = referenceBins.flatMap((reference, bin) =>
    reference > 0 || currentBins[bin] > 0
      ? [[reference + smoothing, currentBins[bin] + smoothing]]
      : [],
  );
  const referenceTotal = occupied.reduce((sum, [r]) => sum + r, 0);
  const currentTotal = occupied.reduce((sum, [, c]) => sum + c, 0);
  return occupied.reduce((sum, [reference, current]) => {
    const referenceShare = reference / referenceTotal;
    const currentShare = current / currentTotal;
    return (
      sum +
      (currentShare - referenceShare) * Math.log(currentShare / referenceShare)
    );
  }, 0);
}

/** How many bins at least one of the windows has an event in. */
export function occupiedBinCount(
  referenceBins: number[],
  currentBins: number[],
): number {
  return referenceBins.filter((count, bin) => count > 0 || currentBins[bin] > 0)
    .length;
}
