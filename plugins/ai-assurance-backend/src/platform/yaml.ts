import { InputError } from '@backstage/errors';
import { Document, isMap, isNode, isScalar, LineCounter, visit } from 'yaml';
import { z } from 'zod';
import { shortened } from './shortened';
import { withCode } from './withCode';
import { parseYamlDocuments } from './yamlDocuments';

type Path = PropertyKey[];

/** The line where a value stands; for a missing value the line of the nearest parent that is there. */
function lineOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: Path,
  key?: string,
): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node =
      depth === 0
        ? document.contents
        : document.getIn(path.slice(0, depth), true);
    if (!isNode(node) || !node.range) continue;
    if (key !== undefined && depth === path.length && isMap(node)) {
      const pair = node.items.find(
        item => isScalar(item.key) && item.key.value === key,
      );
      if (isScalar(pair?.key) && pair.key.range)
        return lines.linePos(pair.key.range[0]).line;
    }
    return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function problemsOf(
  document: Document.Parsed,
  lines: LineCounter,
  error: z.ZodError,
): string[] {
  return error.issues.slice(0, 20).map(issue => {
    const unknownKey =
      issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const line = lineOf(document, lines, issue.path, unknownKey);
    const field =
      issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
    return `line ${line}: ${field}${shortened(issue.message)}`;
  });
}

/**
 * Reads every document of a YAML text and checks it against a schema. A bad document refuses the whole text: throws
 * `InputError` with code `BAD_FILE`, whose message names file, line, field and reason.
 */
export function readYaml<T extends z.ZodType>(
  text: string,
  file: string,
  schema: T,
): z.output<T>[] {
  const refuse: (problems: string[]) => never = problems => {
    throw withCode(
      new InputError(`${file}: ${problems.join('; ')}`),
      'BAD_FILE',
    );
  };
  const lines = new LineCounter();
  const documents = parseYamlDocuments(text, lines);
  if (documents.length === 0) refuse(['line 1: the file is empty']);
  return documents.map(document => {
    const [syntaxError] = document.errors;
    if (syntaxError)
      refuse([
        `line ${lines.linePos(syntaxError.pos[0]).line}: ${
          syntaxError.message
        }`,
      ]);
    // Aliases may blow a small file up to any size; none of our files needs them.
    visit(document, {
      Alias: (_key, alias) =>
        refuse([
          `line ${
            lines.linePos(alias.range![0]).line
          }: aliases are not supported`,
        ]),
    });
    const result = schema.safeParse(document.toJS());
    if (!result.success) refuse(problemsOf(document, lines, result.error));
    return result.data as z.output<T>;
  });
}
