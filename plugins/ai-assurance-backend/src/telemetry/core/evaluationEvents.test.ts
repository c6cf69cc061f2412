import { readEvidenceItem } from '@ai-assurance/evidence';
import { MAX_FACTS, readEvaluations } from './evaluationEvents';
import { OtlpLogRecord } from './otlp/logs';
import { Source } from './source';

const nowMs = 1_700_000_000_000;
const limits = { nowMs, maxAheadMs: 300_000 };
const source: Source = {
  key: 'chat|2',
  subject: 'component:default/chat',
  version: '2',
  digest: undefined,
  cohort: undefined,
};
const record = (
  attributes: Record<string, string | number>,
  over: Partial<OtlpLogRecord> = {},
): OtlpLogRecord => ({
  timeMs: nowMs,
  eventName: 'gen_ai.evaluation.result',
  attributes: { 'gen_ai.evaluation.name': 'Relevance', ...attributes },
  ...over,
});
const read = (records: OtlpLogRecord[], from: any = source) =>
  readEvaluations(
    [
      {
        logs: {
          attributes: {},
          scope: { name: 'judge', version: '' },
          records,
        },
        source: from,
      },
    ],
    limits,
  );
const label = (word: string, timeMs = nowMs) =>
  record({ 'gen_ai.evaluation.score.label': word }, { timeMs });
const score = (value: number) =>
  record({ 'gen_ai.evaluation.score.value': value });

describe('evaluation events', () => {
  it('become one item for each metric, over the stretch that they cover', () => {
    const { facts, refusals } = read([
      label('pass', nowMs - 5000),
      label('pass'),
      label('fail'),
      record({
        'gen_ai.evaluation.name': 'Groundedness',
        'gen_ai.evaluation.score.value': 3,
      }),
    ]);
    expect(refusals.total).toBe(0);
    expect(
      facts.map(({ recordCount, fact }) => [
        recordCount,
        fact.subject,
        fact.envelope.subjectVersion,
        fact.envelope.windowStart,
        fact.envelope.windowEnd,
        fact.payload.metric,
        fact.payload.unit,
        fact.payload.successCount,
        fact.payload.totalCount,
        fact.payload.tool.id,
      ]),
    ).toEqual([
      [
        3,
        'component:default/chat',
        '2',
        '2023-11-14T22:13:15.000Z',
        '2023-11-14T22:13:20.001Z',
        'Relevance',
        'ratio',
        2,
        3,
        'judge',
      ],
      [
        1,
        'component:default/chat',
        '2',
        '2023-11-14T22:13:20.000Z',
        '2023-11-14T22:13:20.001Z',
        'Groundedness',
        'score',
        null,
        1,
        'judge',
      ],
    ]);
  });

  it('keep words and numbers of one metric apart, so that none is lost', () => {
    const { facts } = read([label('pass'), score(4), score(2)]);
    expect(
      facts.map(({ recordCount, fact }) => [
        recordCount,
        fact.payload.unit,
        fact.payload.value,
      ]),
    ).toEqual([
      [2, 'score', 3],
      [1, 'ratio', 1],
    ]);
  });

  it('give the same items for the same request', () => {
    const ids = () => read([label('pass'), score(4)]).facts.map(f => f.fact.id);
    expect(ids()).toEqual(ids());
  });

  it('fit the schema of evidence', () => {
    const [{ fact }] = read([label('pass'), label('fail')]).facts;
    const at = '2023-11-14T22:13:20.001Z';
    const reading = readEvidenceItem({
      specversion: '1.0',
      id: fact.id,
      source: '/otlp/logs',
      type: fact.type,
      subject: fact.subject,
      time: at,
      datacontenttype: 'application/json',
      data: {
        envelope: {
          ...fact.envelope,
          collector: { id: 'ai-assurance.otlp-logs', version: '1' },
          collectedAt: at,
        },
        payload: fact.payload,
      },
    });
    expect(reading).toMatchObject({ ok: true });
  });

  it.each([
    [
      'another event',
      record({}, { eventName: 'gen_ai.choice' }),
      'no-evaluation',
    ],
    ['an event without a result', record({}), 'bad-evaluation'],
    [
      'an event whose evaluation failed',
      record({ 'error.type': 'x' }),
      'broken-evaluation',
    ],
    ['an event without time', { ...score(1), timeMs: 0 }, 'no-time'],
    [
      'an event of the future',
      { ...score(1), timeMs: nowMs + 300_001 },
      'clock-ahead',
    ],
  ])('refuses %s', (_, given, reason) => {
    const { facts, refusals } = read([given]);
    expect([facts, refusals.counts()]).toEqual([[], [{ reason, count: 1 }]]);
  });

  it('refuses what no subject is named for, and more metrics than anyone has', () => {
    expect(
      read([score(1), score(2)], {
        refused: 'no-subject',
        example: 'x',
      }).refusals.counts(),
    ).toEqual([{ reason: 'no-subject', count: 2 }]);
    const many = Array.from({ length: MAX_FACTS + 2 }, (_, i) =>
      record({
        'gen_ai.evaluation.name': `m${i}`,
        'gen_ai.evaluation.score.value': 1,
      }),
    );
    const { facts, refusals } = read(many);
    expect([facts.length, refusals.counts()]).toEqual([
      MAX_FACTS,
      [{ reason: 'too-many-metrics', count: 2 }],
    ]);
  });
});
