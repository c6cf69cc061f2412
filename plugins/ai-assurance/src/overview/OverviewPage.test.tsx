import { AiAssuranceApi } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { emptyOverview, overview } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { OverviewPage } from './OverviewPage';

const rowNames = async (table: string) =>
  within(await screen.findByRole('table', { name: table }))
    .getAllByRole('rowheader')
    .map(header => header.textContent);

/** Filters as the server does. */
const getFiltered: AiAssuranceApi['getOverview'] = async options => {
  const { verdict, tier } = options?.query ?? {};
  return {
    ...overview,
    subjects: overview.subjects.filter(
      ({ rollUp, subject }) =>
        (verdict === undefined || rollUp.status === verdict) &&
        (tier === undefined || subject.riskTier === tier),
    ),
  };
};

describe('the overview', () => {
  it('shows a skeleton while it loads', async () => {
    renderPage(<OverviewPage />, { api: { getOverview: never } });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says what would be here when nothing is registered, and how to bring it', async () => {
    renderPage(<OverviewPage />, {
      api: { getOverview: async () => emptyOverview },
    });
    await screen.findByText('No subject is assured yet');
    expect(
      screen
        .getByRole('link', { name: 'Open the catalog' })
        .getAttribute('href'),
    ).toBe('/catalog');
  });

  it('says what failed and brings the page after a retry', async () => {
    let isDown = true;
    const getOverview = async () => {
      if (isDown) throw new Error('The backend is starting');
      return overview;
    };
    renderPage(<OverviewPage />, { api: { getOverview } });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The backend is starting',
    );
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect((await screen.findByText(overview.sentence)).textContent).toBe(
      overview.sentence,
    );
  });

  it('opens with the sentence, then the worst, then all subjects, worst first', async () => {
    renderPage(<OverviewPage />, {
      api: { getOverview: async () => overview },
    });
    await screen.findByText(
      '1 of 2 subjects needs attention: Digit API has no owner.',
    );
    expect(await rowNames('Needs attention')).toEqual(['Digit API']);
    expect(await rowNames('Subjects')).toEqual(['Digit API', 'Digit reader']);
    const attention = screen.getByRole('table', { name: 'Needs attention' });
    expect(
      within(attention).getByText('Roll back to version 6').textContent,
    ).toBe('Roll back to version 6');
    expect(within(attention).getByText('No owner').textContent).toContain(
      'No owner',
    );
  });

  it('prints every share with its denominator', async () => {
    renderPage(<OverviewPage />, {
      api: { getOverview: async () => overview },
    });
    expect((await screen.findByText(/refused/)).textContent).toBe(
      '10.0 % of 1,000 refused',
    );
    expect(
      screen.getByText('3 of 5 checks measured, 2 unknown').textContent,
    ).toBe('3 of 5 checks measured, 2 unknown');
  });

  it('filters by the URL', async () => {
    renderPage(<OverviewPage />, {
      api: { getOverview: getFiltered },
      path: '/?verdict=pass',
    });
    expect(await rowNames('Subjects')).toEqual(['Digit reader']);
  });

  it('filters by a cell of the matrix, and back', async () => {
    renderPage(<OverviewPage />, {
      api: { getOverview: getFiltered },
    });
    const matrix = await screen.findByRole('table', {
      name: 'Risk tier by verdict',
    });
    const [, highRow] = within(matrix).getAllByRole('row');
    const cells = within(highRow).getAllByRole('button');
    expect(cells.map(cell => cell.textContent)).toEqual(['0', '1']);
    await userEvent.click(cells[1]);
    expect(await rowNames('Subjects')).toEqual(['Digit reader']);
    await userEvent.click(within(highRow).getAllByRole('button')[1]);
    expect(await rowNames('Subjects')).toEqual(['Digit API', 'Digit reader']);
  });
});

describe('an overview of thousands', () => {
  const part = {
    ...overview,
    subjectCount: 2000,
    matchingCount: 1500,
    nextCursor: 'next',
    attentionCount: 640,
    openReleaseCount: 21,
  };

  it('says how much it does not show, and asks the server for the next page, from the start for another filter', async () => {
    const asked: unknown[] = [];
    renderPage(<OverviewPage />, {
      api: {
        getOverview: async options => {
          asked.push(options?.query);
          return part;
        },
      },
      path: '/?verdict=fail',
    });
    await screen.findByText('2 shown of 1500 that match, of 2000 in all');
    expect(screen.getByText('Needs attention: 1 of 640 shown').tagName).toBe(
      'SPAN',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Next page' }));
    const matrix = await screen.findByRole('table', {
      name: 'Risk tier by verdict',
    });
    const [, highRow] = within(matrix).getAllByRole('row');
    await userEvent.click(within(highRow).getAllByRole('button')[1]);
    expect(asked).toEqual([
      { verdict: 'fail' },
      { verdict: 'fail', cursor: 'next' },
      { verdict: 'pass', tier: 'high' },
    ]);
  });
});
