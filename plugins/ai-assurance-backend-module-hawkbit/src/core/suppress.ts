/**
 * Which groups of a whole may be shown when none under `minimumGroupSize` devices may be, alone or worked out. The total is
 * shown elsewhere: a single hidden group would be the total less the others, so that the smallest of the others are hidden
 * with it, until what is hidden is at least two groups and at least the minimum size together. Empty groups hide nobody and
 * are shown. Returns one mark for each group: `true` is hidden.
 */
export function hiddenGroups(
  sizes: readonly number[],
  minimumGroupSize: number,
): boolean[] {
  const hidden = sizes.map(size => size > 0 && size < minimumGroupSize);
  const bySize = sizes
    .map((size, index) => ({ size, index }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => a.size - b.size);
  for (const { index } of bySize) {
    const sizesHidden = sizes.filter((_, i) => hidden[i]);
    const together = sizesHidden.reduce((sum, size) => sum + size, 0);
    if (sizesHidden.length === 0) break;
    if (sizesHidden.length >= 2 && together >= minimumGroupSize) break;
    hidden[index] = true;
  }
  return hidden;
}
