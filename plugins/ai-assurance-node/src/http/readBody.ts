import { CollectorError } from '../collector';

/**
 * Reads an answer as text, and stops as soon as it is larger than allowed. Throws a CollectorError: `too-large`, or
 * `malformed-answer` when the bytes are no UTF-8.
 */
export async function readBody(
  response: Response,
  maxBytes: number,
  at: string,
): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = response.body?.getReader();
  if (!reader) return '';
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > maxBytes) {
        throw new CollectorError(
          'too-large',
          `${at}: the answer is larger than ${maxBytes} bytes; ask for less, or raise the limit`,
        );
      }
      text += decode(() => decoder.decode(value, { stream: true }), at);
    }
    return text + decode(() => decoder.decode(), at);
  } finally {
    // Without this a broken-off answer would keep its socket until the system gives up.
    await reader.cancel().catch(() => {});
  }
}

function decode(work: () => string, at: string): string {
  try {
    return work();
  } catch {
    throw new CollectorError(
      'malformed-answer',
      `${at}: the answer is no UTF-8`,
    );
  }
}
