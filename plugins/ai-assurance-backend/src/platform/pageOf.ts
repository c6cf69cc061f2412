import { InputError } from '@backstage/errors';
import { withCode } from './withCode';

type Key = readonly (string | number)[];

/** Texts in the order of their code units, so that every replica agrees. */
function compare(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] === b[i]) continue;
    // A key of another shape, or of an earlier release, has nothing to compare.
    if (typeof a[i] !== typeof b[i]) return -1;
    return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

function keyOfCursor(cursor: string): Key {
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.every(part => typeof part === 'string' || Number.isFinite(part))
    )
      return key;
  } catch {
    // Said below.
  }
  throw withCode(
    new InputError(
      'query.cursor: is none that an answer of this list gave. Leave it out to begin from the start.',
    ),
    'INVALID_CURSOR',
  );
}

/**
 * A page of rows that are in memory, in the order of their keys; a key MUST name one row. The cursor is the key of the last
 * row, so that what comes or goes before it moves nothing. Throws InputError `INVALID_CURSOR`.
 */
export function pageOf<T>(
  rows: readonly T[],
  keyOf: (row: T) => Key,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { rows: T[]; nextCursor?: string } {
  const after = cursor === undefined ? undefined : keyOfCursor(cursor);
  const keyed = rows
    .map(row => ({ row, key: keyOf(row) }))
    .filter(({ key }) => after === undefined || compare(key, after) > 0)
    .sort((a, b) => compare(a.key, b.key));
  const page = keyed.slice(0, limit);
  if (keyed.length <= limit) return { rows: page.map(({ row }) => row) };
  const last = page[page.length - 1].key;
  return {
    rows: page.map(({ row }) => row),
    nextCursor: Buffer.from(JSON.stringify(last)).toString('base64url'),
  };
}
