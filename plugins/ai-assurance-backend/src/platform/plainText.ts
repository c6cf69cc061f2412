import { InputError } from '@backstage/errors';
import { shortened } from './shortened';
import { withCode } from './withCode';

/**
 * Characters that nobody sees, and that change how the text around them is seen: controls other than tabulators and line
 * breaks, embeddings, overrides and isolates of the writing direction, separators of lines and paragraphs, byte order marks,
 * annotations of interlinear text, tags, and halves of surrogate pairs. Marks that words of some languages need are not among
 * them: joiners, and the marks of direction.
 */
const hidden =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

const codePoint = (text: string) =>
  `U+${text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

/** Deeper than any of our requests; whoever sends more means no good. */
const deepest = 50;

function requireText(text: string, where: string): void {
  const found = hidden.exec(text);
  if (!found) return;
  throw withCode(
    new InputError(
      `${shortened(
        where,
      )}: holds a character that cannot be seen or that turns the text around it, ${codePoint(
        found[0],
      )} at place ${found.index + 1}. Type the text again without it.`,
    ),
    'HIDDEN_CHARACTERS',
  );
}

/**
 * Sees to it that what people typed reads as it looks: every text and every name in a request. Throws InputError
 * `HIDDEN_CHARACTERS` with place and character, and `TOO_DEEP`.
 */
export function requirePlainText(
  value: unknown,
  where: string,
  depth: number = 0,
): void {
  if (typeof value === 'string') {
    requireText(value, where);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > deepest)
    throw withCode(
      new InputError(
        `${shortened(where)}: is nested more than ${deepest} levels deep.`,
      ),
      'TOO_DEEP',
    );
  if (Array.isArray(value)) {
    value.forEach((item, at) =>
      requirePlainText(item, `${where}.${at}`, depth + 1),
    );
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    requireText(name, where);
    requirePlainText(member, `${where}.${name}`, depth + 1);
  }
}
