import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { AiAssuranceError } from '../api/AiAssuranceError';
import { AnswerView } from './states';

const failed = (error: Error) => (
  <AnswerView
    answer={{
      state: 'failed',
      error,
      sinceMs: 0,
      isRefreshing: false,
      reload: () => {},
    }}
  >
    {() => null}
  </AnswerView>
);

describe('an answer that did not come', () => {
  it('is called a failure, and can be tried again', async () => {
    renderInTestApp(
      failed(
        new AiAssuranceError('The ledger is closed', {
          code: 'UNKNOWN',
          status: 503,
        }),
      ),
    );
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('This part could not be loaded');
    expect(alert.textContent).toContain('The ledger is closed');
    expect(screen.getByRole('button', { name: 'Try again' }).tagName).toBe(
      'BUTTON',
    );
  });

  it('is no failure when the reader may not see it: it says why, and offers no retry', async () => {
    const reason = 'You need the permission ai-assurance.assurance.read.';
    renderInTestApp(
      failed(
        new AiAssuranceError(reason, { code: 'NOT_ALLOWED', status: 403 }),
      ),
    );
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toBe(`You may not see this${reason}`);
    expect(screen.queryByRole('button', { name: 'Try again' })).toBe(null);
  });
});
