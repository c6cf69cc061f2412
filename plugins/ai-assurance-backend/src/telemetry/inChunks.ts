const chunkSize = 500;

/** Works through a list in pieces that one statement can name. */
export async function inChunks<T>(
  items: T[],
  work: (chunk: T[]) => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < items.length; i += chunkSize)
    await work(items.slice(i, i + chunkSize));
}
