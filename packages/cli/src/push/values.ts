/** A stretch of input that should be one item, or is too long to be one. */
export interface RawValue {
  /** Counted from 1: the line in a file of lines, otherwise the number of the value. */
  readonly number: number;
  /** `undefined` when it is longer than allowed. */
  readonly bytes: Uint8Array | undefined;
}

/** How items stand in a file. */
export type InputFormat = 'json' | 'ndjson';

/** The input as a whole is not what it should be; what came before it was handed out already. */
export class BrokenInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenInput';
  }
}

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const isSpace = (byte: number) =>
  byte === 32 || byte === 9 || byte === LF || byte === 13;

/** Collects the bytes of one value, up to its limit; what is beyond is counted only. */
class Collector {
  #parts: Uint8Array[] = [];
  #size = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#size += part.length;
    // A copy: whoever reads the file may use its buffer again.
    if (this.#size <= this.#maxBytes) this.#parts.push(part.slice());
    else this.#parts = [];
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  take(): Uint8Array | undefined {
    const bytes =
      this.#size <= this.#maxBytes ? Buffer.concat(this.#parts) : undefined;
    this.#parts = [];
    this.#size = 0;
    return bytes;
  }
}

/** Tells the bytes within a JSON string, where brackets and commas are only text. */
class Strings {
  #isOpen = false;
  #isEscaped = false;

  open(): void {
    this.#isOpen = true;
  }

  /** Whether the next byte belongs to a string that is open; the closing quotation mark does. */
  takes(byte: number): boolean {
    if (!this.#isOpen) return false;
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isOpen = false;
    return true;
  }
}

/**
 * Cuts a stream into values without holding more than one: the lines of NDJSON, the elements of one JSON array, or JSON
 * objects one after the other. `format` is found out where it is not given. Whether a value is good JSON is not judged here.
 * Throws BrokenInput when an array or an object has no end, or something stands after it.
 */
export async function* valuesOf(
  chunks: AsyncIterable<Uint8Array>,
  options: { format?: InputFormat; maxBytes: number },
): AsyncGenerator<RawValue> {
  const { format, maxBytes } = options;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const head = await opening(iterator, maxBytes);
    const first = head.find(byte => !isSpace(byte));
    if (first === undefined) return;
    const all = (async function* joined() {
      yield head;
      yield* { [Symbol.asyncIterator]: () => iterator };
    })();
    if (first === OPEN_ARRAY && format !== 'ndjson') {
      yield* elementsOf(all, maxBytes);
    } else if ((format ?? formatOf(head)) === 'ndjson') {
      yield* linesOf(all, maxBytes);
    } else {
      yield* objectsOf(all, maxBytes);
    }
  } finally {
    // Whoever stops early lets go of the input too, which may have no end.
    await iterator.return?.();
  }
}

/** The beginning of a stream, up to the end of its first line that is not blank, or as much of it as may be held. */
async function opening(
  iterator: AsyncIterator<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let isStarted = false;
  let isWholeLine = false;
  while (!isWholeLine && size <= maxBytes) {
    const next = await iterator.next();
    if (next.done) break;
    const part = next.value.slice();
    parts.push(part);
    size += part.length;
    for (const byte of part) {
      if (!isSpace(byte)) isStarted = true;
      else if (byte === LF && isStarted) isWholeLine = true;
    }
  }
  const bytes = Buffer.concat(parts);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

/** A text that runs over several lines when its first one stops in the middle of something; lines in every other case. */
function formatOf(head: Uint8Array): InputFormat {
  const text = Buffer.from(head).toString('utf8').trimStart();
  const lineEnd = text.indexOf('\n');
  return lineEnd >= 0 && /[{[,]\s*$/.test(text.slice(0, lineEnd))
    ? 'json'
    : 'ndjson';
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<RawValue> {
  const line = new Collector(maxBytes);
  let number = 0;
  const end = (): RawValue | undefined => {
    number += 1;
    const bytes = line.take();
    return bytes?.every(isSpace) ? undefined : { number, bytes };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, start)) {
      line.add(chunk.subarray(start, at));
      const value = end();
      if (value) yield value;
      start = at + 1;
    }
    line.add(chunk.subarray(start));
  }
  const last = end();
  if (last) yield last;
}

async function* elementsOf(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<RawValue> {
  const element = new Collector(maxBytes);
  let depth = 0;
  const strings = new Strings();
  let isOver = false;
  let isBlank = true;
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (strings.takes(byte) || isSpace(byte)) continue;
      if (isOver)
        throw new BrokenInput('Something stands after the end of the array');
      const closes = byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
      if (depth === 0) {
        depth = 1;
        start = i + 1;
      } else if (
        depth === 1 &&
        (byte === COMMA || byte === CLOSE_ARRAY) &&
        !(byte === CLOSE_ARRAY && isBlank && number === 0)
      ) {
        element.add(chunk.subarray(start, i));
        number += 1;
        yield { number, bytes: element.take() };
        start = i + 1;
        isBlank = true;
        isOver = byte === CLOSE_ARRAY;
      } else if (depth === 1 && byte === CLOSE_OBJECT) {
        throw new BrokenInput(
          'The array closes something that it never opened',
        );
      } else if (depth === 1 && byte === CLOSE_ARRAY) {
        isOver = true;
      } else {
        isBlank = false;
        if (byte === QUOTE) strings.open();
        else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth += 1;
        else if (closes) depth -= 1;
      }
    }
    if (!isOver) element.add(chunk.subarray(start));
  }
  if (!isOver) throw new BrokenInput('The array is cut off: it has no end');
}

async function* objectsOf(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<RawValue> {
  const object = new Collector(maxBytes);
  let depth = 0;
  const strings = new Strings();
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (strings.takes(byte)) continue;
      if (byte === QUOTE && depth > 0) {
        strings.open();
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (depth === 0) start = i;
        depth += 1;
      } else if (depth === 0) {
        if (!isSpace(byte))
          throw new BrokenInput(
            number === 0
              ? 'It is neither JSON nor lines of JSON'
              : `Something else than an object stands after object ${number}`,
          );
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth -= 1;
        if (depth === 0) {
          object.add(chunk.subarray(start, i + 1));
          number += 1;
          yield { number, bytes: object.take() };
          start = i + 1;
        }
      }
    }
    if (depth > 0) object.add(chunk.subarray(start));
  }
  if (depth > 0)
    throw new BrokenInput('The text is cut off: an object has no end');
}
