/** Lists of counts of equal length, end to end in as few bytes as hold them all. */
export type PackedCounts = Uint16Array | Uint32Array | Float64Array;

/** Packs the lists; `undefined` where their lengths differ. */
export function packCounts(
  lists: readonly (readonly number[])[],
): PackedCounts | undefined {
  const length = lists.length === 0 ? 0 : lists[0].length;
  let isWhole = true;
  let largest = 0;
  for (const list of lists) {
    if (list.length !== length) return undefined;
    for (const count of list) {
      // Anything else than a count stays what it is, for whoever looks at it.
      isWhole &&= Number.isInteger(count) && count >= 0;
      if (count > largest) largest = count;
    }
  }
  const size = lists.length * length;
  let packed: PackedCounts;
  if (isWhole && largest < 2 ** 16) packed = new Uint16Array(size);
  else if (isWhole && largest < 2 ** 32) packed = new Uint32Array(size);
  else packed = new Float64Array(size);
  lists.forEach((list, i) => packed.set(list, i * length));
  return packed;
}
