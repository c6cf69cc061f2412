import type { z } from 'zod';
import {
  CanonicalError,
  canonicalize,
  MAX_CANONICAL_DEPTH,
  textOf,
} from '../canonical/canonicalize';
import {
  evidenceKinds,
  isEvidenceType,
  type EvidenceType,
} from '../kinds/kinds';
import { evidenceItemSchema, type EvidenceItem } from './item';
import { closestType, wordsOf } from './words';
import { isQuickEnvelope, isQuickItem } from './quick';

/** Longest item accepted, in characters of its canonical form. Larger facts are stored elsewhere and named by digest. @public */
export const MAX_ITEM_LENGTH = 256 * 1024;

const MAX_PROBLEMS = 20;
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Why something is not an item of evidence.
 * - `INVALID_ITEM`: not a CloudEvent of the shape that evidence has
 * - `INVALID_PAYLOAD`: its payload does not follow the schema of its kind
 * - `UNKNOWN_TYPE`: no such kind
 * - `UNKNOWN_VERSION`: a known kind in a version that this release cannot read
 * - `NOT_CANONICAL`: it holds values without an exact JSON form
 * - `FORBIDDEN_NAME`: a member name that JavaScript treats as code
 * - `TOO_LARGE`, `TOO_DEEP`: beyond what a reader can be asked to hold
 * @public
 */
export type ItemProblemCode =
  | 'INVALID_ITEM'
  | 'INVALID_PAYLOAD'
  | 'UNKNOWN_TYPE'
  | 'UNKNOWN_VERSION'
  | 'NOT_CANONICAL'
  | 'FORBIDDEN_NAME'
  | 'TOO_LARGE'
  | 'TOO_DEEP';

/** Canonical texts of what an item holds, as they are hashed and stored. @public */
export interface ItemTexts {
  readonly envelope: string;
  readonly payload: string;
}

/** An item, or why there is none: each problem names the member by JSON pointer. @public */
export type ItemReading =
  | {
      readonly ok: true;
      readonly item: EvidenceItem;
      /** Made while reading. The item MUST NOT be changed afterwards: it would say other than they. */
      readonly texts: ItemTexts;
    }
  | {
      readonly ok: false;
      readonly code: ItemProblemCode;
      readonly problems: string[];
    };

/** A class, so that the texts are no member of their own: a reading still compares and prints as its item. */
class GoodItem {
  readonly ok = true;
  readonly item: EvidenceItem;
  readonly #texts: ItemTexts;

  constructor(item: EvidenceItem, texts: ItemTexts) {
    this.item = item;
    this.#texts = texts;
  }

  get texts(): ItemTexts {
    return this.#texts;
  }
}

/**
 * Reads what a stranger handed in as evidence: shape, payload of its kind, sizes and order of times. Never throws; a
 * negative answer is a value, for quarantine. Judges no clock and no subject's existence: the caller does.
 * @public
 */
export function readEvidenceItem(value: unknown): ItemReading {
  return readQuickly(value) ?? readCarefully(value);
}

/** Reads anything, and finds the words for what is wrong with it. */
export function readCarefully(value: unknown): ItemReading {
  const unsafe = canonicalProblem(value);
  if (unsafe) return unsafe;
  const shape = evidenceItemSchema.safeParse(value);
  if (!shape.success)
    return problem('INVALID_ITEM', problemsOf(shape.error, value, ''));
  const item = shape.data;
  if (!isEvidenceType(item.type)) return unknownType(item.type);
  const payload = evidenceKinds[item.type].safeParse(item.data.payload);
  if (!payload.success)
    return problem(
      'INVALID_PAYLOAD',
      problemsOf(payload.error, item.data.payload, '/data/payload'),
    );
  const times = timeProblems(item);
  if (times.length > 0) return problem('INVALID_ITEM', times);
  return new GoodItem(item, {
    envelope: canonicalize(item.data.envelope),
    payload: canonicalize(item.data.payload),
  });
}

/** Room for all but envelope and payload, however their characters are written. */
const ATTRIBUTES_LENGTH = 8192;

/**
 * A good item at the least cost, which nearly all are: shape without a copy, canonical texts in one walk, and only the
 * payload's own rules by its schema. `undefined` for all that needs a closer look, good or not.
 */
function readQuickly(value: unknown): ItemReading | undefined {
  if (!isQuickItem(value)) return undefined;
  const { envelope, payload } = value.data;
  // An item has depth 1, its data 2.
  const envelopeText = textOf(envelope, 2);
  const payloadText = textOf(payload, 2);
  if (
    envelopeText === undefined ||
    payloadText === undefined ||
    envelopeText.length + payloadText.length >
      MAX_ITEM_LENGTH - ATTRIBUTES_LENGTH ||
    mayNameForbidden(envelopeText) ||
    mayNameForbidden(payloadText) ||
    !isQuickEnvelope(envelope)
  )
    return undefined;
  if (!evidenceKinds[value.type as EvidenceType].safeParse(payload).success)
    return undefined;
  if (timeProblems(value).length > 0) return undefined;
  return new GoodItem(value, { envelope: envelopeText, payload: payloadText });
}

/** Quotation marks within a string are escaped, so a name followed by a colon is found nowhere but in its place. */
function mayNameForbidden(text: string): boolean {
  return (
    text.includes('"__proto__":') ||
    text.includes('"constructor":') ||
    text.includes('"prototype":')
  );
}

/** What no JSON text of ours may hold, found before any schema touches it. */
function canonicalProblem(value: unknown): ItemReading | undefined {
  try {
    const text = canonicalize(value);
    if (text.length > MAX_ITEM_LENGTH) {
      return problem('TOO_LARGE', [
        `The item has ${text.length} characters, ${MAX_ITEM_LENGTH} are allowed`,
      ]);
    }
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error;
    return error.code === 'TOO_DEEP'
      ? problem('TOO_DEEP', [
          `Nested deeper than ${MAX_CANONICAL_DEPTH} levels`,
        ])
      : problem('NOT_CANONICAL', [error.message]);
  }
  const name = forbiddenName(value, '');
  return name === undefined
    ? undefined
    : problem('FORBIDDEN_NAME', [`${name}: this member name is not allowed`]);
}

function forbiddenName(value: unknown, path: string): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}/${name}`;
    if (!Array.isArray(value) && FORBIDDEN_NAMES.has(name)) return at;
    const below = forbiddenName(member, at);
    if (below !== undefined) return below;
  }
  return undefined;
}

function unknownType(type: string): ItemReading {
  const kind = type.slice(0, type.lastIndexOf('.'));
  const known = Object.keys(evidenceKinds).filter(
    k => k.slice(0, k.lastIndexOf('.')) === kind,
  );
  return known.length > 0
    ? problem('UNKNOWN_VERSION', [
        `/type: ${type} is a version that this release cannot read; it reads ${known.join(
          ', ',
        )}`,
      ])
    : problem('UNKNOWN_TYPE', [
        `/type: there is no evidence of type ${type}${closestType(type)}`,
      ]);
}

function timeProblems(item: EvidenceItem): string[] {
  const { windowStart, windowEnd, collectedAt, expiresAt } = item.data.envelope;
  const problems: string[] = [];
  if ((windowStart === undefined) !== (windowEnd === undefined)) {
    problems.push('/data/envelope: a window has a start and an end');
  } else if (
    windowStart !== undefined &&
    Date.parse(windowStart) >= Date.parse(windowEnd!)
  ) {
    problems.push(
      '/data/envelope/windowEnd: the window ends before it starts, or is empty',
    );
  }
  if (
    expiresAt !== undefined &&
    Date.parse(expiresAt) <= Date.parse(collectedAt)
  ) {
    problems.push(
      '/data/envelope/expiresAt: the item expired before it was collected',
    );
  }
  return problems;
}

function problemsOf(
  error: z.ZodError,
  value: unknown,
  prefix: string,
): string[] {
  return error.issues
    .slice(0, MAX_PROBLEMS)
    .map(
      issue =>
        `${prefix}${
          issue.path.map(step => `/${String(step)}`).join('') ||
          (prefix ? '' : '/')
        }: ${wordsOf(issue, value)}`,
    );
}

function problem(code: ItemProblemCode, problems: string[]): ItemReading {
  return { ok: false, code, problems };
}
