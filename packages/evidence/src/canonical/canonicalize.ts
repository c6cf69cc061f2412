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

/** Text that JSON writes as it is, between quotation marks: most text. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Lone halves are told apart only by a walk over code points. */
export const isWellFormed = (text: string) =>
  PLAIN.test(text) || !/\p{Surrogate}/u.test(text);

const isExact = (value: number) =>
  Number.isFinite(value) &&
  (!Number.isInteger(value) || Number.isSafeInteger(value));

/** A plain object of another realm has a prototype that itself has none. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype ||
      prototype === null ||
      Object.getPrototypeOf(prototype) === null) &&
    Object.getOwnPropertySymbols(value).length === 0
  );
}

/** Quoted names with their colon: few names fill a log. A flood of others only empties it. */
const quotedNames = new Map<string, string>();
const maxQuotedNames = 2048;

function quotedName(name: string): string | undefined {
  const kept = quotedNames.get(name);
  if (kept !== undefined) return kept;
  const text = textOfString(name);
  if (text === undefined) return undefined;
  if (quotedNames.size >= maxQuotedNames) quotedNames.clear();
  const quoted = `${text}:`;
  quotedNames.set(name, quoted);
  return quoted;
}

function textOfString(text: string): string | undefined {
  if (PLAIN.test(text)) return `"${text}"`;
  return isWellFormed(text) ? JSON.stringify(text) : undefined;
}

/**
 * The canonical text, or `undefined` when there is none. `depth` is that of what holds the value. It keeps no account of where it is, since nearly every value has
 * a text; {@link explain} finds out what is wrong with the others. A cycle ends at the greatest depth.
 */
export function textOf(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return textOfString(value);
    case 'number':
      // As JSON writes it, negative zero included.
      return isExact(value) ? `${value}` : undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_CANONICAL_DEPTH) return undefined;
      return Array.isArray(value)
        ? textOfArray(value, depth + 1)
        : textOfObject(value as Record<string, unknown>, depth + 1);
    default:
      return undefined;
  }
}

function textOfArray(value: unknown[], depth: number): string | undefined {
  let text = '[';
  // By index, not by map(): a hole must be refused like undefined, and map() would skip it.
  for (let i = 0; i < value.length; i++) {
    const item = textOf(value[i], depth);
    if (item === undefined) return undefined;
    text += i === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function textOfObject(
  value: Record<string, unknown>,
  depth: number,
): string | undefined {
  if (!isPlain(value)) return undefined;
  let text = '{';
  for (const name of sortedNames(value)) {
    const key = quotedName(name);
    const member = textOf(value[name], depth);
    if (key === undefined || member === undefined) return undefined;
    text += text.length === 1 ? key + member : `,${key}${member}`;
  }
  return `${text}}`;
}

/** More names than this are left to sort(). */
const fewNames = 16;

/** RFC 8785 sorts member names by UTF-16 code units, as sort() and < do by themselves; never by locale. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  if (names.length > fewNames) return names.sort();
  // Most objects have few names, half in order already: sort() costs more than all the rest of them.
  for (let i = 1; i < names.length; i++) {
    const name = names[i];
    let at = i;
    while (at > 0 && names[at - 1] > name) {
      names[at] = names[at - 1];
      at -= 1;
    }
    names[at] = name;
  }
  return names;
}

/** Walks a value that has no canonical form to the first thing that is wrong with it, and throws. */
function explain(
  value: unknown,
  parent: Parent | undefined,
  key: string,
): void {
  const refuse = (code: CanonicalErrorCode, message: string) => {
    throw new CanonicalError(code, pathOf(parent, key), message);
  };
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value))
        refuse('LONE_SURROGATE', 'Half of a surrogate pair has no UTF-8 form');
      return;
    case 'number':
      if (!Number.isFinite(value))
        refuse('NOT_FINITE', `${value} is not a JSON number`);
      // Beyond 2^53 two integers share one double, so a reader with exact integers would see another value than was signed.
      if (!isExact(value))
        refuse('UNSAFE_INTEGER', `${value} is beyond the exact integers`);
      return;
    case 'boolean':
      return;
    case 'undefined':
      refuse('UNDEFINED', 'undefined has no JSON form; leave the member out');
      return;
    case 'object':
      if (value !== null) explainContainer(value, parent, key);
      return;
    default:
      refuse('UNSUPPORTED_TYPE', `A ${typeof value} has no JSON form`);
  }
}

function explainContainer(
  value: object,
  parent: Parent | undefined,
  key: string,
): void {
  const refuse = (code: CanonicalErrorCode, message: string) => {
    throw new CanonicalError(code, pathOf(parent, key), message);
  };
  for (let at = parent; at; at = at.parent) {
    if (at.value === value) refuse('CYCLE', 'The value contains itself');
  }
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_CANONICAL_DEPTH)
    refuse('TOO_DEEP', `Nested deeper than ${MAX_CANONICAL_DEPTH} levels`);
  const self: Parent = { value, key, parent, depth };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) explain(value[i], self, String(i));
    return;
  }
  if (!isPlain(value))
    refuse('UNSUPPORTED_TYPE', 'Only plain objects have a JSON form');
  for (const name of sortedNames(value)) {
    explain(name, self, name);
    explain((value as Record<string, unknown>)[name], self, name);
  }
}

/**
 * The one text of a JSON value (RFC 8785): equal values give equal texts, so that texts can be hashed and signed.
 * Throws {@link CanonicalError} for what JSON cannot say or cannot say exactly: undefined (also as member or hole),
 * functions, symbols, class instances, NaN, infinities, BigInt, integers beyond 2^53, lone surrogates, cycles and nesting
 * deeper than {@link MAX_CANONICAL_DEPTH}. Nothing is dropped or rounded silently. Safe to repeat.
 * @public
 */
export function canonicalize(value: unknown): string {
  const text = textOf(value, 0);
  if (text !== undefined) return text;
  explain(value, undefined, '');
  throw new Error(
    'A value has no canonical form, and nothing is wrong with it',
  );
}

/** The canonical text of a string, quotation marks included. Throws {@link CanonicalError} for half of a surrogate pair. */
export function quote(text: string): string {
  return textOfString(text) ?? canonicalize(text);
}
