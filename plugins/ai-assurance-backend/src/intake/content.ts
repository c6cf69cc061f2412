import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { Arrival } from './types';

/** Most bytes of one item that quarantine keeps. More than evidence may have in any way of writing it, within reason. */
export const maxContentBytes = 1024 * 1024;

/** What is kept of something larger. */
const truncatedBytes = 64 * 1024;

/** The bytes of an item as quarantine keeps them. */
export interface Content {
  text: string;
  encoding: 'text' | 'base64';
  /** Of all bytes that came. */
  sizeBytes: number;
  /** Of those that are kept. */
  keptBytes: number;
  /** Of all bytes that came. */
  digest: string;
}

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}

function bytesOf(arrival: Arrival): Uint8Array | undefined {
  if ('bytes' in arrival) return arrival.bytes;
  try {
    return Buffer.from(arrival.text ?? JSON.stringify(arrival.value) ?? 'null');
  } catch (error) {
    // Nested so deep that it cannot be written again, though it could be read.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The content of an item as it is kept; `undefined` when it cannot be written. Larger ones keep their beginning. */
export function contentOf(arrival: Arrival): Content | undefined {
  const all = bytesOf(arrival);
  if (!all) return undefined;
  const given = 'bytes' in arrival ? arrival : undefined;
  const kept =
    all.length > maxContentBytes ? all.subarray(0, truncatedBytes) : all;
  // PostgreSQL stores no NUL. A cut in the middle of a character is not worth a second encoding.
  const isText = isUtf8(all) && !all.includes(0);
  return {
    text: Buffer.from(kept).toString(isText ? 'utf8' : 'base64'),
    encoding: isText ? 'text' : 'base64',
    sizeBytes: given?.sizeBytes ?? all.length,
    keptBytes: kept.length,
    digest: given?.digest ?? digestOf(all),
  };
}
