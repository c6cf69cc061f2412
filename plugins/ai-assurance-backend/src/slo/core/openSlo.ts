import { Document, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { durationInWords } from './duration';
import { eventMetrics, OpenSlo, sloSchema } from './openSloSchema';
import { ObjectiveDefinition, SloDefinition } from './types';
import { lineOf, pathInWords } from './yamlLines';

export interface ParsedDocuments {
  definitions: SloDefinition[];
  /** `file:line: field: reason`, one for each thing that is wrong. */
  problems: string[];
}

const otherKinds = [
  'SLI',
  'Service',
  'DataSource',
  'AlertPolicy',
  'AlertCondition',
  'AlertNotificationTarget',
];
const mostDocuments = 50;
const mostProblems = 50;
// Anchors are welcome; a file that unfolds into millions of nodes is not.
const mostAliases = 20;

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
  if (otherKinds.includes(value.kind)) {
    return {
      field: 'kind',
      why: `${value.kind} is part of OpenSLO v1 but not supported yet; only SLO with everything in place is`,
    };
  }
  return value.kind === 'SLO'
    ? undefined
    : { field: 'kind', why: `must be SLO, found ${shown(value.kind)}` };
}

function issuesOf(error: z.ZodError): { path: PropertyKey[]; why: string }[] {
  return error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({
          path: [...issue.path, key],
          why: 'is not a known field here',
        }))
      : [
          {
            path: issue.path,
            why: issue.message.endsWith('received undefined')
              ? 'is missing'
              : issue.message,
          },
        ],
  );
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(8))} %`;
}

function objectivesOf(slo: OpenSlo, windowMs: number): ObjectiveDefinition[] {
  const { metric, thresholdMs } =
    slo.spec.indicator.spec.ratioMetric.good.metricSource.spec;
  return slo.spec.objectives.map((objective, index) => {
    // 99.9 / 100 is 0.9990000000000001: the ratio that the author meant has few digits.
    const objectiveRatio =
      objective.target ??
      Number((objective.targetPercent! / 100).toPrecision(12));
    const slug = (objective.displayName ?? '')
      .toLocaleLowerCase('en-US')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40)
      .replace(/-$/, '');
    const within = thresholdMs === undefined ? '' : ` within ${thresholdMs} ms`;
    const promise = `at least ${percent(objectiveRatio)} of ${
      eventMetrics[metric].events
    } succeed${within}, over ${durationInWords(windowMs)}`;
    const title = objective.displayName ?? slo.metadata.displayName;
    return {
      objectiveName: slug || `objective-${index + 1}`,
      description: title
        ? `${title}: ${promise}`
        : `${promise[0].toLocaleUpperCase('en-US')}${promise.slice(1)}`,
      objectiveRatio,
    };
  });
}

function definitionOf(slo: OpenSlo): SloDefinition {
  const good = slo.spec.indicator.spec.ratioMetric.good.metricSource.spec;
  const windowMs = slo.spec.timeWindow[0].duration;
  return {
    sloName: slo.metadata.name,
    metric: good.metric,
    thresholdMs: good.thresholdMs,
    windowMs,
    objectives: objectivesOf(slo, windowMs),
  };
}

function repeated(names: string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

function plainValue(document: Document.Parsed): { value?: any; why?: string } {
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/**
 * Reads the OpenSLO documents of one file: several documents divided by `---`, or lists of them. A document with a
 * problem is left out as a whole and does not stop the others. Throws nothing.
 */
export function parseOpenSlo(text: string, file: string): ParsedDocuments {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
  });
  const definitions: SloDefinition[] = [];
  const problems: string[] = [];
  const problem = (line: number, field: string, why: string) =>
    problems.push(`${file}:${line}: ${field ? `${field}: ` : ''}${why}`);

  const take = (value: unknown, lineAt: (path: PropertyKey[]) => number) => {
    const header = wrongHeader(value);
    if (header) {
      problem(lineAt([header.field]), header.field, header.why);
      return;
    }
    const parsed = sloSchema.safeParse(value);
    if (!parsed.success) {
      for (const { path, why } of issuesOf(parsed.error)) {
        problem(lineAt(path), pathInWords(path), why);
      }
      return;
    }
    const definition = definitionOf(parsed.data);
    if (definitions.some(other => other.sloName === definition.sloName)) {
      problem(
        lineAt(['metadata', 'name']),
        'metadata.name',
        `${definition.sloName} is used by an earlier document`,
      );
      return;
    }
    const twice = repeated(definition.objectives.map(o => o.objectiveName));
    if (twice) {
      problem(
        lineAt(['spec', 'objectives']),
        'spec.objectives',
        `two objectives are named ${twice}; give each its own displayName`,
      );
      return;
    }
    definitions.push(definition);
  };

  let seenCount = 0;
  const takeWithinLimit: typeof take = (value, lineAt) => {
    seenCount += 1;
    if (seenCount <= mostDocuments) take(value, lineAt);
  };

  // An empty stream is no list but an object that says so.
  for (const document of Array.isArray(documents) ? documents : []) {
    if (document.errors.length > 0) {
      const [error] = document.errors;
      problem(
        lines.linePos(error.pos[0]).line,
        '',
        `not YAML: ${error.message}`,
      );
      continue;
    }
    const { value, why } = plainValue(document);
    if (why) {
      problem(lineOf(document, lines, []), '', `cannot be read: ${why}`);
    } else if (isSeq(document.contents)) {
      (value as unknown[]).forEach((item, index) =>
        takeWithinLimit(item, path =>
          lineOf(document, lines, [index, ...path]),
        ),
      );
    } else if (value !== null && value !== undefined) {
      takeWithinLimit(value, path => lineOf(document, lines, path));
    }
  }
  if (seenCount === 0 && problems.length === 0) {
    problem(1, '', 'holds no document');
  }
  if (seenCount > mostDocuments) {
    problem(
      1,
      '',
      `holds ${seenCount} documents; only the first ${mostDocuments} are read`,
    );
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
