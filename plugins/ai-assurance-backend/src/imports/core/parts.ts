import {
  ImportError,
  ImportFailureCode,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { z } from 'zod';
import { jsonFaultAt } from './jsonFault';

/** Facts that one report may give; more of them would be a log, not a report. */
export const MAX_FACTS = 500;

export function refuse(code: ImportFailureCode, message: string): never {
  throw new ImportError(code, message);
}

/** Where a text stops being JSON, in words. V8 would quote the text around a fault, which may be a prompt. */
function placeOf(text: string): string {
  const at = jsonFaultAt(text);
  if (at === undefined) return 'a place that is not known';
  if (at >= text.length) return 'its end: it was cut off';
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const next = text.indexOf('\n', lineStart);
    if (next < 0 || next >= at) break;
    line += 1;
    lineStart = next + 1;
  }
  return `line ${line}, column ${at - lineStart + 1}`;
}

/** Parses a report that is one JSON value. Throws `NOT_RECOGNISED` with the place of the fault. */
export function parseJsonReport(text: string, what: string): unknown {
  if (text.trim() === '') return refuse('NOT_RECOGNISED', 'The file is empty.');
  try {
    return JSON.parse(text);
  } catch {
    return refuse(
      'NOT_RECOGNISED',
      `The file is no JSON: a fault at ${placeOf(text)}. Expected is ${what}.`,
    );
  }
}

/** One line of a file of lines. */
export interface JsonLine {
  line: number;
  value: Record<string, unknown>;
}

/** Parses a report of one JSON object a line; empty lines are passed over. */
export function parseJsonLines(text: string, what: string): JsonLine[] {
  const lines: JsonLine[] = [];
  text.split('\n').forEach((raw, index) => {
    if (raw.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(raw);
    } catch {
      refuse(
        lines.length === 0 ? 'NOT_RECOGNISED' : 'BROKEN_REPORT',
        `line ${index + 1} is no JSON: a fault at ${placeOf(raw).replace(
          'line 1, ',
          '',
        )}. Expected is ${what}.`,
      );
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      refuse(
        lines.length === 0 ? 'NOT_RECOGNISED' : 'BROKEN_REPORT',
        `line ${index + 1} is no JSON object. Expected is ${what}.`,
      );
    lines.push({ line: index + 1, value: value as Record<string, unknown> });
  });
  if (lines.length === 0) refuse('NOT_RECOGNISED', 'The file is empty.');
  return lines;
}

/** Reads a part of a report. Throws `BROKEN_REPORT` naming the first three places that do not fit. */
export function readPart<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: string,
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 3).map(issue => {
    const place = [where, ...issue.path.map(String)]
      .filter(step => step !== '')
      .join('.');
    return `${place}: ${issue.message}`;
  });
  return refuse('BROKEN_REPORT', problems.join('; '));
}

/** Digest of any JSON value by its canonical form. */
export function digestOfValue(value: unknown): string {
  return digestOf(utf8(canonicalize(value as never)));
}

/** Members in the order of their names, at every depth; `JSON.stringify` writes the rest the same way each time. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, inOrder(member)]);
}

/**
 * Digest of what a report was made from, such as a prompt: of any JSON value, also of those without a canonical form, whose
 * numbers are beyond what is exact.
 */
export function digestOfContent(value: unknown): string {
  return digestOf(utf8(JSON.stringify(inOrder(value)) ?? ''));
}

/** An instant that names its offset, in UTC; `undefined` for one that does not say where its clock stood. */
export function instantWithOffset(text: unknown): number | undefined {
  if (
    typeof text !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(text)
  )
    return undefined;
  const ms = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** Statuses a tool's own word can become, worst first. */
const worstFirst = ['fail', 'inconclusive', 'warn', 'pass'] as const;
export type ToolStatus = (typeof worstFirst)[number];

/** The worst of what the checks of a tool said, with its reason. */
export function worstCheck<T extends { status: string; reason: string }>(
  checks: readonly T[],
): { status: ToolStatus; reason: string } {
  for (const status of worstFirst) {
    const found = checks.find(check => check.status === status);
    if (found) return { status, reason: found.reason };
  }
  return { status: 'inconclusive', reason: 'no-data' };
}

/**
 * What a tool said, unless it is a pass that nobody can weigh: without n, or without a stretch of time or the digest of the
 * data, it is not known of what it is true.
 */
export function weighed(
  said: { status: ToolStatus; reason: string },
  support: { count: number | null | undefined; isPinned: boolean },
): { status: ToolStatus; reason: string } {
  if (said.status !== 'pass' && said.status !== 'warn') return said;
  if (support.count === null || support.count === undefined)
    return { status: 'inconclusive', reason: 'count-not-stated' };
  if (!support.isPinned)
    return { status: 'inconclusive', reason: 'window-and-dataset-not-stated' };
  return said;
}

/** Most parts of one kind that an item of evidence lists. */
export const mostCategories = 200;
export const mostFeatures = 500;

const order = ['fail', 'inconclusive', 'warn'];

/** As many as an item may list, the worst first where there are more; in their order where all fit. */
export function worstOf<T extends { status: string }>(
  parts: readonly T[],
  most: number,
): T[] {
  if (parts.length <= most) return [...parts];
  const rank = ({ status }: T) => {
    const at = order.indexOf(status);
    return at < 0 ? order.length : at;
  };
  return [...parts].sort((a, b) => rank(a) - rank(b)).slice(0, most);
}

/** What to say where an item lists fewer parts than the report has; nothing where it lists them all. */
export function cappedNote(
  count: number,
  most: number,
  what: string,
): string[] {
  return count > most
    ? [
        `Of ${count} ${what} the ${most} worst are listed; all of them are in the totals.`,
      ]
    : [];
}
