import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { board } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { ScorecardsPage } from './ScorecardsPage';

describe('the scorecards', () => {
  it('shows a skeleton while it loads', async () => {
    renderPage(<ScorecardsPage />, { api: { listScorecards: never } });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says how a scorecard comes to be when there is none', async () => {
    renderPage(<ScorecardsPage />, {
      api: { listScorecards: async () => ({ scorecards: [] }) },
    });
    expect(
      (await screen.findByText('No scorecard is configured')).textContent,
    ).toBe('No scorecard is configured');
  });

  it('says what failed', async () => {
    const listScorecards = async () => {
      throw new Error('The store is closed');
    };
    renderPage(<ScorecardsPage />, { api: { listScorecards } });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The store is closed',
    );
  });

  it('shows missing data as inconclusive, with its reason, and counts it', async () => {
    renderPage(<ScorecardsPage />, {
      api: { listScorecards: async () => ({ scorecards: [board] }) },
    });
    const cell = await screen.findByRole('button', {
      name: 'Do the outputs look like the reference? for Digit API: Inconclusive: no data. Show why.',
    });
    expect(cell.textContent).toBe('Inconclusive: no data');
    expect(screen.getByRole('status').textContent).toBe(
      'Production readiness: 2 of 2 checks fail or are unknown, on 1 subject.',
    );
  });

  it('opens why and what now from a cell, and closes it again', async () => {
    renderPage(<ScorecardsPage />, {
      api: { listScorecards: async () => ({ scorecards: [board] }) },
    });
    const cell = await screen.findByRole('button', {
      name: /^Is the latency objective met/,
    });
    await userEvent.click(cell);
    const panel = screen.getByRole('region', {
      name: 'Is the latency objective met?',
    });
    expect(within(panel).getByText(/limit at most/).textContent).toBe(
      '131 ms, limit at most 120 ms, n = 4,812',
    );
    expect(within(panel).getByText(/slowest cohort/).textContent).toBe(
      'Look at the slowest cohort on the service page.',
    );
    expect(
      within(panel)
        .getByRole('link', { name: 'Evidence 17' })
        .getAttribute('href'),
    ).toBe('/ai-assurance/evidence?item=17');
    await userEvent.click(within(panel).getByRole('button', { name: 'Close' }));
    expect(
      screen.queryByRole('region', { name: 'Is the latency objective met?' }),
    ).toBe(null);
  });
});
