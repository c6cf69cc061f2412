import { screen } from '@testing-library/react';
import { never } from '../__testUtils__/fakeApi';
import { edgeModelEntity, renderOn, summary } from './__testUtils__/subjects';
import { AssuranceCard } from './AssuranceCard';

describe('the card on an entity', () => {
  it('shows a skeleton while it loads', async () => {
    renderOn(edgeModelEntity, <AssuranceCard />, { getSubjectSummary: never });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says what failed', async () => {
    const getSubjectSummary = async () => {
      throw new Error('The store is closed');
    };
    renderOn(edgeModelEntity, <AssuranceCard />, { getSubjectSummary });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The store is closed',
    );
  });

  it('says that nothing was measured when there is no fact', async () => {
    renderOn(edgeModelEntity, <AssuranceCard />, {
      getSubjectSummary: async () => ({ ...summary, facts: [], level: null }),
    });
    expect(
      (await screen.findByText(/^Nothing has been measured/)).textContent,
    ).toBe('Nothing has been measured yet.');
    expect(screen.getByText(/level/).textContent).toBe('No level is held');
  });

  it('is one sentence, five facts and one link', async () => {
    const { container } = renderOn(edgeModelEntity, <AssuranceCard />, {
      getSubjectSummary: async () => summary,
    });
    expect((await screen.findByText(summary.sentence)).tagName).toBe('P');
    expect(
      screen.getByText('4 of 5 checks measured, 1 unknown').textContent,
    ).toBe('4 of 5 checks measured, 1 unknown');
    expect(
      [...container.querySelectorAll('dl > div')].map(row =>
        [row.querySelector('dt')!, ...row.querySelectorAll('dd > *')].map(
          part => part.textContent,
        ),
      ),
    ).toEqual([
      [
        'Within 150 ms',
        '98.9 % of 184',
        'Pass',
        'limit at least 95 %, n = 184',
        'Evidence 15',
      ],
      ['Drift of output.confidence', 'not known', 'Inconclusive: no data'],
      ['Low-end phones', '100 % of 30'],
      ['Mid-range phones', '50.0 % of 20'],
      ['Flagship phones', 'no data'],
    ]);
    expect(screen.getByRole('link', { name: 'Open assurance' }).tagName).toBe(
      'A',
    );
  });
});
