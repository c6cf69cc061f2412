/** What may stand next. */
type Expected =
  | 'value'
  | 'value-or-end'
  | 'name-or-end'
  | 'name'
  | 'colon'
  | 'comma-or-end'
  | 'nothing';

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const quote = 34;
const backslash = 92;

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Space, tabulator, line feed or carriage return. */
const isBlank = (code: number) =>
  code === 32 || code === 9 || code === 10 || code === 13;

/** Behind the closing quote of the string that begins at `at`, or where it cannot go on. */
function stringEnd(text: string, at: number): { end: number; ok: boolean } {
  for (let i = at + 1; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === quote) return { end: i + 1, ok: true };
    if (code < 32) return { end: i, ok: false };
    if (code !== backslash) {
      i += 1;
      continue;
    }
    const next = endOf(escape, text, i);
    if (next === undefined) return { end: i, ok: false };
    i = next;
  }
  return { end: text.length, ok: false };
}

/**
 * Where a text stops being JSON (RFC 8259), counted in characters from 0; its length when it was cut off, `undefined` when it
 * is JSON. `JSON.parse` tells the place only of some faults, and quotes what stands around it. Goes over the text once,
 * whatever is in it.
 */
export function jsonFaultAt(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  const closed = (): Expected =>
    open.length === 0 ? 'nothing' : 'comma-or-end';
  let at = 0;
  for (;;) {
    while (isBlank(text.charCodeAt(at))) at += 1;
    if (at >= text.length)
      return expected === 'nothing' ? undefined : text.length;
    const char = text[at];
    const mayEnd: boolean = expected.endsWith('-or-end');
    const end = open[open.length - 1] === '{' ? '}' : ']';
    if (mayEnd && char === end) {
      open.pop();
      expected = closed();
      at += 1;
    } else if (expected === 'comma-or-end' && char === ',') {
      expected = end === '}' ? 'name' : 'value';
      at += 1;
    } else if (expected === 'colon' && char === ':') {
      expected = 'value';
      at += 1;
    } else if (expected.startsWith('name') && char === '"') {
      const name = stringEnd(text, at);
      if (!name.ok) return name.end;
      at = name.end;
      expected = 'colon';
    } else if (expected.startsWith('value')) {
      if (char === '{' || char === '[') {
        open.push(char);
        expected = char === '{' ? 'name-or-end' : 'value-or-end';
        at += 1;
        continue;
      }
      if (char === '"') {
        const string = stringEnd(text, at);
        if (!string.ok) return string.end;
        at = string.end;
      } else {
        const next = endOf(number, text, at) ?? endOf(word, text, at);
        if (next === undefined) return at;
        at = next;
      }
      expected = closed();
    } else {
      return at;
    }
  }
}
