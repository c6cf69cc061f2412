/** Maps in the order of the items, so many at a time: a long list must not take every connection of the database. */
export async function mapInChunks<T, R>(
  items: T[],
  map: (item: T) => Promise<R>,
  atOnce: number = 8,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(map))));
  return results;
}
