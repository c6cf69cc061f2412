import { Document, isSeq, LineCounter } from 'yaml';
import { z } from 'zod';
import { parseYamlDocuments } from '../../../platform';
import { lineOf, pathInWords } from '../yamlLines';
import { OPENSLO_KINDS, OpenSloKind } from './parts';
import { AnyDocument, documentSchemas } from './schema';

/** A document that follows its schema, with where it stands. */
export interface ReadDocument {
  value: AnyDocument;
  /** `file:line` of the member at a path, for problems that show only beside other documents. */
  at(path: readonly PropertyKey[]): string;
}

export interface ReadDocuments {
  documents: ReadDocument[];
  /** `file:line: field: reason`, one for each thing that is wrong. */
  problems: string[];
}

const mostDocuments = 50;
// Anchors are welcome; a file that unfolds into millions of nodes is not.
const mostAliases = 20;
const mostPlaced = 50;

function wrongHeader(value: any): { field: string; why: string } | undefined {
  const shown = (v: unknown) =>
    v === undefined ? 'nothing' : JSON.stringify(v).slice(0, 60);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { field: '', why: 'is not an OpenSLO document' };
  }
  if (value.apiVersion !== 'openslo/v1') {
    return {
      field: 'apiVersion',
      why: `must be openslo/v1, found ${shown(value.apiVersion)}`,
    };
  }
  return OPENSLO_KINDS.includes(value.kind)
    ? undefined
    : {
        field: 'kind',
        why: `must be one of ${OPENSLO_KINDS.join(', ')}, found ${shown(
          value.kind,
        )}`,
      };
}

/** Of a union no branch fitted: the branch that came furthest says what was meant. */
function closestBranch(issue: z.core.$ZodIssueInvalidUnion) {
  return [...issue.errors].sort((a, b) => {
    const unknownFields = (branch: z.core.$ZodIssue[]) =>
      branch.filter(
        one => one.path.length === 0 && one.code === 'unrecognized_keys',
      ).length;
    return unknownFields(a) - unknownFields(b) || a.length - b.length;
  })[0];
}

function issuesOf(
  issues: readonly z.core.$ZodIssue[],
  below: PropertyKey[] = [],
): { path: PropertyKey[]; why: string }[] {
  return issues.flatMap(issue => {
    const path = [...below, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0)
      return issuesOf(closestBranch(issue), path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => ({
        path: [...path, key],
        why: 'is not a known field here',
      }));
    }
    return [
      {
        path,
        why: issue.message.endsWith('received undefined')
          ? 'is missing'
          : issue.message,
      },
    ];
  });
}

function plainValue(document: Document.Parsed): { value?: any; why?: string } {
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/**
 * Reads the OpenSLO v1 documents of one file: several divided by `---`, or lists of them, of any kind. A document with a
 * problem is left out as a whole and does not stop the others. Follows no reference; see resolve. Throws nothing.
 */
export function readOpenSlo(text: string, file: string): ReadDocuments {
  const lines = new LineCounter();
  const streams = parseYamlDocuments(text, lines);
  const documents: ReadDocument[] = [];
  const problems: string[] = [];
  const problem = (line: number, field: string, why: string) =>
    problems.push(`${file}:${line}: ${field ? `${field}: ` : ''}${why}`);

  let seenCount = 0;
  const take = (
    value: any,
    lineAt: (path: readonly PropertyKey[]) => number,
  ) => {
    seenCount += 1;
    if (seenCount > mostDocuments) return;
    const header = wrongHeader(value);
    if (header) {
      problem(lineAt([header.field]), header.field, header.why);
      return;
    }
    const parsed = documentSchemas[value.kind as OpenSloKind].safeParse(value);
    if (parsed.success) {
      documents.push({
        value: parsed.data as AnyDocument,
        at: path => `${file}:${lineAt(path)}: ${pathInWords(path)}`,
      });
      return;
    }
    // Beyond the first they are counted and not shown: finding the line of each of ten thousand would take seconds.
    const top = lineAt([]);
    issuesOf(parsed.error.issues).forEach(({ path, why }, index) =>
      problem(index < mostPlaced ? lineAt(path) : top, pathInWords(path), why),
    );
  };

  for (const stream of streams) {
    if (stream.errors.length > 0) {
      const [error] = stream.errors;
      problem(
        lines.linePos(error.pos[0]).line,
        '',
        `not YAML: ${error.message}`,
      );
      continue;
    }
    const { value, why } = plainValue(stream);
    if (why) {
      problem(lineOf(stream, lines, []), '', `cannot be read: ${why}`);
    } else if (isSeq(stream.contents)) {
      (value as unknown[]).forEach((item, index) =>
        take(item, path => lineOf(stream, lines, [index, ...path])),
      );
    } else if (value !== null && value !== undefined) {
      take(value, path => lineOf(stream, lines, path));
    }
  }
  if (seenCount === 0 && problems.length === 0)
    problem(1, '', 'holds no document');
  if (seenCount > mostDocuments) {
    problem(
      1,
      '',
      `holds ${seenCount} documents; only the first ${mostDocuments} are read`,
    );
  }
  return { documents, problems };
}
