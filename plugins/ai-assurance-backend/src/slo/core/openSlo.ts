import { compileSlo } from './openslo/compile';
import { readOpenSlo } from './openslo/read';
import { resolveOpenSlo } from './openslo/resolve';
import { SloDefinition } from './types';

export interface ParsedDocuments {
  definitions: SloDefinition[];
  /** `file:line: field: reason`, one for each thing that is wrong or not measured. */
  problems: string[];
}

const mostProblems = 50;

/**
 * Reads the OpenSLO v1 documents of one file, follows their references and answers what can be measured. A document with a
 * problem is left out as a whole and does not stop the others. Throws nothing.
 */
export function parseOpenSlo(text: string, file: string): ParsedDocuments {
  const { documents, problems } = readOpenSlo(text, file);
  const resolved = resolveOpenSlo(documents);
  problems.push(...resolved.problems);
  const definitions: SloDefinition[] = [];
  for (const slo of resolved.slos) {
    const compiled = compileSlo(slo);
    if ('definition' in compiled) definitions.push(compiled.definition);
    else problems.push(...compiled.problems);
  }
  const surplus = problems.length - mostProblems;
  return {
    definitions,
    problems:
      surplus > 0
        ? [...problems.slice(0, mostProblems), `${file}: and ${surplus} more`]
        : problems,
  };
}
