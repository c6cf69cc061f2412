/**
 * Why a value has no canonical form.
 * @public
 */
export type CanonicalErrorCode =
  | 'UNDEFINED'
  | 'UNSUPPORTED_TYPE'
  | 'NOT_FINITE'
  | 'UNSAFE_INTEGER'
  | 'LONE_SURROGATE'
  | 'CYCLE'
  | 'TOO_DEEP';

/**
 * A value that has no canonical form. `code` says why; `path` says where, as a JSON pointer.
 * @public
 */
export class CanonicalError extends Error {
  readonly code: CanonicalErrorCode;
  readonly path: string;

  constructor(code: CanonicalErrorCode, path: string, message: string) {
    super(`${message} at ${path === '' ? 'the top' : path}`);
    this.name = 'CanonicalError';
    this.code = code;
    this.path = path;
  }
}

/** Values nested deeper than this are refused: each level costs a stack frame here and in every reader. @public */
export const MAX_CANONICAL_DEPTH = 64;

interface Parent {
  value: object;
  key: string;
  parent: Parent | undefined;
  depth: number;
}

function pathOf(parent: Parent | undefined, key: string): string {
  const steps: string[] = [];
  if (parent) steps.push(key);
  for (let at = parent; at?.parent; at = at.parent) steps.push(at.key);
  return steps
    .reverse()
    .map(step => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

function writeString(
  text: string,
  parent: Parent | undefined,
  key: string,
): string {
  if (/\p{Surrogate}/u.test(text)) {
    throw new CanonicalError(
      'LONE_SURROGATE',
      pathOf(parent, key),
      'Half of a surrogate pair has no UTF-8 form',
    );
  }
  return JSON.stringify(text);
}

function writeNumber(
  value: number,
  parent: Parent | undefined,
  key: string,
): string {
  if (!Number.isFinite(value)) {
    throw new CanonicalError(
      'NOT_FINITE',
      pathOf(parent, key),
      `${value} is not a JSON number`,
    );
  }
  // Beyond 2^53 two integers share one double, so a reader with exact integers would see another value than was signed.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new CanonicalError(
      'UNSAFE_INTEGER',
      pathOf(parent, key),
      `${value} is beyond the exact integers`,
    );
  }
  return JSON.stringify(value);
}

function write(
  value: unknown,
  parent: Parent | undefined,
  key: string,
): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, parent, key);
    case 'number':
      return writeNumber(value, parent, key);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      throw new CanonicalError(
        'UNDEFINED',
        pathOf(parent, key),
        'undefined has no JSON form; leave the member out',
      );
    case 'object':
      return value === null ? 'null' : writeContainer(value, parent, key);
    default:
      throw new CanonicalError(
        'UNSUPPORTED_TYPE',
        pathOf(parent, key),
        `A ${typeof value} has no JSON form`,
      );
  }
}

function writeContainer(
  value: object,
  parent: Parent | undefined,
  key: string,
): string {
  for (let at = parent; at; at = at.parent) {
    if (at.value === value)
      throw new CanonicalError(
        'CYCLE',
        pathOf(parent, key),
        'The value contains itself',
      );
  }
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_CANONICAL_DEPTH) {
    throw new CanonicalError(
      'TOO_DEEP',
      pathOf(parent, key),
      `Nested deeper than ${MAX_CANONICAL_DEPTH} levels`,
    );
  }
  const self: Parent = { value, key, parent, depth };
  if (Array.isArray(value)) {
    const items: string[] = [];
    // By index, not by map(): a hole must be refused like undefined, and map() would skip it.
    for (let i = 0; i < value.length; i++)
      items.push(write(value[i], self, String(i)));
    return `[${items.join(',')}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  // A plain object of another realm has a prototype that itself has none.
  const isPlain =
    prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain || Object.getOwnPropertySymbols(value).length > 0) {
    throw new CanonicalError(
      'UNSUPPORTED_TYPE',
      pathOf(parent, key),
      'Only plain objects have a JSON form',
    );
  }
  const members = Object.keys(value)
    .sort(byCodeUnit)
    .map(
      name =>
        `${writeString(name, self, name)}:${write(
          (value as Record<string, unknown>)[name],
          self,
          name,
        )}`,
    );
  return `{${members.join(',')}}`;
}

/** RFC 8785 sorts member names by UTF-16 code units, which is what `<` compares; never by locale. */
function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The one text of a JSON value (RFC 8785): equal values give equal texts, so that texts can be hashed and signed.
 * Throws {@link CanonicalError} for what JSON cannot say or cannot say exactly: undefined (also as member or hole),
 * functions, symbols, class instances, NaN, infinities, BigInt, integers beyond 2^53, lone surrogates, cycles and nesting
 * deeper than {@link MAX_CANONICAL_DEPTH}. Nothing is dropped or rounded silently. Safe to repeat.
 * @public
 */
export function canonicalize(value: unknown): string {
  return write(value, undefined, '');
}
