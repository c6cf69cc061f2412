/** z of a two-sided interval at 95 %. */
const z = 1.959963984540054;

/**
 * Wilson's interval of a share, at 95 %: where the true share may lie, honest for few events too. `undefined` for none.
 * @see Wilson, E. B. (1927), Journal of the American Statistical Association 22 (158), 209–212
 */
export function wilson(
  goodCount: number,
  totalCount: number,
): { low: number; high: number } | undefined {
  if (totalCount <= 0) return undefined;
  const share = Math.min(1, Math.max(0, goodCount / totalCount));
  const denominator = 1 + (z * z) / totalCount;
  const centre = (share + (z * z) / (2 * totalCount)) / denominator;
  const half =
    (z / denominator) *
    Math.sqrt(
      (share * (1 - share)) / totalCount +
        (z * z) / (4 * totalCount * totalCount),
    );
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
