import { OpenSloLoss } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { compileSlo } from './openslo/compile';
import { lossesOf } from './openslo/losses';
import { readOpenSlo } from './openslo/read';
import { resolveOpenSlo } from './openslo/resolve';
import { SloDefinition } from './types';

export interface ParsedDocuments {
  definitions: SloDefinition[];
  /** `file:line: field: reason`, one for each thing that is wrong or not measured. */
  problems: string[];
  /** What the documents say and nothing here makes use of. */
  lost: OpenSloLoss[];
}

const mostProblems = 50;

/**
 * Reads the OpenSLO v1 documents of one file, follows their references and answers what can be measured. A document with a
 * problem is left out as a whole and does not stop the others. `engines` are the names of the metrics engines in the
 * config. Throws nothing.
 */
export function parseOpenSlo(
  text: string,
  file: string,
  engines: readonly string[] = [],
): ParsedDocuments {
  const { documents, problems } = readOpenSlo(text, file);
  const resolved = resolveOpenSlo(documents);
  problems.push(...resolved.problems);
  const definitions: SloDefinition[] = [];
  for (const slo of resolved.slos) {
    const compiled = compileSlo(slo, engines);
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
    lost: lossesOf(
      documents.map(document => document.value),
      resolved.slos,
    ),
  };
}
