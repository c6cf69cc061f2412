import { AnswerOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { formatTime } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { nowMs } from '../__testUtils__/fixtures';
import {
  driftFailing,
  driftWithoutReference,
  edgeModelEntity,
  renderOn,
} from '../entity/__testUtils__/subjects';
import { renderPage } from '../__testUtils__/renderPage';
import { CoveragePage } from './CoveragePage';
import { DriftTab } from './DriftTab';

const subject = 'resource:default/digit-reader-edge';
const coverage: AnswerOf<'getDrift'>['coverage'] = {
  subject,
  title: 'Digit reader for phones',
  riskTier: 'high',
  tier: null,
  featureCount: 3,
  liveCount: 1,
  trafficCount: 1000,
  watchedTrafficCount: 920,
  unwatched: [{ feature: 'input.image', why: 'not-monitored' }],
};
const failing = {
  ...driftFailing,
  feature: 'output.confidence',
  comparisonCount: 12,
  enoughCount: 340,
  pValue: 0.00001,
  adjustedPValue: 0.00012,
  statistics: [
    {
      statistic: 'kolmogorov-smirnov',
      value: 0.311,
      warnLimit: 0.126,
      failLimit: 0.197,
      pValue: 0.00002,
    },
  ],
  cohorts: [
    {
      cohort: 'resource:default/low-end-phones',
      value: null,
      failLimit: null,
      pValue: null,
      adjustedPValue: null,
      referenceCount: null,
      currentCount: null,
      verdict: {
        status: 'inconclusive' as const,
        reason: 'suppressed',
        facts: {},
      },
    },
  ],
  quality: [
    {
      aspect: 'range' as const,
      value: 0.1,
      limit: 0,
      unit: 'ratio',
      failedCount: 10,
      totalCount: 100,
      verdict: { status: 'fail' as const, reason: 'above-limit', facts: {} },
    },
  ],
  history: [
    { atMs: nowMs - 30 * 60_000, value: 0.02, status: 'pass' as const },
    { atMs: nowMs, value: 0.4, status: 'fail' as const },
  ],
};
const answer: AnswerOf<'getDrift'> = {
  subject: { entityRef: subject, kind: 'edge-model', title: 'Digit reader' },
  sentence: '1 of 2 watched signals drifted: output.confidence',
  status: 'fail',
  rangeStartMs: nowMs - 60 * 60_000,
  rangeEndMs: nowMs,
  coverage,
  declarationProblems: [],
  cohort: null,
  cohorts: ['resource:default/low-end-phones'],
  monitors: [
    failing,
    { ...driftWithoutReference, feature: 'output.class', history: [] },
  ],
  references: [
    {
      referenceId: 'ref_1',
      subject,
      feature: 'output.confidence',
      fromMs: Date.UTC(2026, 10, 1),
      toMs: Date.UTC(2026, 10, 2),
      totalCount: 1200,
      histogramDigest: `sha256:${'a'.repeat(64)}`,
      approvedBy: 'user:default/ada',
      approvedAtMs: Date.UTC(2026, 10, 3),
      expiresAtMs: Date.UTC(2027, 1, 1),
      version: 2,
    },
  ],
  mayApproveReference: { allowed: false, reason: 'Only approvers can' },
};

describe('the drift tab', () => {
  const draw = (path = '/') =>
    renderOn(
      edgeModelEntity,
      <DriftTab />,
      { getDrift: async () => answer },
      path,
    );

  it('says first what drifted, and how much is watched', async () => {
    draw();
    await screen.findByText(
      '1 of 2 watched signals drifted: output.confidence',
    );
    expect(screen.getByText(/^Watching 1 of 3/).textContent).toBe(
      'Watching 1 of 3 features and outputs, 92 % of traffic (920 of 1,000 inferences). Not watched: input.image (not monitored)',
    );
  });

  it('opens the worst signal with rate, counts, statistics, quality and cohorts', async () => {
    draw();
    const rate = await screen.findByText(/^False-alarm rate/);
    expect(rate.textContent).toContain('over 12 comparisons judged together');
    expect(rate.textContent).toContain(
      '340 would be enough to tell a large shift from chance',
    );
    expect(screen.getByText('Kolmogorov-Smirnov').textContent).toBe(
      'Kolmogorov-Smirnov',
    );
    expect(screen.queryAllByText(/^No reference is approved/)).toEqual([]);
    expect(screen.getByText('10 / 100').textContent).toBe('10 / 100');
    expect(screen.getByText('suppressed').textContent).toBe('suppressed');
  });

  it('opens another cell by pointer and is walked by arrow keys', async () => {
    draw();
    const cells = await screen.findAllByRole('button', {
      name: /^output.class, /,
    });
    await userEvent.click(cells[cells.length - 1]);
    expect(
      (await screen.findByRole('heading', { name: /^output.class at/ }))
        .textContent,
    ).toMatch(/^output.class at/);
    expect(screen.getByText(/would decide$/).textContent).toBe(
      'Not compared; PSI would decide',
    );
    expect(screen.getByText(/^Limits: /).textContent).toBe(
      'Limits: warn from 0.100 at the least, fail from 0.250',
    );
    expect(screen.getByText(/^No reference is approved/).textContent).toBe(
      'No reference is approved: there is nothing that it could be compared with.',
    );
    cells[1].focus();
    fireEvent.keyDown(cells[1], { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(cells[0]);
    fireEvent.keyDown(cells[0], { key: 'ArrowUp' });
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(
      /^output.confidence, /,
    );
  });

  it('opens an earlier cell with what was recorded by then', async () => {
    const asked: unknown[] = [];
    const then = {
      ...failing,
      statistic: 'psi',
      value: 0.02,
      referenceBins: [600, 400],
      currentBins: [30, 20],
      currentCount: 50,
      verdict: { status: 'pass' as const, reason: 'within', facts: {} },
      evaluatedAtMs: nowMs - 31 * 60_000,
    };
    renderOn(
      edgeModelEntity,
      <DriftTab />,
      {
        getDrift: async (_ref, options) => {
          asked.push(options?.asOf);
          return options?.asOf ? { ...answer, monitors: [then] } : answer;
        },
      },
      '/',
    );
    const [cell] = await screen.findAllByRole('button', {
      name: /^output.confidence, .*: Pass, 0.020$/,
    });
    await userEvent.click(cell);
    const line = await screen.findByText(/^At .* the value was 0.020: pass/);
    expect(line.textContent).toContain(
      'Shown here is what was recorded by then',
    );
    expect(screen.getByText(/n = 50 against/).tagName).toBe('P');
    expect(screen.queryByRole('button', { name: /Approve/ })).toBe(null);
    expect(asked.at(-1)).toBe(
      new Date(nowMs - 30 * 60_000 + 30_000).toISOString(),
    );
  });

  it('says who approved what it compares with, and until when that stands', async () => {
    draw();
    const line = await screen.findByText(/^Reference 2, of/);
    expect(line.textContent).toContain(
      `stands until ${formatTime(Date.UTC(2027, 1, 1))}`,
    );
    expect(within(line).getByRole('link', { name: /ada/i }).textContent).toBe(
      'ada',
    );
  });

  it('says over which minutes it judged, and until when what is read now has a part in it', async () => {
    const minuteMs = 60_000;
    const judged = {
      ...failing,
      verdict: {
        ...failing.verdict,
        facts: {
          windowStartMs: Date.UTC(2026, 10, 22, 12, 0),
          windowEndMs: Date.UTC(2026, 10, 22, 12, 2),
        },
      },
    };
    renderOn(
      edgeModelEntity,
      <DriftTab />,
      { getDrift: async () => ({ ...answer, monitors: [judged] }) },
      '/',
    );
    const line = await screen.findByText(/^Judged over/);
    const until = formatTime(Date.UTC(2026, 10, 22, 12, 2) + 3 * minuteMs);
    expect(line.textContent).toContain(
      `What is read now stays in the window until ${until}`,
    );
  });

  it('tells of one cohort alone once it is chosen, and says where too few devices are behind it', async () => {
    const asked: unknown[] = [];
    const ofCohort = {
      ...failing,
      value: null,
      isSuppressed: true,
      currentCount: 0,
      currentBins: [],
      cohorts: [],
      quality: [],
      statistics: [],
      verdict: {
        status: 'inconclusive' as const,
        reason: 'suppressed',
        facts: {},
      },
    };
    renderOn(
      edgeModelEntity,
      <DriftTab />,
      {
        getDrift: async (_ref, options) => {
          asked.push(options?.cohort);
          return options?.cohort
            ? { ...answer, cohort: options.cohort, monitors: [ofCohort] }
            : answer;
        },
      },
      '/',
    );
    await userEvent.click(
      await screen.findByRole('button', { name: /Cohort/ }),
    );
    await userEvent.click(
      await screen.findByRole('option', { name: 'low-end-phones' }),
    );
    const line = await screen.findByText(/Suppressed: too few devices/);
    expect(line.textContent).not.toContain('n = 0');
    expect(asked.at(-1)).toBe('resource:default/low-end-phones');
    expect(screen.queryByRole('button', { name: /Approve/ })).toBe(null);
    expect(screen.queryByText('By cohort')).toBe(null);
  });

  it('shows the same as a table', async () => {
    draw();
    const [show] = await screen.findAllByText('Show as table');
    await userEvent.click(show);
    const table = screen.getByRole('table', {
      name: 'Feature or output',
    });
    const [, first] = within(table).getAllByRole('row');
    expect(first.textContent).toContain('output.confidence');
  });
});

describe('the coverage page', () => {
  it('counts live monitors by subject and risk tier, and names what is missing', async () => {
    renderPage(<CoveragePage />, {
      api: {
        getDriftCoverage: async () => ({
          sentence: 'Watching 1 of 3 features',
          subjectCount: 1,
          incompleteCount: 1,
          subjects: [coverage],
          byRiskTier: [
            {
              riskTier: 'high',
              featureCount: 3,
              liveCount: 1,
              trafficCount: 1000,
              watchedTrafficCount: 920,
            },
          ],
        }),
      },
    });
    await screen.findByText('Watching 1 of 3 features');
    expect(screen.getAllByText('33 % (1 / 3)').length).toBe(2);
    expect(screen.getAllByText('92 % (920 / 1,000)').length).toBe(2);
    expect(screen.getByText('input.image (not monitored)').textContent).toBe(
      'input.image (not monitored)',
    );
  });
});
