import { AsOfNote } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { overview } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';
import { OverviewPage } from '../../overview/OverviewPage';

const then = '2026-11-12T14:00:00Z';
const asOf: AsOfNote = {
  atMs: Date.parse(then),
  limits: [
    {
      code: 'catalog-of-today',
      text: 'The catalog keeps no history.',
    },
  ],
};

function Address() {
  return <output aria-label="Address">{useLocation().search}</output>;
}
const address = () => screen.getByLabelText('Address').textContent;

/** The overview on a server that remembers which moments it was asked about. */
function draw(path: string) {
  const asked: (string | undefined)[] = [];
  renderPage(
    <>
      <OverviewPage />
      <Address />
    </>,
    {
      path,
      api: {
        getOverview: async options => {
          asked.push(options?.asOf);
          return options?.asOf
            ? {
                ...overview,
                sentence: 'It was quiet then.',
                telemetry: {
                  ...overview.telemetry,
                  lastBatchAtMs: asOf.atMs - 7_200_000,
                },
                asOf,
              }
            : overview;
        },
      },
    },
  );
  return asked;
}

describe('looking at the past', () => {
  it('says which moment it is, what is not as it was, and asks the server about that moment', async () => {
    const asked = draw(`/?asOf=${then}`);
    await screen.findByText('It was quiet then.');
    expect(asked).toEqual([then]);
    expect(
      screen.getByText(
        'You are looking at what was known on 12 Nov 2026 14:00 UTC',
      ).textContent,
    ).toBe('You are looking at what was known on 12 Nov 2026 14:00 UTC');
    await userEvent.click(
      screen.getByText('One thing is not as it was known then'),
    );
    expect(screen.getByText('The catalog keeps no history.').tagName).toBe(
      'LI',
    );
  });

  it('counts ages from that moment', async () => {
    draw(`/?asOf=${then}`);
    expect(
      (await screen.findByText('2 hours ago')).getAttribute('datetime'),
    ).toBe('2026-11-12T12:00:00.000Z');
  });

  it('goes back to now with one press', async () => {
    const asked = draw(`/?asOf=${then}&group=owner`);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Back to now' }),
    );
    await screen.findByText(overview.sentence);
    expect(asked).toEqual([then, undefined]);
    expect(address()).toBe('?group=owner');
    expect(screen.queryByRole('button', { name: 'Back to now' })).toBe(null);
    expect(screen.queryByText('One thing is not as it was known then')).toBe(
      null,
    );
  });

  it('is chosen in a field that is meant in UTC, and stands in the address', async () => {
    const asked = draw('/');
    await screen.findByText(overview.sentence);
    await userEvent.type(
      screen.getByLabelText('As of (UTC)'),
      '2020-01-02T03:04',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Show' }));
    await screen.findByText('It was quiet then.');
    expect(asked).toEqual([undefined, '2020-01-02T03:04:00Z']);
    expect(new URLSearchParams(address()!).get('asOf')).toBe(
      '2020-01-02T03:04:00Z',
    );
  });

  it('does not go to a moment that is not over', async () => {
    draw('/');
    await screen.findByText(overview.sentence);
    const button = screen.getByRole('button', { name: 'Show' });
    expect(button.hasAttribute('disabled')).toBe(true);
    await userEvent.type(
      screen.getByLabelText('As of (UTC)'),
      '2999-01-01T00:00',
    );
    expect(screen.getByText('This moment is not over yet.').tagName).toBe(
      'SPAN',
    );
    await waitFor(() => expect(button.hasAttribute('disabled')).toBe(true));
  });

  it('hands a moment that cannot be read to the server, which says what is wrong with it', async () => {
    renderPage(<OverviewPage />, {
      path: '/?asOf=yesterday',
      api: {
        getOverview: async options => {
          throw new Error(`query.asOf: ${options?.asOf} is not an instant`);
        },
      },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'query.asOf: yesterday is not an instant',
    );
    expect(
      screen.getByText('The page’s address names a moment that cannot be read')
        .textContent,
    ).toBe('The page’s address names a moment that cannot be read');
  });
});
