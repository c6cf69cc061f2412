import type { z } from 'zod';
import { evidenceKinds } from '../kinds/kinds';
import { entityRefPattern } from './envelope';
import { evidenceTypePattern } from './item';

/** What is wrong at a place of a value, with the way it is written where people are known to trip. */
export function wordsOf(issue: z.core.$ZodIssue, value: unknown): string {
  // A rule of a kind and an unknown member speak for themselves, and are told at a place that may be empty.
  if (issue.code === 'custom' || issue.code === 'unrecognized_keys')
    return issue.message;
  const found = valueAt(value, issue.path);
  if (found === undefined) return 'is missing';
  if (issue.code !== 'invalid_format') return issue.message;
  if (issue.format === 'datetime')
    return 'must be UTC with Z, for example 2026-11-22T13:00:00.000Z';
  if (issue.pattern === String(entityRefPattern))
    return 'write it in full and lower case, for example resource:default/digit-reader';
  if (issue.pattern === String(evidenceTypePattern))
    return `is no type of evidence${
      closestType(String(found)) ||
      '; write it in full, for example io.ai-assurance.evaluation.v1'
    }`;
  return issue.message;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.hasOwn(found, step)
      ? (found as Record<PropertyKey, unknown>)[step]
      : undefined;
  }
  return found;
}

const shortestLikeness = 4;

/** `evaluation` of `io.ai-assurance.evaluation.v1`, and of what people write instead. */
function nameOf(type: string): string {
  return type
    .toLowerCase()
    .replace(/\.v[0-9]+$/, '')
    .replace(/^.*\./, '')
    .replace(/[^a-z]+/g, '-');
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** How many characters two names share: one within the other, or from their start. */
function likeness(a: string, b: string): number {
  return a.includes(b) || b.includes(a)
    ? Math.min(a.length, b.length)
    : commonStart(a, b);
}

/** The type that was probably meant, as the end of a sentence; nothing when none is alike. */
export function closestType(type: string): string {
  const name = nameOf(type.slice(0, 300));
  let best: { type: string; like: number; extra: number } | undefined;
  for (const known of Object.keys(evidenceKinds)) {
    const kind = nameOf(known);
    const like = likeness(name, kind);
    const extra = Math.abs(name.length - kind.length);
    if (
      like >= shortestLikeness &&
      (!best || like > best.like || (like === best.like && extra < best.extra))
    )
      best = { type: known, like, extra };
  }
  return best ? `; did you mean ${best.type}?` : '';
}
