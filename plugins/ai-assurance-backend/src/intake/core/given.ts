import { entityRefSchema } from '@ai-assurance/evidence';
import { Given } from '../types';

/** Longest text that is kept of what an item says of itself, in characters. */
const maxGivenLength = 300;

// Half of a surrogate pair has no UTF-8 form, and PostgreSQL cannot store NUL.
const unstorable = /[\p{Cc}\p{Cs}]/gu;

/** A text of a stranger, such that every database can store it and every page can show it in one line. */
export function storable(text: string, maxLength: number): string {
  // Cut first, since a cut may leave half of a pair behind.
  return text.slice(0, maxLength).replace(unstorable, '\ufffd');
}

/** What a value that is no good item says of itself, as far as that can be read. */
export function givenBy(value: unknown): Given {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return {};
  const textOf = (name: string): string | undefined => {
    const text = Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
    return typeof text === 'string'
      ? storable(text, maxGivenLength)
      : undefined;
  };
  const { data: subject } = entityRefSchema.safeParse(textOf('subject'));
  return {
    source: textOf('source'),
    id: textOf('id'),
    type: textOf('type'),
    subject,
  };
}
