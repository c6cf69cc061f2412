import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  edgeModelEntity,
  modelAnswer,
  renderOn,
} from './__testUtils__/subjects';
import { ModelTab } from './ModelTab';

const draw = (changes: Partial<typeof modelAnswer> = {}) =>
  renderOn(
    edgeModelEntity,
    <ModelTab entityRef="resource:default/digit-reader-edge" />,
    { getModel: async () => ({ ...modelAnswer, ...changes }) },
  );
const cellTexts = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map(row => [...row.children].map(cell => cell.textContent));

describe('the tab of a model', () => {
  it('lists versions with size, interval, sessions and release; what is not known is a word', async () => {
    draw();
    expect(
      cellTexts(await screen.findByRole('table', { name: 'Versions' })),
    ).toEqual([
      [
        '2',
        'abababababab',
        '78.01 kB',
        'int8',
        '95.85 %, interval 94.88 % to 96.64 %',
        '42.9 % of 70',
        'not in this range',
        'In review',
      ],
      [
        '3',
        'Unknown digest',
        'unknown',
        'unknown',
        'not evaluated',
        'no data',
        'not in this range',
        'never proposed',
      ],
    ]);
    expect(
      screen.getByRole('link', { name: 'In review' }).getAttribute('href'),
    ).toBe('/ai-assurance/releases?release=rel_1');
  });

  it('says since when its rollout is held, by which budget, and what to do', async () => {
    const promotion = {
      decision: 'hold' as const,
      reason: 'error-budget-exhausted',
      version: '2',
      sinceMs: Date.parse('2026-11-22T10:00:00Z'),
      policyId: 'default',
      budgets: ['latency/fast'],
    };
    draw({ promotion });
    expect(
      await screen.findByText(/The rollout of version 2 is held since /),
    ).toBeVisible();
    expect(
      screen.getByText(
        'The error budget of latency/fast is exhausted, and the policy “default” holds rollouts until it recovers. Roll back what burns it, or correct the objective where time should not count.',
      ),
    ).toBeVisible();
  });

  it('says that a rollout may go on', async () => {
    draw({
      promotion: {
        decision: 'promote',
        reason: 'healthy',
        version: '2',
        sinceMs: Date.parse('2026-11-22T10:00:00Z'),
        policyId: null,
        budgets: [],
      },
    });
    expect(
      await screen.findByText(/Version 2 may go to more devices, since /),
    ).toBeVisible();
    // A pipeline that may go on is no release that was approved.
    expect(
      screen.getByText(
        'It runs well where it runs, and no error budget holds it. Whether it was approved stands beside the version.',
      ),
    ).toBeVisible();
  });

  it('says which metric has too many segments, and what to do', async () => {
    draw({
      overflow: [
        {
          metric: 'ai_assurance.inference.duration',
          firstSeenMs: Date.parse('2026-11-22T10:00:00Z'),
          lastSeenMs: Date.parse('2026-11-22T10:05:00Z'),
        },
      ],
    });
    expect(
      await screen.findByText(
        /ai_assurance.inference.duration had too many segments to be kept apart from /,
      ),
    ).toBeVisible();
    expect(
      screen.getByText(/or raise aiAssurance.telemetry.maxSegments\.$/),
    ).toBeVisible();
  });

  it('keeps a proposal from those who may not, and says why', async () => {
    draw({
      mayPropose: {
        allowed: false,
        reason: 'Only contributors who own this model may propose a release.',
      },
    });
    const button = await screen.findByRole('button', {
      name: 'Propose a release',
      description:
        'Only contributors who own this model may propose a release.',
    });
    expect((button as HTMLButtonElement).disabled).toBe(true);
  });

  it('opens the proposal with the version that has a digest', async () => {
    draw();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Propose a release' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(
      within(dialog).getByRole('button', { name: /^2 \(abababababab\)/ })
        .textContent,
    ).toContain('2 (abababababab)');
  });

  it('shows adoption by cohort; loads that nobody counted are no data, not zero', async () => {
    draw();
    expect(
      cellTexts(await screen.findByRole('table', { name: 'Adoption' })),
    ).toEqual([
      ['Low-end phones', '2', '75.0 % of 40', '90.0 % of 30', 'no data'],
    ]);
  });

  it('of the cloud has no adoption on devices', async () => {
    draw({ subject: { ...modelAnswer.subject, kind: 'ai-model' } });
    await screen.findByRole('table', { name: 'Versions' });
    expect(screen.queryByRole('region', { name: 'Adoption' })).toBe(null);
  });

  it('says that a model was not judged yet, which is no pass', async () => {
    draw();
    expect((await screen.findByText(/^Not judged yet/)).textContent).toBe(
      'Not judged yet. Verdicts appear within a minute.',
    );
  });
});
