import {
  inconclusive,
  severityRank,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Envelope } from '@ai-assurance/evidence';
import { Rule } from './rule';

/** An item of evidence, as far as a rule may look at it. */
export interface Fact {
  evidenceId: string;
  position: number;
  timeMs: number;
  expiresAtMs: number | undefined;
  envelope: Envelope;
  payload: Record<string, unknown>;
  /** The payload was redacted. It said something that nobody can read any more, so it is never as if it had not been. */
  isErased?: true;
}

export interface JudgeInput {
  rule: Rule;
  /** Items of the rule's kind about the subject, in any order. */
  facts: Fact[];
  /** Digests that `version: each-live` or `version: proposed` asks about; not used by other rules. */
  digests: string[];
  nowMs: number;
}

/** Reads `payload.a.b` or `envelope.a`; own properties only, so that a path can never reach a prototype. */
export function valueAt(
  fact: Pick<Fact, 'payload' | 'envelope'>,
  path: string,
): unknown {
  let value: unknown = { payload: fact.payload, envelope: fact.envelope };
  for (const part of path.split('.')) {
    if (
      typeof value !== 'object' ||
      value === null ||
      !Object.hasOwn(value, part)
    )
      return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** The digest of the artifact that an item speaks about. */
export function digestOfFact(
  fact: Pick<Fact, 'payload' | 'envelope'>,
): string | undefined {
  const digest = fact.payload.digest;
  return typeof digest === 'string' ? digest : fact.envelope.subjectDigest;
}

function numberAt(fact: Fact, path: string): number | undefined {
  const value = valueAt(fact, path);
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : undefined;
}

/** Whether the rule asks for an item, or may have asked for a redacted one: what is left of it does not say otherwise. */
function matches(rule: Rule, fact: Fact): boolean {
  return Object.entries(rule.evidence.where).every(([path, accepted]) => {
    if (fact.isErased && !path.startsWith('envelope.')) return true;
    const value = valueAt(fact, path) as string | number | boolean;
    return Array.isArray(accepted)
      ? accepted.includes(value)
      : accepted === value;
  });
}

/** Facts that a person needs beside any verdict on an item: where it comes from, its window and n. */
function provenance(rule: Rule, fact: Fact): VerdictFacts {
  const facts: VerdictFacts = { evidenceId: fact.evidenceId };
  const sampleCount = numberAt(
    fact,
    rule.sample?.path ?? 'envelope.sampleCount',
  );
  if (sampleCount !== undefined) facts.sampleCount = sampleCount;
  const start = Date.parse(fact.envelope.windowStart ?? '');
  const end = Date.parse(fact.envelope.windowEnd ?? '');
  if (!Number.isNaN(start)) facts.windowStartMs = start;
  if (!Number.isNaN(end)) facts.windowEndMs = end;
  return facts;
}

function judgeStatus(
  show: Extract<Rule['require'], { status: 'pass' }>['show'],
  fact: Fact,
  facts: VerdictFacts,
): Verdict {
  const shown: VerdictFacts = { ...facts };
  if (show) {
    const value = numberAt(fact, show.value);
    const bound =
      show.bound === undefined ? undefined : numberAt(fact, show.bound);
    if (value !== undefined) shown.value = value;
    if (bound !== undefined) shown.bound = bound;
    if (show.comparator) shown.comparator = show.comparator;
    if (show.unit) shown.unit = show.unit;
  }
  const { status, reason } = fact.payload;
  const said = typeof reason === 'string' ? reason : 'unnamed';
  switch (status) {
    case 'pass':
    case 'warn':
    case 'fail':
    case 'inconclusive':
      return { status, reason: said, facts: shown };
    default:
      // Whoever pushes evidence must not take a check out of scope by calling it not applicable: only `appliesTo` may.
      return inconclusive('no-data', shown);
  }
}

const statedNumbers = new Set([
  'payload.value',
  'payload.intervalLow',
  'payload.intervalHigh',
]);

/** Whether an item calls a number a share that none can be. Older ledgers may hold such: it is never a pass. */
function isImpossible(fact: Fact, path: string, value: number): boolean {
  return (
    fact.payload.unit === 'ratio' &&
    statedNumbers.has(path) &&
    (value < 0 || value > 1)
  );
}

function judgeBound(
  bound: Exclude<Rule['require'], { status: 'pass' }>,
  fact: Fact,
  facts: VerdictFacts,
): Verdict {
  if (bound.equals !== undefined) {
    const value = valueAt(fact, bound.value);
    if (value === undefined) return inconclusive('source-error', facts);
    return value === bound.equals
      ? { status: 'pass', reason: 'as-required', facts }
      : { status: 'fail', reason: 'not-as-required', facts };
  }
  const value = numberAt(fact, bound.value);
  if (value === undefined || isImpossible(fact, bound.value, value))
    return inconclusive('source-error', facts);
  const isFloor = bound.atLeast !== undefined;
  const limit = (isFloor ? bound.atLeast : bound.atMost)!;
  const shown: VerdictFacts = {
    ...facts,
    value,
    bound: limit,
    comparator: isFloor ? 'at-least' : 'at-most',
  };
  if (bound.unit) shown.unit = bound.unit;
  const holds = isFloor ? value >= limit : value <= limit;
  if (holds) return { status: 'pass', reason: 'within-bound', facts: shown };
  return {
    status: 'fail',
    reason: isFloor ? 'below-bound' : 'above-bound',
    facts: shown,
  };
}

function isOld(rule: Rule, fact: Fact, nowMs: number): boolean {
  return (
    fact.timeMs + rule.fresh <= nowMs ||
    (fact.expiresAtMs !== undefined && fact.expiresAtMs <= nowMs)
  );
}

/** Judges one item. Age comes first: an old fact says nothing about today, whatever it said then. */
function judgeFact(rule: Rule, fact: Fact, nowMs: number): Verdict {
  const facts = provenance(rule, fact);
  if (isOld(rule, fact, nowMs)) return inconclusive('stale', facts);
  if (
    rule.sample &&
    (facts.sampleCount === undefined || facts.sampleCount < rule.sample.atLeast)
  ) {
    return inconclusive('insufficient-sample', {
      ...facts,
      sampleCountNeeded: rule.sample.atLeast,
    });
  }
  return 'status' in rule.require
    ? judgeStatus(rule.require.show, fact, facts)
    : judgeBound(rule.require, fact, facts);
}

function newestByKey(
  facts: Fact[],
  keyOf: (fact: Fact) => string | undefined,
): Map<string, Fact> {
  const newest = new Map<string, Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    if (key === undefined) continue;
    const known = newest.get(key);
    if (!known || fact.position > known.position) newest.set(key, fact);
  }
  return newest;
}

/**
 * How long an item of a group may be the newest before the group counts as withdrawn (its objective or signal no longer
 * exists), provided that another group still speaks. Until then the silent group is stale, and the check inconclusive.
 */
export function withdrawnAfterMs(rule: Rule): number {
  return 2 * rule.fresh;
}

function worst(verdicts: Verdict[]): Verdict {
  return verdicts.reduce((a, b) =>
    severityRank(b.status) < severityRank(a.status) ? b : a,
  );
}

/**
 * The verdict on an item, unless a later one that was redacted may have said otherwise: without this the redaction of a
 * failure would bring an older pass back.
 */
function judgeUnlessErased(
  rule: Rule,
  fact: Fact,
  erased: Fact[],
  nowMs: number,
): Verdict {
  const verdict = judgeFact(rule, fact, nowMs);
  const later = erased.find(({ position }) => position > fact.position);
  if (!later || (verdict.status !== 'pass' && verdict.status !== 'warn'))
    return verdict;
  return inconclusive('no-data', provenance(rule, later));
}

/**
 * What a rule says on today's evidence. Several versions or groups are judged one by one, and the worst verdict is the
 * answer; of equally bad ones the first by digest or group name, so that the answer does not depend on the order of items.
 * Nothing found is `inconclusive: no-data`; too old is `stale`; too few is `insufficient-sample`. Never `not-applicable`.
 */
export function judge(input: JudgeInput): Verdict {
  const { rule, nowMs } = input;
  const asked = input.facts.filter(fact => matches(rule, fact));
  const matching = asked.filter(({ isErased }) => !isErased);
  const erased = asked.filter(({ isErased }) => isErased);
  if (rule.evidence.version !== 'any') {
    if (input.digests.length === 0) return inconclusive('no-data');
    const newest = newestByKey(matching, digestOfFact);
    return worst(
      [...input.digests].sort().map(digest => {
        const fact = newest.get(digest);
        if (!fact) return inconclusive('no-data');
        const about = erased.filter(
          other => (digestOfFact(other) ?? digest) === digest,
        );
        return judgeUnlessErased(rule, fact, about, nowMs);
      }),
    );
  }
  const groups = [
    ...newestByKey(matching, fact =>
      JSON.stringify(
        rule.evidence.each.map(path => valueAt(fact, path) ?? null),
      ),
    ),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, fact]) => fact);
  // Which group a redacted item was of is not known any more; while it would count, it may be one that has no other.
  const unknown =
    rule.evidence.each.length > 0
      ? erased.filter(fact => !isOld(rule, fact, nowMs))
      : [];
  if (groups.length === 0 || unknown.length > 0) {
    const verdicts = groups.map(fact => judgeFact(rule, fact, nowMs));
    return worst([
      ...verdicts,
      inconclusive('no-data', unknown[0] && provenance(rule, unknown[0])),
    ]);
  }
  const speaking = groups.filter(
    fact => fact.timeMs + withdrawnAfterMs(rule) > nowMs,
  );
  return worst(
    (speaking.length > 0 ? speaking : groups).map(fact =>
      judgeUnlessErased(rule, fact, erased, nowMs),
    ),
  );
}
