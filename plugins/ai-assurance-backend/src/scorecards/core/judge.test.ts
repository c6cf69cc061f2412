import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Fact, judge, valueAt, withdrawnAfterMs } from './judge';
import { Rule } from './rule';

const nowMs = 1_000_000_000;
const freshMs = 900_000;

const accuracy: Rule = {
  evidence: {
    kind: 'io.ai-assurance.evaluation.v1',
    where: { 'payload.metric': 'accuracy' },
    version: 'any',
    each: [],
    aggregate: 'latest',
  },
  require: { value: 'payload.intervalLow', atLeast: 0.85, unit: 'ratio' },
  sample: { path: 'payload.totalCount', atLeast: 500 },
  fresh: freshMs,
};

const status: Rule = {
  evidence: {
    kind: 'io.ai-assurance.slo-status.v1',
    where: {},
    version: 'any',
    each: ['payload.sloName'],
    aggregate: 'latest',
  },
  require: { status: 'pass' },
  fresh: freshMs,
};

let position = 0;

function fact(
  payload: Record<string, unknown>,
  change: Partial<Fact> = {},
): Fact {
  position += 1;
  return {
    evidenceId: 'e',
    position,
    timeMs: nowMs - 1,
    expiresAtMs: undefined,
    envelope: {
      sourceSystem: 't',
      collector: { id: 't', version: '1' },
      collectedAt: '2026-11-22T13:00:00.000Z',
    },
    payload,
    ...change,
  };
}

const evaluation = (
  intervalLow: unknown,
  totalCount: unknown = 500,
  change: Partial<Fact> = {},
) => fact({ metric: 'accuracy', intervalLow, totalCount }, change);

const said = ({ status: word, reason }: Verdict) => `${word} ${reason}`;
const ask = (rule: Rule, facts: Fact[], digests: string[] = []) =>
  said(judge({ rule, facts, digests, nowMs }));

describe('judge', () => {
  it.each<[string, Fact[], string]>([
    ['nothing is there', [], 'inconclusive no-data'],
    [
      'only another metric is there',
      [fact({ metric: 'f1', intervalLow: 0.99, totalCount: 900 })],
      'inconclusive no-data',
    ],
    ['the value is on the bound', [evaluation(0.85)], 'pass within-bound'],
    [
      'the value is just under the bound',
      [evaluation(0.8499)],
      'fail below-bound',
    ],
    [
      'one sample is missing',
      [evaluation(0.99, 499)],
      'inconclusive insufficient-sample',
    ],
    [
      'n is not stated',
      [evaluation(0.99, null)],
      'inconclusive insufficient-sample',
    ],
    [
      'the value is no number',
      [evaluation('0.99')],
      'inconclusive source-error',
    ],
    [
      'the value is a share beyond the whole',
      [
        fact({
          metric: 'accuracy',
          unit: 'ratio',
          intervalLow: 88,
          totalCount: 2000,
        }),
      ],
      'inconclusive source-error',
    ],
    [
      'it is as old as it may not be',
      [evaluation(0.99, 500, { timeMs: nowMs - freshMs })],
      'inconclusive stale',
    ],
    [
      'it is one millisecond younger',
      [evaluation(0.99, 500, { timeMs: nowMs - freshMs + 1 })],
      'pass within-bound',
    ],
    [
      'it expires now',
      [evaluation(0.99, 500, { expiresAtMs: nowMs })],
      'inconclusive stale',
    ],
    [
      'an old fail is stale, not a fail',
      [evaluation(0.1, 500, { timeMs: 0 })],
      'inconclusive stale',
    ],
    [
      'a newer item follows a better one',
      [evaluation(0.99), evaluation(0.5)],
      'fail below-bound',
    ],
    [
      'the newer item comes first in the list',
      [evaluation(0.5), evaluation(0.99)].reverse(),
      'pass within-bound',
    ],
  ])('a bound, when %s', (_name, facts, answer) => {
    expect(ask(accuracy, facts)).toBe(answer);
  });

  it.each([
    ['pass', 'pass said-so'],
    ['warn', 'warn said-so'],
    ['fail', 'fail said-so'],
    ['inconclusive', 'inconclusive said-so'],
    // Out of scope is for the rules to say, never for who is asked.
    ['not-applicable', 'inconclusive no-data'],
    ['PASS', 'inconclusive no-data'],
    [undefined, 'inconclusive no-data'],
  ])('a status of %p answers %p', (word, answer) => {
    expect(
      ask(status, [fact({ sloName: 'a', status: word, reason: 'said-so' })]),
    ).toBe(answer);
  });

  const objective = (
    sloName: string,
    word: string,
    change: Partial<Fact> = {},
  ) => fact({ sloName, status: word, reason: sloName }, change);

  it.each<[string, Fact[], string]>([
    ['all pass', [objective('a', 'pass'), objective('b', 'pass')], 'pass a'],
    ['one fails', [objective('a', 'pass'), objective('b', 'fail')], 'fail b'],
    [
      'one is unknown and one warns',
      [objective('a', 'warn'), objective('b', 'inconclusive')],
      'inconclusive b',
    ],
    [
      'one recovered',
      [objective('a', 'fail'), objective('a', 'pass'), objective('b', 'pass')],
      'pass a',
    ],
    [
      'one fell silent a while ago',
      [
        objective('a', 'pass'),
        objective('b', 'pass', { timeMs: nowMs - freshMs }),
      ],
      'inconclusive stale',
    ],
    [
      'one was withdrawn long ago',
      [
        objective('a', 'pass'),
        objective('b', 'fail', { timeMs: nowMs - 2 * freshMs }),
      ],
      'pass a',
    ],
    [
      'all fell silent long ago',
      [
        objective('a', 'pass', { timeMs: 0 }),
        objective('b', 'pass', { timeMs: 0 }),
      ],
      'inconclusive stale',
    ],
  ])('groups, when %s', (_name, facts, answer) => {
    expect(ask(status, facts)).toBe(answer);
  });

  it('counts a group as withdrawn after twice its freshness', () => {
    expect(withdrawnAfterMs(status)).toBe(1_800_000);
  });

  const live: Rule = {
    ...accuracy,
    evidence: { ...accuracy.evidence, version: 'each-live' },
  };
  const of = (digest: string, low: number) =>
    evaluation(low, 500, {
      envelope: { ...evaluation(0).envelope, subjectDigest: digest },
    });

  it.each<[string, Fact[], string[], string]>([
    ['no version is known', [of('a', 0.99)], [], 'inconclusive no-data'],
    [
      'the live one passes and another fails',
      [of('a', 0.99), of('b', 0.1)],
      ['a'],
      'pass within-bound',
    ],
    [
      'one of two live ones was never evaluated',
      [of('a', 0.99)],
      ['a', 'b'],
      'inconclusive no-data',
    ],
    [
      'one of two live ones fails',
      [of('a', 0.99), of('b', 0.1)],
      ['b', 'a'],
      'fail below-bound',
    ],
    [
      'the item names no version',
      [evaluation(0.99)],
      ['a'],
      'inconclusive no-data',
    ],
  ])('versions, when %s', (_name, facts, digests, answer) => {
    expect(ask(live, facts, digests)).toBe(answer);
  });

  it('shows value, bound, n and window', () => {
    const envelope = {
      ...evaluation(0).envelope,
      windowStart: '2026-11-22T12:00:00.000Z',
      windowEnd: '2026-11-22T13:00:00.000Z',
    };
    expect(
      judge({
        rule: accuracy,
        facts: [evaluation(0.9, 700, { envelope })],
        digests: [],
        nowMs,
      }),
    ).toEqual({
      status: 'pass',
      reason: 'within-bound',
      facts: {
        evidenceId: 'e',
        value: 0.9,
        bound: 0.85,
        comparator: 'at-least',
        unit: 'ratio',
        sampleCount: 700,
        windowStartMs: Date.UTC(2026, 10, 22, 12),
        windowEndMs: Date.UTC(2026, 10, 22, 13),
      },
    });
  });

  it('an upper bound and an equality say which side was missed', () => {
    const atMost: Rule = {
      ...accuracy,
      require: { value: 'payload.intervalLow', atMost: 0.5 },
    };
    expect(ask(atMost, [evaluation(0.5)])).toBe('pass within-bound');
    expect(ask(atMost, [evaluation(0.51)])).toBe('fail above-bound');
    const equals: Rule = {
      ...accuracy,
      require: { value: 'payload.metric', equals: 'accuracy' },
    };
    expect(ask(equals, [evaluation(0)])).toBe('pass as-required');
    const other: Rule = {
      ...accuracy,
      require: { value: 'payload.intervalLow', equals: 1 },
    };
    expect(ask(other, [evaluation(0)])).toBe('fail not-as-required');
  });
});

describe('valueAt', () => {
  it.each([
    ['payload.metric', 'accuracy'],
    ['envelope.collector.id', 't'],
    ['payload.toString', undefined],
    ['payload.__proto__.polluted', undefined],
    ['payload.metric.length', undefined],
  ])('%s is %p', (path, value) => {
    expect(valueAt(evaluation(1), path)).toBe(value);
  });
});
