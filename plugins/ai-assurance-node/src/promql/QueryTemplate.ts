import { InputError } from '@backstage/errors';
import { CollectorError, CollectorSubject } from '../collector';
import { QuotedText, readPromQL } from './readPromQL';

type Part = string | { name: string; inside: QuotedText };

const placeholder = /\$\{([^{}]*)\}/g;
const fixedNames = ['subject', 'kind', 'namespace', 'name'];
const annotationPrefix = 'annotation:';

/** What the places of a {@link QueryTemplate} are filled from. @public */
export type TemplateSubject = Pick<
  CollectorSubject,
  'entityRef' | 'annotations'
>;

/**
 * An expression with places for what belongs to a subject: `${subject}`, `${kind}`, `${namespace}`, `${name}` and
 * `${annotation:<key>}`, each within quotes, and `${window}` wherever a duration stands. What is filled in is escaped for its
 * place, so that no annotation can change what is asked.
 * @public
 */
export class QueryTemplate {
  readonly #parts: readonly Part[];

  private constructor(parts: Part[]) {
    this.#parts = parts;
  }

  /**
   * Reads an expression. Throws InputError, with the path of the config and the place in the expression, when it is no
   * PromQL, or a place is unknown or not within quotes.
   */
  static read(text: string, path: string, window: string): QueryTemplate {
    const windowed = text.replaceAll('${window}', window);
    const { problem, quoted } = readPromQL(withoutNames(windowed));
    if (problem)
      throw new InputError(
        `${path}: no PromQL at line ${problem.line}, column ${problem.column}`,
      );
    const parts: Part[] = [];
    let at = 0;
    for (const match of windowed.matchAll(placeholder)) {
      const [whole, name] = match;
      const inside = quoted.find(
        one => one.from < match.index && match.index + whole.length < one.to,
      );
      const isKnown =
        fixedNames.includes(name) ||
        (name.startsWith(annotationPrefix) &&
          name.length > annotationPrefix.length);
      if (!isKnown)
        throw new InputError(
          `${path}: ${whole} is unknown; there are ${[
            ...fixedNames.map(fixed => `\${${fixed}}`),
            `\${${annotationPrefix}<key>}`,
            '${window}',
          ].join(', ')}`,
        );
      if (!inside || inside.quote === '`')
        throw new InputError(
          `${path}: ${whole} has to stand within double or single quotes`,
        );
      parts.push(windowed.slice(at, match.index), { name, inside });
      at = match.index + whole.length;
    }
    parts.push(windowed.slice(at));
    return new QueryTemplate(parts);
  }

  /** Annotations without which there is nothing to ask. */
  get annotations(): string[] {
    return this.#parts.flatMap(part =>
      typeof part !== 'string' && part.name.startsWith(annotationPrefix)
        ? [part.name.slice(annotationPrefix.length)]
        : [],
    );
  }

  /** The expression about a subject. Throws CollectorError `misconfigured` when an annotation is missing. */
  fill(subject: TemplateSubject): string {
    return this.#parts
      .map(part =>
        typeof part === 'string'
          ? part
          : escaped(valueOf(part.name, subject), part.inside),
      )
      .join('');
  }
}

/** The same text with letters for the places, so that braces and colons within them trouble no grammar. */
function withoutNames(text: string): string {
  return text.replace(placeholder, whole => 'x'.repeat(whole.length));
}

function valueOf(name: string, { entityRef, annotations }: TemplateSubject) {
  const [, kind, namespace, ownName] =
    /^([^:]+):([^/]+)\/(.+)$/.exec(entityRef) ?? [];
  const value = name.startsWith(annotationPrefix)
    ? annotations[name.slice(annotationPrefix.length)]
    : { subject: entityRef, kind, namespace, name: ownName }[name];
  if (value === undefined)
    throw new CollectorError(
      'misconfigured',
      `the query needs ${name}, which ${entityRef} does not have`,
    );
  return value;
}

function escaped(value: string, { quote, isPattern }: QuotedText): string {
  const literal = isPattern
    ? value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    : value;
  return literal
    .replace(/\\/g, '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r');
}
