/** Ids `rel_1`, `rel_2`, …: one counter for all prefixes. */
export function countingIds(): { next(prefix: string): string } {
  let count = 0;
  return {
    next: prefix => {
      count += 1;
      return `${prefix}_${count}`;
    },
  };
}
