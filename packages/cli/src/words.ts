/** Where output goes; a test hands in its own. */
export interface Output {
  write(text: string): void;
  writeError(text: string): void;
}

/** What a command answers to the shell. */
export const exitCodes = { ok: 0, failed: 1, notChecked: 2 } as const;

/** The command was used wrongly, or a file could not be read: nothing was judged. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Text from a stranger's pack as a terminal may show it: no control characters, nothing that turns the writing round. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    '\ufffd',
  );
}

/** A count as people read it. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
