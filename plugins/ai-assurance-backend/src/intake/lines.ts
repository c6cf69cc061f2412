import { createHash, Hash } from 'node:crypto';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** A line of a stream, or what is kept of one that is too long. */
export type Line =
  | { bytes: Buffer }
  | { tooLong: true; beginning: Buffer; sizeBytes: number; digest: string };

/** Cuts bytes into lines as they come. Holds at most one line of `maxLineBytes`; of longer ones only their beginning. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  /** Of the line that is too long, while it goes on. */
  #digest: Hash | undefined;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that these bytes end. Empty lines are left out. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (
      let end = chunk.indexOf(newline);
      end >= 0;
      end = chunk.indexOf(newline, start)
    ) {
      this.#add(chunk.subarray(start, end));
      this.#end(lines);
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
    return lines;
  }

  /** The last line, when nothing ends it. */
  end(): Line[] {
    const lines: Line[] = [];
    this.#end(lines);
    return lines;
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#size += part.length;
    if (this.#digest) {
      this.#digest.update(part);
    } else {
      this.#parts.push(part);
      if (this.#size > this.#maxLineBytes) {
        this.#digest = createHash('sha256');
        for (const held of this.#parts) this.#digest.update(held);
        this.#parts = [
          Buffer.concat(this.#parts).subarray(0, this.#maxLineBytes),
        ];
      }
    }
  }

  #end(lines: Line[]): void {
    const size = this.#size;
    if (this.#digest) {
      lines.push({
        tooLong: true,
        beginning: this.#parts[0],
        sizeBytes: size,
        digest: `sha256:${this.#digest.digest('hex')}`,
      });
    } else if (size > 0) {
      const whole =
        this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
      const bytes =
        whole[whole.length - 1] === carriageReturn
          ? whole.subarray(0, -1)
          : whole;
      if (bytes.length > 0) lines.push({ bytes });
    }
    this.#parts = [];
    this.#size = 0;
    this.#digest = undefined;
  }
}
