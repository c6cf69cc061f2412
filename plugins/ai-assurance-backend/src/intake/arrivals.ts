import { isUtf8 } from 'node:buffer';
import { Arrival } from './types';

/** Reads bytes as JSON. Bytes that are none are an arrival too: somebody has to see them. */
export function parseJson(bytes: Uint8Array): Arrival & { text?: string } {
  if (!isUtf8(bytes)) {
    return {
      bytes,
      code: 'NOT_UTF8',
      message: 'These bytes are no UTF-8 text. JSON is written in UTF-8.',
    };
  }
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    bytes.byteLength,
  ).toString('utf8');
  try {
    return { value: JSON.parse(text), text };
  } catch (error) {
    return {
      bytes,
      code: 'NOT_JSON',
      message: `This is not JSON: ${(error as Error).message}`,
    };
  }
}
