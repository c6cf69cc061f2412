import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { JsonValue } from '@backstage/types';

const code = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;

/**
 * Another system's label as evidence can hold it: unchanged where it is a code already, else with dashes for what a code
 * cannot hold and the beginning of its SHA-256, so that two labels never become one. Always the same for the same label.
 * Throws a RangeError for an empty one.
 * @public
 */
export function codeOfLabel(label: string): string {
  if (label === '') throw new RangeError('an empty label names nothing');
  if (code.test(label)) return label;
  const words = label
    .replace(/[^A-Za-z0-9._:/+-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 80);
  const mark = shortDigestOf(label);
  return words === '' ? mark : `${words}-${mark}`;
}

/**
 * The first 16 hexadecimal digits of the SHA-256 of a value's canonical form: for ids of facts and for noticing a change.
 * Throws a CanonicalError for a value without an exact JSON form.
 * @public
 */
export function shortDigestOf(value: JsonValue): string {
  return digestOf(utf8(canonicalize(value))).slice(7, 23);
}
