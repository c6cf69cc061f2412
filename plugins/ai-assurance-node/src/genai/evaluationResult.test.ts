import { readEvidenceItem } from '@ai-assurance/evidence';
import {
  evidenceOfGenAiEvaluations,
  GenAiEvaluation,
  readGenAiEvaluation,
} from './evaluationResult';

const context = {
  subject: 'component:default/help-desk',
  windowStartMs: Date.UTC(2026, 10, 22, 12),
  windowEndMs: Date.UTC(2026, 10, 22, 13),
  scope: { name: 'evaluator.js', version: '1.2.0' },
};

function said(attributes: Record<string, unknown>): GenAiEvaluation {
  const reading = readGenAiEvaluation(attributes, 1);
  if (!reading.ok) throw new Error(reading.message);
  return reading.evaluation;
}

describe('readGenAiEvaluation', () => {
  it.each([
    [{}, 'NO_METRIC'],
    [{ 'gen_ai.evaluation.name': '' }, 'NO_METRIC'],
    [{ 'gen_ai.evaluation.name': 'Relevance' }, 'NO_RESULT'],
    [
      {
        'gen_ai.evaluation.name': 'Relevance',
        'gen_ai.evaluation.score.label': 'fairly_relevant',
      },
      'NO_RESULT',
    ],
    [
      {
        'gen_ai.evaluation.name': 'Relevance',
        'gen_ai.evaluation.score.value': '4',
      },
      'BAD_SCORE',
    ],
    [
      {
        'gen_ai.evaluation.name': 'Relevance',
        'gen_ai.evaluation.score.value': Number.NaN,
      },
      'BAD_SCORE',
    ],
    [
      {
        'gen_ai.evaluation.name': 'Relevance',
        'gen_ai.evaluation.score.value': 1e308,
      },
      'BAD_SCORE',
    ],
  ])('refuses %p as %p', (attributes, code) => {
    expect(readGenAiEvaluation(attributes, 1)).toMatchObject({
      ok: false,
      code,
    });
  });

  it('takes neither the explanation nor the response over', () => {
    expect(
      said({
        'gen_ai.evaluation.name': 'Answer relevance',
        'gen_ai.evaluation.score.label': 'Pass',
        'gen_ai.evaluation.score.value': 4,
        'gen_ai.evaluation.explanation': 'Mrs Smith asked for a refund',
        'gen_ai.response.id': 'chatcmpl-123',
      }),
    ).toEqual({
      metric: 'Answer-relevance-5265e9cd3df2dc58',
      timeMs: 1,
      score: 4,
      isPassed: true,
      isError: false,
    });
  });
});

describe('evidenceOfGenAiEvaluations', () => {
  const label = (text: string) =>
    said({
      'gen_ai.evaluation.name': 'Groundedness',
      'gen_ai.evaluation.score.label': text,
    });
  const score = (value: number) =>
    said({
      'gen_ai.evaluation.name': 'Relevance',
      'gen_ai.evaluation.score.value': value,
    });
  const broken = said({
    'gen_ai.evaluation.name': 'Groundedness',
    'error.type': 'timeout',
  });

  it('makes a share with its interval of labels, and leaves out what broke', () => {
    const [fact] = evidenceOfGenAiEvaluations(
      [label('pass'), label('fail'), label('pass'), broken],
      context,
    );
    expect(fact.payload).toMatchObject({
      metric: 'Groundedness',
      value: 2 / 3,
      unit: 'ratio',
      successCount: 2,
      totalCount: 3,
      intervalMethod: 'wilson',
      datasetDigest: null,
      judge: null,
    });
    expect(fact.envelope.sampleCount).toBe(3);
  });

  it('makes a mean of scores, with an interval from thirty on', () => {
    const few = evidenceOfGenAiEvaluations([score(3), score(5)], context)[0];
    expect(few.payload).toMatchObject({
      value: 4,
      unit: 'score',
      intervalLow: null,
      totalCount: 2,
    });
    const many = evidenceOfGenAiEvaluations(
      Array.from({ length: 30 }, (_, i) => score(i % 2)),
      context,
    )[0];
    // numpy: 0.5 ± 1.959963984540054 · std(ddof=1)/√30, std = √(0.25·30/29)
    expect(many.payload.intervalLow).toBeCloseTo(0.3180219125379963, 12);
    expect(many.payload.intervalHigh).toBeCloseTo(0.6819780874620037, 12);
  });

  it('is valid evidence, one item per metric, with the same ids each time', () => {
    const events = [label('pass'), score(2), score(3)];
    const facts = evidenceOfGenAiEvaluations(events, context);
    expect(facts.map(fact => fact.payload.metric)).toEqual([
      'Groundedness',
      'Relevance',
    ]);
    expect(evidenceOfGenAiEvaluations(events, context)).toEqual(facts);
    for (const { timeMs, envelope, payload, ...attributes } of facts) {
      const reading = readEvidenceItem({
        specversion: '1.0',
        source: '/test',
        ...attributes,
        time: '2026-11-22T13:00:00.000Z',
        datacontenttype: 'application/json',
        data: {
          envelope: {
            ...envelope,
            collector: { id: 'test', version: '1' },
            collectedAt: '2026-11-22T13:00:00.000Z',
          },
          payload,
        },
      });
      expect(reading.ok ? [] : reading.problems).toEqual([]);
    }
  });

  it('says nothing of nothing', () => {
    expect(evidenceOfGenAiEvaluations([broken], context)).toEqual([]);
  });
});
