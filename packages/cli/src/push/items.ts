import { CanonicalError, canonicalize } from '@ai-assurance/evidence';
import { hash } from 'node:crypto';
import type { RawValue } from './values';

/** Longest item that is sent, in bytes as it was given; the server takes 262,144 characters in canonical form. */
export const maxItemBytes = 1024 * 1024;

/** An item ready to be sent, by the very text that was given. */
export interface PushItem {
  readonly where: string;
  readonly text: string;
  /** For people, as far as the item says so. */
  readonly source: string | undefined;
  readonly id: string | undefined;
}

/** What cannot be sent, and why. */
export interface Unsendable {
  readonly where: string;
  readonly code:
    | 'TOO_LARGE'
    | 'NOT_UTF8'
    | 'NOT_JSON'
    | 'NOT_AN_OBJECT'
    | 'NOT_CANONICAL';
  readonly message: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one value as an item to be sent. An item without an id gets one that follows from its content, so that sending it
 * again is sending the same. Everything else stays as it was written: no number is read and written anew.
 */
export function itemOf(value: RawValue, where: string): PushItem | Unsendable {
  if (value.bytes === undefined) {
    return {
      where,
      code: 'TOO_LARGE',
      message: `It is longer than ${maxItemBytes} bytes. Store larger facts elsewhere and name them by digest`,
    };
  }
  let text: string;
  try {
    text = decoder.decode(value.bytes).trim();
  } catch {
    return { where, code: 'NOT_UTF8', message: 'It is not UTF-8 text' };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { where, code: 'NOT_JSON', message: (error as Error).message };
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    return {
      where,
      code: 'NOT_AN_OBJECT',
      message: 'An item of evidence is a JSON object',
    };
  }
  const item = parsed as Record<string, unknown>;
  const source = textOf(item.source);
  if (Object.hasOwn(item, 'id'))
    return { where, text, source, id: textOf(item.id) };
  try {
    const id = idOf(item);
    return { where, text: withId(text, item, id), source, id };
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error;
    return {
      where,
      code: 'NOT_CANONICAL',
      message: `It has no id, and none can be derived: ${error.message}`,
    };
  }
}

/** `sha256:` and the SHA-256 of the item's canonical form. The same content has the same id, however it is written. */
function idOf(item: object): string {
  return `sha256:${hash('sha256', canonicalize(item), 'hex')}`;
}

function withId(text: string, item: object, id: string): string {
  const comma = Object.keys(item).length > 0 ? ',' : '';
  return `{"id":"${id}"${comma}${text.slice(1)}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
