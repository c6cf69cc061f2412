import { screen, within } from '@testing-library/react';
import { AiAssuranceApi } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { never } from '../__testUtils__/fakeApi';
import {
  failingObjective,
  renderOn,
  serviceAnswer,
  serviceEntity,
  serviceSignals,
} from './__testUtils__/subjects';
import { ServiceTab } from './ServiceTab';

const entityRef = 'component:default/digit-api';
const draw = (
  changes: Partial<typeof serviceAnswer> = {},
  signals: Partial<typeof serviceSignals> = {},
  api: Partial<AiAssuranceApi> = {},
  path?: string,
) =>
  renderOn(
    serviceEntity,
    <ServiceTab entityRef={entityRef} />,
    {
      getService: async () => ({ ...serviceAnswer, ...changes }),
      getServiceSignals: async () => ({ ...serviceSignals, ...signals }),
      ...api,
    },
    path,
  );
const cellTexts = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map(row =>
      [...row.children].map(cell => cell.textContent!.replace(/\s+/g, ' ')),
    );

describe('the tab of a service', () => {
  it('shows a failing objective with its budget overspent and the alert that fires', async () => {
    draw();
    const objectives = await screen.findByRole('region', {
      name: 'Objectives',
    });
    expect(within(objectives).getByText('Fail').textContent).toBe('Fail');
    expect(
      within(objectives).getByText('90.0 % of 1,000 within 150 ms').textContent,
    ).toBe('90.0 % of 1,000 within 150 ms');
    const budget = within(objectives).getByText(
      'error budget overspent by 100.0 %',
    );
    expect((budget.previousElementSibling as HTMLElement).dataset.budget).toBe(
      'over',
    );
    expect(
      within(objectives)
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toEqual([
      'burning 8.40× over 12 min, 9.00× over 1 min; page from 6× (firing)',
      'ticket from 1×: nothing counted in 2.4 h',
    ]);
    expect(
      within(objectives)
        .getByRole('link', { name: 'Evidence 21' })
        .getAttribute('href'),
    ).toBe('/ai-assurance/evidence?item=21');
  });

  it.each([
    [null, 'unknown', '0%', 'error budget not known'],
    [0.25, 'left', '25%', '25.0 % of the error budget left'],
    [-0.4, 'over', '100%', 'error budget overspent by 40.0 %'],
  ])(
    'a remaining budget of %p looks %s',
    async (budgetRemainingRatio, state, width, text) => {
      draw({ objectives: [{ ...failingObjective, budgetRemainingRatio }] });
      const track = (await screen.findByText(text))
        .previousElementSibling as HTMLElement;
      expect(track.dataset.budget).toBe(state);
      expect((track.firstElementChild as HTMLElement).style.width).toBe(width);
    },
  );

  it('shows what may be spent, what was, and for how much of the time that is known', async () => {
    draw(
      {},
      {
        costBudget: {
          verdict: { status: 'warn', reason: 'BUDGET_BURNS_FAST', facts: {} },
          currency: 'EUR',
          limitMicros: 5_000_000,
          spentMicros: 4_800_000,
          windowStartMs: Date.parse('2026-11-01T00:00:00Z'),
          windowEndMs: Date.parse('2026-12-01T00:00:00Z'),
          burnRate: 1.3,
          coverageRatio: 0.92,
          declaredBy: 'config',
        },
      },
    );
    const title = await screen.findByText('Cost budget');
    expect(title.parentElement!.textContent).toContain(
      '96.0 % of 5.00 EUR spent (4.80)burning 1.30×; 1 spends it exactly',
    );
  });

  it('names the documents that could not be read, instead of saying that there is no objective', async () => {
    draw({
      objectives: [],
      objectiveProblems: ['objectives/digit-api.yaml:7: target is missing'],
    });
    const objectives = await screen.findByRole('region', {
      name: 'Objectives',
    });
    expect(objectives.textContent).toContain(
      'objectives/digit-api.yaml:7: target is missing',
    );
    expect(within(objectives).queryByText('No objective is declared')).toBe(
      null,
    );
  });

  it('says beside the objective which source gives no usable answer, since when, and what it said', async () => {
    draw({
      objectives: [
        {
          ...failingObjective,
          verdict: {
            status: 'inconclusive',
            reason: 'source-error',
            facts: {},
          },
          sources: [
            {
              sourceId: 'telemetry',
              title: 'Telemetry',
              failingSinceMs: null,
              problem: null,
            },
            {
              sourceId: 'prom',
              title: 'prom',
              failingSinceMs: Date.UTC(2026, 10, 22, 10, 47),
              problem: 'malformed-answer: it gives one series twice',
            },
          ],
        },
      ],
    });
    expect(
      (await screen.findAllByText(/gives no usable answer/)).map(
        one => one.textContent,
      ),
    ).toEqual([
      'The source prom gives no usable answer since 22 Nov 2026, 10:47:00 UTC, so what is counted here is of before: malformed-answer: it gives one series twice',
    ]);
  });

  it('does not say that a budget lasts where nothing was counted', async () => {
    draw({
      objectives: [{ ...failingObjective, burnNow: null, exhaustsInMs: null }],
    });
    const objectives = await screen.findByRole('region', {
      name: 'Objectives',
    });
    expect(
      [...objectives.querySelectorAll('dl > div')].map(row => row.textContent),
    ).toEqual(['Burn nownot known', 'Spent innot known']);
  });

  it('shows raw and corrected budget, the burn of now and when it is spent', async () => {
    draw({
      objectives: [
        {
          ...failingObjective,
          budgetRemainingRatio: 0.12,
          correctedBudgetRemainingRatio: 0.4,
          correctionCount: 1,
          burnNow: 14.2,
          exhaustsInMs: 5_400_000,
          budgetPolicy: {
            policyId: 'tier-1',
            title: 'Tier 1',
            blocks: ['release-approval'],
            isInForce: false,
          },
        },
      ],
    });
    const objectives = await screen.findByRole('region', {
      name: 'Objectives',
    });
    expect(
      [...objectives.querySelectorAll('dl > div')].map(row =>
        [...row.children].map(cell => cell.textContent),
      ),
    ).toEqual([
      ['Remaining', '40.0 % corrected, 12.0 % raw (1 correction)'],
      ['Burn now', '14×'],
      ['Spent in', '1.5 h'],
      ['Tier 1: would block approvals of releases'],
    ]);
  });

  it('says the status line at once, and does not wait for the charts', async () => {
    draw({}, {}, { getServiceSignals: never });
    expect(
      (await screen.findByText(serviceAnswer.sentence)).getAttribute('role'),
    ).toBe('status');
    expect(screen.getByLabelText('Loading').getAttribute('aria-busy')).toBe(
      'true',
    );
  });

  it('keeps the status line when the charts fail, and says so where they would be', async () => {
    draw(
      {},
      {},
      {
        getServiceSignals: async () => {
          throw new Error('The engine is away');
        },
      },
    );
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The engine is away',
    );
    expect(screen.getByText(serviceAnswer.sentence).tagName).toBe('P');
  });

  it('names the source that does not answer, and since when', async () => {
    draw(
      {},
      {
        points: [],
        segments: [],
        failures: [
          {
            source: 'prometheus-eu',
            sinceMs: Date.UTC(2026, 10, 22, 10, 47),
            code: 'timeout',
            message: 'It took longer than 10 s.',
          },
        ],
      },
    );
    expect(
      (
        await screen.findByText(
          'The source prometheus-eu gives no usable answer since 22 Nov 2026, 10:47:00 UTC',
        )
      ).textContent,
    ).toBe(
      'The source prometheus-eu gives no usable answer since 22 Nov 2026, 10:47:00 UTC',
    );
    // What was not answered is not nothing.
    expect(
      screen.getByRole('region', { name: 'Where it hurts' }).textContent,
    ).toContain(
      'Not known: the source of these figures did not answer for all of them.',
    );
    expect(screen.queryByText('No version reported in this range.')).toBe(null);
  });

  it('draws latency, errors and traffic on one axis, each told in words', async () => {
    draw();
    const signals = await screen.findByRole('region', { name: 'Signals' });
    expect(
      within(signals)
        .getAllByRole('img')
        .map(chart => chart.getAttribute('aria-label')),
    ).toEqual([
      'Latency: p50 40 ms latest, highest 40 ms; p95 161 ms latest, highest 161 ms; p99 300 ms latest, highest 300 ms; Limit 150 ms; Version that served most: v6, v7.',
      'Error rate: Errors ÷ requests 1 % latest, highest 1 %; Version that served most: v6, v7.',
      'Requests per step: All 500 latest, highest 500; Errors 5 latest, highest 5; Version that served most: v6, v7.',
    ]);
    expect(signals.textContent).toContain(
      'No report says what this service costs.',
    );
  });

  it('puts what changed beneath the charts, each a link that keyboards reach', async () => {
    draw();
    const approvals = await screen.findByRole('list', { name: 'Approvals' });
    const [mark] = within(approvals).getAllByRole('link');
    expect([
      mark.getAttribute('aria-label'),
      mark.getAttribute('href'),
    ]).toEqual([
      'Release of version 7 approved, 22 Nov 2026, 11:59:30 UTC',
      '/ai-assurance/releases?release=rel_1',
    ]);
  });

  it('lists what changed, newest first, each with where it is told in full', async () => {
    draw();
    const changes = await screen.findByRole('table', {
      name: 'What changed, in words',
    });
    expect(cellTexts(changes)).toEqual([
      [
        'Release of version 7 approved',
        'Approvals',
        '22 Nov 2026, 11:59:30 UTC',
        'ReleaseEvidence 9',
      ],
      [
        'Artifact of version 7 recorded',
        'Records',
        '22 Nov 2026, 11:58:30 UTC',
        'Evidence 2',
      ],
    ]);
  });

  it('keeps its links in the moment that it is about', async () => {
    draw({}, {}, {}, '/?asOf=2026-11-12T14:00:00Z');
    const changes = await screen.findByRole('table', {
      name: 'What changed, in words',
    });
    expect(
      within(changes)
        .getByRole('link', { name: 'Evidence 2' })
        .getAttribute('href'),
    ).toBe('/ai-assurance/evidence?item=2&asOf=2026-11-12T14%3A00%3A00Z');
  });

  it('shows where it hurts with n, and unknown quantiles as a word', async () => {
    draw();
    const segments = await screen.findByRole('table', {
      name: 'Where it hurts',
    });
    expect(cellTexts(segments)).toEqual([
      [
        '7',
        'no cohort',
        'abababababab',
        '40 ms',
        '161 ms',
        'unknown',
        '1.0 % of 1,000',
        '0.972',
        '1,000',
      ],
    ]);
  });

  it('puts failing checks first, with what to do now, and claims nothing of checks that do not apply', async () => {
    draw();
    const checks = await screen.findByRole('table', { name: 'Readiness' });
    expect(cellTexts(checks)).toEqual([
      [
        'Are all objectives met?',
        'Fail',
        '90 %, limit at least 95 %, n = 1,000',
        'silver',
        'Roll back or raise capacity.',
        'Evidence 21',
      ],
      ['Is it accurate enough?', 'Not applicable', '–', 'bronze', '–', '–'],
    ]);
  });

  it('says of a runbook when it was checked, or that nobody did', async () => {
    draw();
    const people = await screen.findByRole('region', {
      name: 'People and runbooks',
    });
    const link = within(people).getByRole('link', { name: 'digit-api.md' });
    expect(link.getAttribute('href')).toBe(
      'https://runbooks.example.com/digit-api.md?plain=1',
    );
    expect(people.textContent).toContain('nobody has said that it still holds');
  });

  it('says what is missing where no runbook and nobody on call is named', async () => {
    draw({ runbooks: [] });
    const people = await screen.findByRole('region', {
      name: 'People and runbooks',
    });
    expect(people.textContent).toContain(
      'No runbook is linked. Set the annotation ai-assurance.io/runbook.',
    );
    expect(people.textContent).toContain(
      'No on-call link. Set the annotation ai-assurance.io/on-call, or a link of type on-call on the owner group.',
    );
  });

  it('has every table named and no heading level left out', async () => {
    draw();
    await screen.findByRole('region', { name: 'Signals' });
    expect(
      screen
        .getAllByRole('table')
        .map(table => table.querySelector('caption')!.textContent),
    ).toEqual(['Where it hurts', 'What changed, in words', 'Readiness']);
    expect(
      screen
        .getAllByRole('heading', { level: 2 })
        .map(heading => heading.textContent),
    ).toEqual([
      'Objectives',
      'Behind the error budgets',
      'Signals',
      'Where it hurts',
      'What changed, in words',
      'Incidents',
      'People and runbooks',
      'Drift',
      'Readiness',
    ]);
    expect(screen.queryByRole('heading', { level: 3 })).toBe(null);
  });
});
