import { screen, within } from '@testing-library/react';
import {
  driftWithoutReference,
  failingObjective,
  renderOn,
  serviceAnswer,
  serviceEntity,
} from './__testUtils__/subjects';
import { ServiceTab } from './ServiceTab';

const entityRef = 'component:default/digit-api';
const draw = (changes: Partial<typeof serviceAnswer> = {}) =>
  renderOn(serviceEntity, <ServiceTab entityRef={entityRef} />, {
    getService: async () => ({ ...serviceAnswer, ...changes }),
  });
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

  it('lists what changed, newest first, each with its evidence', async () => {
    draw();
    const changes = await screen.findByRole('table', { name: 'What changed' });
    expect(cellTexts(changes)).toEqual([
      [
        'Release of version 7 approved',
        '22 Nov 2026, 11:59:30 UTC',
        'Evidence 9',
      ],
      [
        'Artifact of version 7 recorded',
        '22 Nov 2026, 11:58:30 UTC',
        'Evidence 2',
      ],
    ]);
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

  it.each([
    [{}, 'link', 'Runbook'],
    [
      { runbookUrl: undefined },
      'text',
      'No runbook is linked. Set the annotation ai-assurance.io/runbook.',
    ],
  ])('with %j shows the runbook as %s', async (changes, kind, text) => {
    draw(changes);
    expect((await screen.findByText(text)).tagName).toBe(
      kind === 'link' ? 'A' : 'DIV',
    );
  });

  it('has every table named and no heading level left out', async () => {
    draw({ drift: [driftWithoutReference] });
    await screen.findByRole('region', { name: 'Objectives' });
    expect(
      screen
        .getAllByRole('table')
        .map(table => table.querySelector('caption')!.textContent),
    ).toEqual(['Where it hurts', 'What changed', 'Readiness']);
    expect(
      screen
        .getAllByRole('heading', { level: 2 })
        .map(heading => heading.textContent),
    ).toEqual([
      'Objectives',
      'Latency and traffic',
      'Where it hurts',
      'What changed',
      'Drift',
      'Readiness',
    ]);
    expect(screen.queryByRole('heading', { level: 3 })).toBe(null);
  });
});
