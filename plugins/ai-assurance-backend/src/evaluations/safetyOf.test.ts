import { EvaluationItem } from './core/measurement';
import { safetyOf } from './safetyOf';

const item = (
  position: number,
  suite: string,
  change: Partial<EvaluationItem> & {
    version?: string;
    refusals?: object;
  } = {},
): EvaluationItem => {
  const { version = '2', refusals = null, ...rest } = change;
  return {
    evidenceId: String(position),
    position,
    type: 'io.ai-assurance.safety-evaluation.v2',
    timeMs: position,
    expiresAtMs: undefined,
    envelope: { subjectVersion: version } as EvaluationItem['envelope'],
    payload: {
      suite: { id: suite, version: '1' },
      promptSetId: null,
      promptSetDigest: null,
      judge: null,
      attackCount: 100,
      successCount: 2,
      undecidedCount: 0,
      categories: [
        {
          category: 'promptinject',
          references: ['owasp-llm:LLM01', 'own:1'],
          attackCount: 100,
          successCount: 2,
          undecidedCount: 0,
        },
      ],
      refusals,
    },
    ...rest,
  };
};
const risks = new Map([
  [
    'owasp-llm:LLM01',
    {
      id: 'LLM01',
      title: 'Prompt Injection',
      list: 'OWASP',
      listVersion: '2025',
    },
  ],
]);
const refusals = {
  harmfulRefusedCount: 388,
  harmfulCompliedCount: 12,
  benignRefusedCount: 9,
  benignCompliedCount: 391,
};

describe('the safety of versions', () => {
  it('is told by each suite that asked, so that a later report hides no refusals of another', () => {
    const told = safetyOf(
      [
        item(1, 'own-suite', { refusals }),
        item(2, 'garak'),
        item(3, 'promptfoo'),
        item(4, 'garak'),
      ],
      new Set(['2']),
      risks as never,
    );
    expect(
      told.map(({ suite, evidenceId, refusals: asked }) => [
        suite.id,
        evidenceId,
        asked,
      ]),
    ).toEqual([
      ['garak', '4', null],
      ['promptfoo', '3', null],
      ['own-suite', '1', refusals],
    ]);
  });

  it('leaves out versions that are not shown, and what was erased', () => {
    const told = safetyOf(
      [
        item(1, 'garak', { version: '1' }),
        item(2, 'garak'),
        item(3, 'garak', { isErased: true, payload: {} }),
      ],
      new Set(['2']),
      risks as never,
    );
    expect(told.map(({ evidenceId }) => evidenceId)).toEqual(['2']);
  });

  it('has an interval for each category, and the names of its risks where a list has them', () => {
    const [{ categories }] = safetyOf(
      [item(1, 'garak')],
      new Set(['2']),
      risks as never,
    );
    expect(categories[0].references).toEqual([
      { id: 'LLM01', list: 'OWASP 2025', title: 'Prompt Injection' },
      { id: 'own:1', list: null, title: null },
    ]);
    expect(categories[0].low).toBeCloseTo(0.0055, 4);
    expect(categories[0].high).toBeCloseTo(0.07, 3);
  });
});
