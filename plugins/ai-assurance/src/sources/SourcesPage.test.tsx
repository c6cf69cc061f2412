import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { nowMs } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { SourcesPage } from './SourcesPage';

const collector = {
  collectorId: 'mlflow.registry',
  title: 'MLflow registry',
  version: '1',
  isEnabled: true,
  everySeconds: 300,
  timeoutSeconds: 60,
  workingCount: 1,
  failingCount: 1,
  waitingCount: 0,
};
const failing = {
  collectorId: 'mlflow.registry',
  title: 'MLflow registry',
  subject: 'resource:default/digit-reader',
  state: 'failing' as const,
  sinceMs: nowMs,
  failureCode: 'UNREACHABLE',
  failureMessage: 'No answer within 10 s.',
  failedRunCount: 4,
  evidenceId: '9',
};

describe('the sources page', () => {
  it('shows a skeleton while it loads', async () => {
    renderPage(<SourcesPage />, { api: { listCollectors: never } });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says what collectors are when there is none', async () => {
    renderPage(<SourcesPage />, {
      api: { listCollectors: async () => ({ collectors: [], sources: [] }) },
    });
    expect(
      (await screen.findByText('No collector is installed')).textContent,
    ).toBe('No collector is installed');
  });

  it('says what failed', async () => {
    renderPage(<SourcesPage />, {
      api: {
        listCollectors: async () => {
          throw new Error('The database is down');
        },
      },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The database is down',
    );
  });

  it('opens with how many fail, and says of each why and since when', async () => {
    const asked: unknown[] = [];
    renderPage(<SourcesPage />, {
      api: {
        listCollectors: async query => {
          asked.push(query?.state);
          return { collectors: [collector], sources: [failing] };
        },
      },
    });
    expect((await screen.findByText(/of 2 sources/)).textContent).toBe(
      '1 of 2 sources fails: what it should bring is unknown.',
    );
    const table = screen.getByRole('table', { name: 'Sources, by subject' });
    expect(within(table).getByText(/No answer/).textContent).toBe(
      'No answer within 10 s. The last 4 runs failed (unreachable).',
    );
    expect(
      within(table).getByRole('link', { name: 'Evidence 9' }).textContent,
    ).toBe('Evidence 9');
    await userEvent.click(screen.getByRole('button', { name: /State/ }));
    await userEvent.click(screen.getByRole('option', { name: 'Failing' }));
    expect(asked).toEqual([undefined, 'failing']);
  });
});
