import { JsonValue } from '@backstage/types';

/** Where a value stands in a JSON document: member names and indices from the root. */
export type Path = readonly (string | number)[];

/** Every value of a document that holds no others, with its path, in order. */
export function leavesOf(
  value: unknown,
  path: Path = [],
): { path: Path; value: unknown }[] {
  if (value === null || typeof value !== 'object') return [{ path, value }];
  return Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
}

/** The value at a path; `undefined` when there is none. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    document,
  );
}

/** A copy with the value at `path` replaced, or taken out when `replacement` is `undefined`. */
export function withValueAt(
  document: JsonValue,
  path: Path,
  replacement: JsonValue | undefined,
): JsonValue {
  const copy = structuredClone(document);
  const holder = valueAt(copy, path.slice(0, -1)) as any;
  const last = path[path.length - 1];
  if (last === undefined) return replacement ?? null;
  if (replacement !== undefined) holder[last] = replacement;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return copy;
}

/** Another value of the same look: a later instant, the next number, another digest, a longer word. */
export function otherValueOf(value: unknown): JsonValue {
  if (value === null) return 'something';
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) {
    // A second less, since a fact from the future may be refused.
    return text.replace(/(\d\d)((?:\.\d+)?Z)$/, (_, seconds, rest) => {
      const other = seconds === '00' ? 1 : Number(seconds) - 1;
      return `${String(other).padStart(2, '0')}${rest}`;
    });
  }
  if (/^-?\d+(\.\d+)?$/.test(text)) return otherNumber(text);
  if (/^-?\d+(\.\d+)?e[+-]?\d+$/i.test(text)) return String(Number(text) + 1);
  if (/[0-9a-f]{32,}$/.test(text))
    return text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
  return `${text}x`;
}

function otherNumber(text: string): string {
  return text.includes('.')
    ? String(Number(text) + 1)
    : String(BigInt(text) + 1n);
}
