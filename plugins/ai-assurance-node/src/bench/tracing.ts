import { JsonValue } from '@backstage/types';
import { AnyCollectedFact, EvidenceCollector } from '../collector';
import { leavesOf, otherValueOf, Path, withValueAt } from './mutate';
import { runCollector, RunResult } from './run';
import { Disturbance, DisturbedStandIn, StandInRequest } from './standIn';

/** One value of one answer, as the bench may change it or take it out. */
export interface AnswerLeaf {
  request: string;
  path: Path;
  value: unknown;
}

export const nameOf = (request: StandInRequest) =>
  `${request.method} ${request.path}?${request.query} ${request.body}`;

const pointer = (path: Path) => path.map(step => `/${step}`).join('');

/** Notes every answer of a run. */
export async function recordAnswers(
  standIn: DisturbedStandIn,
  run: () => Promise<RunResult>,
): Promise<{ result: RunResult; answers: Map<string, JsonValue> }> {
  const answers = new Map<string, JsonValue>();
  standIn.disturb((request, _response, answer) => {
    if (answer.json !== undefined) answers.set(nameOf(request), answer.json);
    return answer;
  });
  const result = await run();
  standIn.disturb(undefined);
  return { result, answers };
}

/** A disturbance that changes one value wherever it is answered; `undefined` takes it out. */
function changing(
  leaf: AnswerLeaf,
  replacement: JsonValue | undefined,
): Disturbance {
  return (request, _response, answer) =>
    nameOf(request) === leaf.request && answer.json !== undefined
      ? { ...answer, json: withValueAt(answer.json, leaf.path, replacement) }
      : answer;
}

/** The leaves of all answers, thinned evenly to `limit`. */
export function leavesOfAnswers(
  answers: Map<string, JsonValue>,
  limit: number,
): AnswerLeaf[] {
  const leaves = [...answers].flatMap(([request, json]) =>
    leavesOf(json).map(({ path, value }) => ({ request, path, value })),
  );
  const step = Math.max(1, leaves.length / limit);
  return leaves.filter((_, index) => Math.floor(index % step) === 0);
}

export interface Variation {
  leaf: AnswerLeaf;
  /** Where the value stood, for people. */
  at: string;
  result: RunResult;
}

/** Runs once for each leaf, with its value changed or taken out. */
export async function vary(options: {
  standIn: DisturbedStandIn;
  leaves: AnswerLeaf[];
  how: 'changed' | 'taken out';
  otherValues: Readonly<Record<string, JsonValue>>;
  run: () => ReturnType<typeof runCollector>;
}): Promise<Variation[]> {
  const variations: Variation[] = [];
  for (const leaf of options.leaves) {
    const { otherValues } = options;
    const replacement =
      options.how === 'taken out'
        ? undefined
        : otherValues[String(leaf.value)] ?? otherValueOf(leaf.value);
    options.standIn.disturb(changing(leaf, replacement));
    variations.push({
      leaf,
      at: `${leaf.request} ${pointer(leaf.path)}`,
      result: await options.run(),
    });
  }
  options.standIn.disturb(undefined);
  return variations;
}

const keyOf = (fact: AnyCollectedFact) => `${fact.type} ${fact.id}`;

/**
 * Values of payloads that no change of any answer could move: they came from nowhere. `constants` are pointers that hold
 * what the collector itself knows, such as a unit; an index in them is written `*`.
 */
export function untracedValues(
  base: AnyCollectedFact[],
  variations: Variation[],
  constants: readonly string[],
): string[] {
  const known = new Set(base.map(keyOf));
  const moved = (fact: AnyCollectedFact, path: Path, value: unknown) =>
    variations.some(({ result }) => {
      if (result.error !== undefined) return false;
      const same = result.facts.find(other => keyOf(other) === keyOf(fact));
      if (same) return !Object.is(at(same.payload, path), value);
      // The value is part of the id: the fact went, and another with another value came.
      return result.facts.some(
        other =>
          other.type === fact.type &&
          !known.has(keyOf(other)) &&
          !Object.is(at(other.payload, path), value),
      );
    });
  return base.flatMap(fact =>
    leavesOf(fact.payload)
      .filter(
        ({ path, value }) =>
          value !== null &&
          !constants.includes(
            path.map(s => (typeof s === 'number' ? '/*' : `/${s}`)).join(''),
          ) &&
          !moved(fact, path, value),
      )
      .map(({ path }) => `${keyOf(fact)} ${pointer(path)}`),
  );
}

/**
 * Facts that hold another value because one was missing: a default in the clothes of a fact. Values in `derived` are
 * counted or summed over the answer and may follow it.
 */
export function inventedValues(
  base: AnyCollectedFact[],
  variations: Variation[],
  derived: readonly string[],
): string[] {
  const byKey = new Map(base.map(fact => [keyOf(fact), fact]));
  return variations
    .filter(({ leaf }) => typeof leaf.path[leaf.path.length - 1] === 'string')
    .flatMap(({ at: where, result }) =>
      result.facts.flatMap(fact => {
        const before = byKey.get(keyOf(fact));
        const said = leavesOf(fact.payload);
        const words = said.filter(
          ({ value }) =>
            typeof value === 'string' &&
            /(^|[^a-z])(undefined|null|NaN|\[object Object\]|Invalid)([^a-z]|$)/.test(
              value,
            ),
        );
        const changed = said.filter(({ path, value }) => {
          const general = path
            .map(s => (typeof s === 'number' ? '/*' : `/${s}`))
            .join('');
          if (!before || derived.includes(general) || value === null)
            return false;
          const old = at(before.payload, path);
          return (
            old === undefined || (old !== value && !isShift(before, value))
          );
        });
        return [...words, ...changed].map(
          ({ path, value }) =>
            `without ${where}: ${keyOf(fact)} ${pointer(
              path,
            )} became ${JSON.stringify(value)}`,
        );
      }),
    );
}

/** In a list that lost a member the others move up: such a value was there before, elsewhere in the same fact. */
function isShift(before: AnyCollectedFact, value: unknown): boolean {
  return leavesOf(before.payload).some(
    leaf => leaf.path.some(s => typeof s === 'number') && leaf.value === value,
  );
}

function at(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    document,
  );
}

/** Ids must name collector's facts by content; two facts of one run under one id would be one. */
export function repeatedIds(facts: AnyCollectedFact[]): string[] {
  const ids = facts.map(fact => fact.id);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

export type CollectorIdentity = Pick<EvidenceCollector, 'id' | 'version'>;
