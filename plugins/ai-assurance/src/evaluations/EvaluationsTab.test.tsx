import {
  Evaluations,
  EvaluationResult,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AiAssuranceError } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { digest, nowMs } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { EvaluationsView } from './EvaluationsTab';

const subject = 'resource:default/digit-reader';

const result = (change: Partial<EvaluationResult> = {}): EvaluationResult => ({
  metric: 'accuracy',
  slice: null,
  version: '2',
  digest,
  value: 0.9,
  low: 0.88,
  high: 0.92,
  unit: 'ratio',
  counted: null,
  direction: null,
  method: 'wilson',
  sampleCount: 2000,
  datasetId: 'held-out',
  datasetDigest: digest,
  judge: null,
  corrected: null,
  calibrationId: null,
  changed: null,
  tool: { id: 'nightly', version: '1' },
  timeMs: nowMs,
  evidenceId: '5',
  ...change,
});

const nothing: Evaluations = {
  subject: { entityRef: subject, kind: 'ai-model', title: 'Digit reader' },
  sentence: 'Nothing has been evaluated yet.',
  status: null,
  gates: null,
  versions: [],
  versionCount: 0,
  resultCount: 0,
  comparisonCount: 0,
  results: [],
  comparisons: [],
  safety: [],
  calibrations: [],
  online: [],
  uses: [],
  mayImport: { allowed: true },
};

const evaluated: Evaluations = {
  ...nothing,
  versionCount: 2,
  resultCount: 2,
  comparisonCount: 1,
  sentence: 'Version 2 does not pass: of 1 gate, 1 is not known.',
  status: 'inconclusive',
  gates: {
    source: './gates/reader.yaml',
    title: 'Reader',
    digest,
    problem: null,
  },
  versions: [
    {
      version: '2',
      digest,
      lastMeasuredAtMs: nowMs,
      status: 'inconclusive',
      reason: 'interval-crosses-bound',
      gates: [
        {
          gate: 'accurate-enough',
          metric: 'accuracy',
          slice: null,
          status: 'inconclusive',
          reason: 'interval-crosses-bound',
          value: 0.9,
          low: 0.88,
          high: 0.92,
          bound: 0.89,
          comparator: 'at-least',
          unit: 'ratio',
          sampleCount: 2000,
          evidenceId: '5',
        },
      ],
      judgedAtMs: nowMs,
      sinceMs: nowMs,
      evidenceId: '9',
    },
    {
      version: '1',
      digest: null,
      lastMeasuredAtMs: nowMs,
      status: null,
      reason: null,
      gates: [],
      judgedAtMs: null,
      sinceMs: null,
      evidenceId: null,
    },
  ],
  results: [
    result(),
    result({
      version: '1',
      digest: null,
      low: null,
      high: null,
      sampleCount: null,
      datasetDigest: null,
      changed: 'dataset-changed',
      judge: { id: 'judge', version: '3', digest: null },
      evidenceId: '4',
    }),
  ],
  comparisons: [
    {
      metric: 'accuracy',
      slice: null,
      version: '2',
      digest,
      baselineVersion: '1',
      itemCount: 2000,
      table: {
        bothSucceededCount: 1740,
        onlyBaselineCount: 20,
        onlyCandidateCount: 12,
        neitherCount: 228,
      },
      value: -0.004,
      low: -0.0097,
      high: 0.0017,
      unit: 'ratio',
      pValueRatio: 0.2153,
      testMethod: 'mcnemar-exact',
      timeMs: nowMs,
      evidenceId: '6',
    },
  ],
  safety: [
    {
      version: '2',
      digest,
      suite: { id: 'garak', version: '0.14.0' },
      promptSetId: null,
      promptSetDigest: digest,
      judge: null,
      attackCount: 680,
      successCount: 3,
      undecidedCount: 20,
      categories: [
        {
          category: 'promptinject',
          attackCount: 680,
          successCount: 3,
          undecidedCount: 20,
          low: 0.0015,
          high: 0.0129,
          references: [
            {
              id: 'LLM01',
              list: 'OWASP Top 10 for LLM Applications 2025',
              title: 'Prompt Injection',
            },
          ],
        },
        {
          category: 'hits-alone',
          attackCount: null,
          successCount: 7,
          undecidedCount: 0,
          low: null,
          high: null,
          references: [],
        },
      ],
      refusals: {
        harmfulRefusedCount: 388,
        harmfulCompliedCount: 12,
        benignRefusedCount: 9,
        benignCompliedCount: 391,
      },
      timeMs: nowMs,
      evidenceId: '7',
    },
  ],
};

const draw = (getEvaluations: () => Promise<Evaluations>, api: object = {}) =>
  renderPage(<EvaluationsView entityRef={subject} />, {
    api: { getEvaluations, ...api },
  });
const rowsOf = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map(row => [...row.children].map(cell => cell.textContent));

describe('the tab of evaluations', () => {
  it('says what a score counts and which way is better, where its name says the opposite', async () => {
    draw(async () => ({
      ...evaluated,
      results: [
        result({
          metric: 'toxicity',
          counted: 'good-outputs',
          direction: 'higher-is-better',
          value: 0.97,
        }),
        result(),
      ],
    }));
    const table = await screen.findByRole('table', {
      name: 'Versions side by side',
    });
    const [accuracy, toxicity] = rowsOf(table).map(([name]) => name);
    expect(toxicity).toBe(
      'toxicityoutputs whose score was good enough, higher is better',
    );
    expect(accuracy).toBe('accuracy');
  });

  it('loads', async () => {
    draw(never);
    expect((await screen.findAllByRole('status')).length).toBe(1);
  });

  it('says what would be here when nothing is', async () => {
    draw(async () => nothing);
    await screen.findByText('Nothing has been evaluated');
    expect(screen.getByText(/No gates are declared/).tagName).toBe('P');
  });

  it('says what failed', async () => {
    draw(async () => {
      throw new AiAssuranceError('The database is away', {
        code: 'X',
        status: 500,
      });
    });
    expect((await screen.findByText(/The database is away/)).hidden).toBe(
      false,
    );
  });

  it('shows each gate with value, interval, bound and n', async () => {
    draw(async () => evaluated);
    expect(
      rowsOf(await screen.findByRole('table', { name: 'Version 2' })),
    ).toEqual([
      [
        'accurate enoughaccuracy',
        'Inconclusive: interval crosses bound',
        '90 %, interval 88 % to 92 %, at least 89 %',
        '2,000',
        'Evidence 5',
      ],
    ]);
  });

  it('puts versions side by side, and says what cannot be compared and why', async () => {
    draw(async () => evaluated);
    const [row] = rowsOf(
      await screen.findByRole('table', { name: 'Versions side by side' }),
    );
    expect(row[0]).toBe('accuracy');
    expect(row[1]).toContain('90 %, interval 88 % to 92 %, limit 89 %');
    expect(row[2]).toContain('90 %, no interval stated');
    expect(row[2]).toContain('n not stated');
    expect(row[2]).toContain('data without a digest');
    expect(row[2]).toContain('Judge not calibrated: supports no pass');
    expect(row[2]).toContain(
      'Measured on other data than the newest result: run again',
    );
  });

  it('shows the paired comparison with its counts', async () => {
    draw(async () => evaluated);
    const [row] = rowsOf(
      await screen.findByRole('table', {
        name: 'Better or worse, on the same items',
      }),
    );
    expect(row.slice(0, 2)).toEqual(['2 against 1', 'accuracy']);
    expect(row.slice(3)).toEqual([
      '0.215',
      'Exact McNemar',
      '2,000',
      '1,740',
      '20',
      '12',
      '228',
      'Evidence 6',
    ]);
  });

  it('shows refusals two by two with their denominators, and attacks by category', async () => {
    draw(async () => evaluated);
    expect(
      rowsOf(await screen.findByRole('table', { name: 'Refusals' })),
    ).toEqual([
      ['Harmful request', '97.0 % of 400 right', '3.0 % of 400 wrong'],
      ['Benign request', '2.3 % of 400 wrong', '97.8 % of 400 right'],
    ]);
    const categories = rowsOf(
      screen.getByRole('table', {
        name: 'Attacks that succeeded, by category',
      }),
    );
    expect(categories[0][3]).toBe(
      'LLM01 Prompt Injection (OWASP Top 10 for LLM Applications 2025)',
    );
    expect(categories[1].slice(1)).toEqual([
      '7 succeeded; of how many is not known',
      '0',
      'in no list',
    ]);
  });

  it('keeps the import from those who may not, and says why', async () => {
    draw(async () => ({
      ...nothing,
      mayImport: { allowed: false, reason: 'Its owner may.' },
    }));
    const button = await screen.findByRole('button', {
      name: 'Import a report',
      description: 'Its owner may.',
    });
    expect((button as HTMLButtonElement).disabled).toBe(true);
  });

  it('shows the newest versions and the first rows of many, counts the rest, and shows more on demand', async () => {
    const [first] = evaluated.versions;
    const versions = Array.from({ length: 12 }, (_, i) => ({
      ...first,
      version: `v${i}`,
      digest: null,
      gates: [],
    }));
    const results = versions.flatMap(({ version }) =>
      Array.from({ length: 30 }, (_, i) =>
        result({
          version,
          digest: null,
          metric: `metric-${String(i).padStart(2, '0')}`,
          evidenceId: `${version}-${i}`,
        }),
      ),
    );
    draw(async () => ({
      ...evaluated,
      versions,
      versionCount: 31,
      results,
      resultCount: 700,
    }));
    const table = await screen.findByRole('table', {
      name: 'Versions side by side',
    });
    const size = () => [
      within(table).getAllByRole('columnheader').length,
      within(table).getAllByRole('row').length,
    ];
    expect(size()).toEqual([7, 21]);
    expect(screen.getByText('Versions: 6 of 31 shown').tagName).toBe('SPAN');
    expect(screen.getByText('Metrics and slices: 20 of 30 shown').tagName) //
      .toBe('SPAN');
    expect(
      screen.getByText(
        'The newest 360 of 700 results are compared here; all of them are evidence.',
      ).tagName,
    ).toBe('P');
    await userEvent.click(
      screen.getByRole('button', { name: 'Show more: Versions' }),
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Show more: Metrics and slices' }),
    );
    expect(size()).toEqual([13, 31]);
    expect(screen.getByText('Versions: 12 of 31 shown').tagName).toBe('SPAN');
    expect(screen.queryByRole('button', { name: /Show more/ })).toBe(null);
  });
});

describe('the import', () => {
  const formats = async () => ({
    formats: [
      { id: 'garak', title: 'garak report', version: '1', fileEndings: [] },
    ],
  });

  async function open(importReport: (...args: any[]) => Promise<any>) {
    const user = userEvent.setup();
    draw(async () => nothing, { listImportFormats: formats, importReport });
    await user.click(
      await screen.findByRole('button', { name: 'Import a report' }),
    );
    await screen.findByLabelText('File');
    await user.upload(
      screen.getByLabelText('File'),
      new File(['{}'], 'report.jsonl'),
    );
    return user;
  }

  it('shows what a report would record before it does', async () => {
    const asked: unknown[] = [];
    const user = await open(async (format, query) => {
      asked.push([format, query.subject, query.preview]);
      return {
        format,
        reportDigest: digest,
        items: [
          {
            outcome: query.preview ? 'preview' : 'accepted',
            evidenceId: query.preview ? null : '12',
            type: 'io.ai-assurance.safety-evaluation.v2',
            metric: null,
            status: null,
            sampleCount: null,
          },
        ],
        notes: ['A hit log holds only attacks that succeeded.'],
      };
    });
    await user.click(
      screen.getByRole('button', { name: 'Show what it would record' }),
    );
    expect(
      rowsOf(await screen.findByRole('table', { name: 'Outcome' })),
    ).toEqual([
      ['safety evaluation', 'not stated', 'none', 'would be recorded '],
    ]);
    screen.getByText('A hit log holds only attacks that succeeded.');
    await user.click(screen.getByRole('button', { name: 'Import' }));
    await screen.findByText('Evidence 12');
    expect(asked).toEqual([
      ['garak', subject, 'true'],
      ['garak', subject, undefined],
    ]);
  });

  it('says exactly what is wrong with a report', async () => {
    const user = await open(async () => {
      throw new AiAssuranceError('line 3: 6 passed of 5', {
        code: 'BROKEN_REPORT',
        status: 400,
      });
    });
    await user.click(screen.getByRole('button', { name: 'Import' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toBe(
      'Not imported: the report is brokenline 3: 6 passed of 5report.jsonl · BROKEN_REPORT',
    );
  });
});
