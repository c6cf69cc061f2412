import type { PushItem, Unsendable } from './items';

// What one request may carry: the server's own limits, as it has them by default.
const maxItems = 1000;
const maxBytes = 4 * 1024 * 1024;

/** Items for one request, or what could not become one; in the order in which they were given. */
export type Piece =
  | { readonly batch: readonly PushItem[] }
  | { readonly unsendable: Unsendable };

/** The body of a request. */
export function bodyOf(batch: readonly PushItem[]): string {
  return `[${batch.map(item => item.text).join(',')}]`;
}

/** Groups items into requests; holds one request's worth at a time. */
export async function* batchesOf(
  items: AsyncIterable<PushItem | Unsendable>,
): AsyncGenerator<Piece> {
  let batch: PushItem[] = [];
  // The brackets; each item brings a comma.
  let bytes = 2;
  for await (const item of items) {
    if ('code' in item) {
      yield { unsendable: item };
      continue;
    }
    const itemBytes = Buffer.byteLength(item.text) + 1;
    const isFull = batch.length >= maxItems || bytes + itemBytes > maxBytes;
    if (isFull && batch.length > 0) {
      yield { batch };
      batch = [];
      bytes = 2;
    }
    batch.push(item);
    bytes += itemBytes;
  }
  if (batch.length > 0) yield { batch };
}
