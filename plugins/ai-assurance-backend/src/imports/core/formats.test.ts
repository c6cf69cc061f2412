import {
  AnyImportedFact,
  ImportError,
  ImportStatement,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { readEvidenceItem } from '@ai-assurance/evidence';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { instantOf } from '../../platform';
import {
  folder,
  importers,
  importFixture,
  importText,
  pinned,
  subject,
  textOf,
} from '../__testUtils__/reports';
import { draftOfFact } from './drafts';

const nowMs = Date.UTC(2026, 10, 22, 12);

function itemOf(fact: AnyImportedFact, importer: ReportImporter) {
  const draft = draftOfFact(fact, {
    importer,
    reportDigest: `sha256:${'e'.repeat(64)}`,
    stated: { subject },
    nowMs,
    instantOf,
  });
  return {
    specversion: '1.0',
    id: draft.id,
    source: draft.source,
    type: draft.type,
    subject: draft.subject,
    time: instantOf(draft.timeMs),
    datacontenttype: 'application/json',
    data: { envelope: draft.envelope, payload: draft.payload },
  };
}

const fixtures = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(folder, name)).map(file => `${name}/${file}`),
  );

describe('every report', () => {
  it('is there three times for each format', () => {
    const counts = new Map<string, number>();
    fixtures.forEach(path => {
      const format = path.split('/')[0];
      counts.set(format, (counts.get(format) ?? 0) + 1);
    });
    expect([...counts.keys()].sort()).toEqual(Object.keys(importers).sort());
    expect([...counts.values()].filter(count => count < 3)).toEqual([]);
  });

  it.each(fixtures)('gives valid evidence: %s', path => {
    const { facts } = importFixture(path);
    const importer = importers[path.split('/')[0]];
    const items = facts.map(fact => itemOf(fact, importer));
    expect(
      items.flatMap(item => {
        const reading = readEvidenceItem(item);
        return reading.ok ? [] : reading.problems;
      }),
    ).toEqual([]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });

  it.each(fixtures)('leaves every text behind: %s', path => {
    const { facts, notes } = importFixture(path);
    expect(JSON.stringify([facts, notes])).not.toMatch(
      /sample (prompt|output|reason|question|explanation)|a secret|Traceback|can't help/,
    );
  });

  it.each(fixtures)(
    'that is pushed into any other format is refused, never misread: %s',
    path => {
      const own = path.split('/')[0];
      const others = Object.keys(importers).filter(format => format !== own);
      expect(
        others.filter(format => {
          try {
            importText(format, textOf(path));
            return true;
          } catch (error) {
            return (
              !(error instanceof ImportError) || error.code !== 'NOT_RECOGNISED'
            );
          }
        }),
      ).toEqual([]);
    },
  );

  it.each(fixtures)(
    'cut off in the middle is refused with a code: %s',
    path => {
      const text = textOf(path);
      const cut = text.slice(0, Math.floor(text.length / 2) + 3);
      // Lines and rows that came before the cut are whole; what is left of a line or row is not.
      expect(() => importText(path.split('/')[0], cut)).toThrow(ImportError);
    },
  );
});

/** What a reader needs of a fact to see that it was read right. */
function told(path: string, stated?: ImportStatement) {
  return importFixture(path, stated).facts.map(
    ({ type, envelope, payload }) => {
      const said = payload as Record<string, unknown>;
      const { metric, value, status, reason } = said;
      return [
        type.slice('io.ai-assurance.'.length),
        metric ?? status,
        value ?? reason,
        envelope.sampleCount,
      ];
    },
  );
}

describe('Evidently', () => {
  it.each([
    ['evidently/data-drift.json', 'fail', 'drifted'],
    ['evidently/without-rows.json', 'inconclusive', 'count-not-stated'],
  ])('%s says %s: %s', (path, status, reason) => {
    expect(told(path)[0].slice(0, 3)).toEqual([
      'external-drift-report.v1',
      status,
      reason,
    ]);
  });

  it('holds a p-value and a distance the right way round', () => {
    const [fact] = importFixture('evidently/data-drift.json').facts;
    const { features } = fact.payload as any;
    expect(
      features.map((f: any) => [f.feature, f.comparator, f.limit, f.status]),
    ).toEqual([
      ['pixels_mean', 'below', 0.1, 'fail'],
      ['contrast', 'below', 0.1, 'pass'],
      ['label', 'below', 0.1, 'pass'],
      ['device-class-57d25607b9f6b0c4', 'at-least', 0.05, 'pass'],
    ]);
    expect(fact.payload).toMatchObject({ driftedCount: 1, comparedCount: 4 });
  });

  it('takes the word of tests about missing values, and names what it left', () => {
    const { facts, notes } = importFixture('evidently/quality-with-tests.json');
    expect((facts[0].payload as any).checks).toMatchObject([
      { feature: 'contrast', value: 0.03, failedCount: 36, status: 'fail' },
      { feature: 'label', value: 0, failedCount: 0, status: 'pass' },
    ]);
    expect(notes).toEqual(['Not taken over: QuantileValue (1).']);
  });

  it('has an interval for accuracy alone: its counts follow from the rows', () => {
    const { facts } = importFixture('evidently/classification.json');
    expect(
      facts.map(({ payload }: any) => [
        payload.metric,
        payload.successCount,
        payload.intervalMethod,
      ]),
    ).toEqual([
      ['accuracy', 1824, 'wilson'],
      ['f1', null, null],
      ['mae', null, null],
    ]);
  });
});

describe('NannyML', () => {
  it('makes an item of every chunk analysed', () => {
    expect(told('nannyml/univariate-flat.csv', pinned)).toEqual([
      ['external-drift-report.v1', 'pass', 'within-limit', 5000],
      ['external-drift-report.v1', 'fail', 'drifted', 5000],
    ]);
  });

  it('passes nothing whose stretch of time is unknown', () => {
    expect(told('nannyml/univariate-flat.csv')[0]).toEqual([
      'external-drift-report.v1',
      'inconclusive',
      'window-and-dataset-not-stated',
      5000,
    ]);
  });

  it('reads three rows of names, and a window with its time zone', () => {
    const [fact] = importFixture('nannyml/univariate-multilevel.csv').facts;
    expect(fact.envelope).toEqual({
      sampleCount: 2500,
      windowStart: '2026-11-01T00:00:00.000Z',
      windowEnd: '2026-11-15T00:00:00.000Z',
    });
    expect(fact.payload).toMatchObject({
      referenceCount: 3000,
      status: 'pass',
      features: [
        { feature: 'contrast', statistic: 'jensen_shannon', value: 0.02 },
        { feature: 'label', statistic: 'chi2', value: 1.7, limit: 9.5 },
      ],
    });
  });

  it('takes performance that was estimated for what it is, with its interval and what alerted', () => {
    expect(told('nannyml/estimated-flat.csv', pinned)).toEqual([
      ['external-drift-report.v1', 'pass', 'within-limit', 5000],
      ['evaluation.v2', 'estimated-roc-auc', 0.9691, 5000],
      ['evaluation.v2', 'estimated-accuracy', 0.9408, 5000],
      ['external-drift-report.v1', 'fail', 'outside-threshold', 5000],
      ['evaluation.v2', 'estimated-roc-auc', 0.9503, 5000],
      ['evaluation.v2', 'estimated-accuracy', 0.9102, 5000],
    ]);
    const { facts, notes } = importFixture('nannyml/estimated-flat.csv');
    expect(facts[3].payload).toMatchObject({
      driftedCount: 2,
      comparedCount: 2,
      features: [
        {
          feature: 'estimated-roc-auc',
          statistic: 'estimated-performance',
          value: 0.9503,
          limit: 0.9581,
          comparator: 'at-least',
          status: 'fail',
        },
        { feature: 'estimated-accuracy', value: 0.9102, limit: 0.9211 },
      ],
    });
    expect(facts[4].payload).toMatchObject({
      metric: 'estimated-roc-auc',
      value: 0.9503,
      unit: 'ratio',
      intervalLow: 0.9449,
      intervalHigh: 0.9557,
      intervalLevelRatio: 0.9973,
      intervalMethod: 'sampling-error',
      successCount: null,
      totalCount: 5000,
    });
    expect(notes.at(-1)).toContain('estimated by NannyML without the true');
  });

  it('takes estimated errors of a regression in two rows of names', () => {
    const { facts } = importFixture('nannyml/estimated-two-level.csv');
    expect(facts[0].envelope).toEqual({
      sampleCount: 2500,
      windowStart: '2026-11-01T00:00:00.000Z',
      windowEnd: '2026-11-15T00:00:00.000Z',
    });
    expect(facts[0].payload).toMatchObject({
      status: 'pass',
      referenceCount: 3000,
      features: [
        { feature: 'estimated-mae', limit: 910.4, comparator: 'below' },
      ],
    });
    expect(facts[1].payload).toMatchObject({
      metric: 'estimated-mae',
      value: 852.7,
      unit: 'target',
      intervalLow: 825.4,
    });
  });

  it('does not guess a time zone', () => {
    const { facts, notes } = importFixture(
      'nannyml/univariate-naive-dates.csv',
    );
    expect(facts[0].envelope).toEqual({ sampleCount: 1000 });
    expect(notes).toContain(
      'The dates of the chunks name no time zone, so no stretch of time is taken over.',
    );
  });
});

describe('Great Expectations', () => {
  it.each<[string, ImportStatement | undefined, string[][]]>([
    ['suite-1.8.json', undefined, [['fail', 'not-as-expected']]],
    [
      'checkpoint-1.8.json',
      undefined,
      [
        ['inconclusive', 'window-and-dataset-not-stated'],
        ['inconclusive', 'window-and-dataset-not-stated'],
      ],
    ],
    [
      'checkpoint-1.8.json',
      pinned,
      [
        ['pass', 'as-expected'],
        ['pass', 'as-expected'],
      ],
    ],
    // One expectation raised: whether it holds is not known.
    ['suite-0.18.json', pinned, [['inconclusive', 'source-error']]],
  ])('%s with %p says %p', (file, stated, said) => {
    expect(
      told(`great-expectations/${file}`, stated).map(row => row.slice(1, 3)),
    ).toEqual(said);
  });

  it('says how far each check was from its limit', () => {
    const [fact] = importFixture('great-expectations/suite-1.8.json').facts;
    expect((fact.payload as any).checks[0]).toEqual({
      check: 'expect_column_values_to_not_be_null',
      aspect: 'null-share',
      feature: 'contrast',
      value: 0.001973684210526316,
      limit: 0.01,
      unit: 'ratio',
      failedCount: 36,
      totalCount: 18240,
      status: 'pass',
      reason: 'as-expected',
    });
    expect(fact.timeMs).toBe(Date.UTC(2026, 10, 22, 9, 0, 0, 120));
  });
});

describe('Soda', () => {
  it.each<[string, ImportStatement | undefined, unknown[]]>([
    ['clean.json', pinned, ['pass', 'as-expected', 18240]],
    [
      'clean.json',
      undefined,
      ['inconclusive', 'window-and-dataset-not-stated', 18240],
    ],
    ['failures.json', undefined, ['fail', 'not-as-expected', 900]],
    // Of two tables no count is that of one; the check without an outcome broke off.
    [
      'errors-two-tables.json',
      pinned,
      ['inconclusive', 'source-error', undefined],
    ],
  ])('%s with %p says %p', (file, stated, said) => {
    expect(told(`soda/${file}`, stated)[0].slice(1)).toEqual(said);
  });
});

describe('garak', () => {
  it('counts what the strictest detector saw, by family', () => {
    const [fact] = importFixture('garak/report-0.14.jsonl').facts;
    expect(fact.payload).toMatchObject({
      suite: { id: 'garak', version: '0.14.0' },
      attackCount: 1180,
      successCount: 14,
      undecidedCount: 20,
      successInterval: { method: 'wilson' },
      categories: [
        { category: 'leakreplay', references: [], successCount: 11 },
        {
          category: 'promptinject',
          references: ['owasp-llm:LLM01'],
          attackCount: 680,
          successCount: 3,
        },
      ],
    });
    expect((fact.payload as any).promptSetDigest).toMatch(/^sha256:/);
  });

  it('gives the same digest to the same prompts in another order', () => {
    const lines = textOf('garak/report-0.14.jsonl').trim().split('\n');
    const turned = [
      ...lines.slice(0, 2),
      ...lines.slice(2, 12).reverse(),
      ...lines.slice(12),
    ].join('\n');
    const digest = (text: string) =>
      (importText('garak', text).facts[0].payload as any).promptSetDigest;
    expect(digest(turned)).toBe(digest(lines.join('\n')));
  });

  it('knows no share from a hit log', () => {
    const { facts, notes } = importFixture('garak/hitlog-0.14.jsonl');
    expect(facts[0].payload).toMatchObject({
      attackCount: null,
      successCount: 3,
      successInterval: null,
      promptSetDigest: null,
    });
    expect(facts[0].envelope).toEqual({});
    expect(notes[0]).toMatch(/^A hit log holds only attacks that succeeded/);
  });

  it('reads the older name of the count, and says that the run may be cut short', () => {
    const { facts, notes } = importFixture('garak/report-0.9.jsonl');
    expect(facts[0].payload).toMatchObject({ attackCount: 5, successCount: 5 });
    expect(notes).toContain(
      'The report has no line of entry_type completion: the run may have been cut short.',
    );
  });
});

describe('promptfoo', () => {
  it('names the judge of what a judge said, and counts no row that broke off', () => {
    const { facts, notes } = importFixture('promptfoo/eval.json');
    expect(
      facts.map(({ payload }: any) => [
        payload.metric,
        payload.successCount,
        payload.totalCount,
        payload.judge?.id,
      ]),
    ).toEqual([
      ['pass-rate', 36, 40, 'openai:gpt-judge'],
      ['contains', 36, 40, undefined],
      ['groundedness', 37, 40, 'openai:gpt-judge'],
    ]);
    expect(notes).toEqual([
      '1 of 41 rows broke off with an error and count in no share.',
    ]);
  });

  it('tells attacks that succeeded, and what leaked', () => {
    const [fact] = importFixture('promptfoo/redteam.json').facts;
    expect(fact.payload).toMatchObject({
      attackCount: 50,
      successCount: 2,
      leakage: { outputCount: 20, leakedOutputCount: 2 },
      categories: [
        { category: 'harmful:hate', references: [], successCount: 0 },
        { category: 'pii:direct', references: ['owasp-llm:LLM02'] },
      ],
      judge: { id: 'unstated', version: 'unstated' },
    });
  });
});

describe('plain evaluations', () => {
  it('compares two versions on the same items', () => {
    const { facts } = importFixture('plain/classifier.json');
    expect(facts[3].payload).toMatchObject({
      metric: 'accuracy',
      unit: 'ratio',
      itemCount: 120,
      table: {
        bothSucceededCount: 109,
        onlyBaselineCount: 2,
        onlyCandidateCount: 5,
        neitherCount: 4,
      },
      testMethod: 'mcnemar-exact',
      // scipy 1.17.1: binomtest(2, 7, 0.5).pvalue
      pValueRatio: 0.4531250000000003,
    });
  });

  it('compares scores by ranks, whatever the order of the items', () => {
    const file = JSON.parse(textOf('plain/scores.json'));
    const [fact] = importText('plain', JSON.stringify(file)).facts;
    const { differenceValue, pValueRatio, testMethod } = fact.payload as any;
    // scipy 1.17.1: wilcoxon(np.round(candidate - baseline, 3), correction=False, mode='approx').pvalue
    expect(pValueRatio).toBeCloseTo(0.020689043721346168, 9);
    expect(differenceValue).toBeCloseTo(0.002033333333333336, 12);
    expect(testMethod).toBe('wilcoxon-signed-rank');
    file.comparisons[0].items.reverse();
    const again = importText('plain', JSON.stringify(file)).facts[0];
    expect({ ...again.payload, reportDigest: '' }).toEqual({
      ...fact.payload,
      reportDigest: '',
    });
  });

  it('works out the shares of a calibration', () => {
    const { facts } = importFixture('plain/assistant.json');
    expect(facts[1].payload).toMatchObject({
      sensitivityRatio: 0.95,
      specificityRatio: 0.95,
      sensitivityInterval: { method: 'wilson' },
    });
  });
});
