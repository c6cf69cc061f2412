import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AiAssuranceError } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { digest, release } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { ReleasesPage } from './ReleasesPage';

const path = '/?release=rel_1';
const answering = (answer: Release) => async () => answer;

describe('the inbox of releases', () => {
  it('shows a skeleton while it loads', async () => {
    renderPage(<ReleasesPage />, { api: { listReleases: never } });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says how a release comes to be when there is none', async () => {
    renderPage(<ReleasesPage />, {
      api: { listReleases: async () => ({ releases: [] }) },
    });
    expect((await screen.findByText('No release here')).textContent).toBe(
      'No release here',
    );
  });

  it('says what failed', async () => {
    const listReleases = async () => {
      throw new Error('You need the permission ai-assurance.assurance.read.');
    };
    renderPage(<ReleasesPage />, { api: { listReleases } });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'ai-assurance.assurance.read',
    );
  });

  it.each([
    [[], undefined, 'No release waits for a decision.', ''],
    [
      [release],
      undefined,
      '1 release waits for a decision.',
      '1 waits for your vote.',
    ],
    [
      [
        release,
        { ...release, releaseId: 'rel_2', mayVote: { allowed: false } },
        { ...release, releaseId: 'rel_3', mayVote: { allowed: false } },
      ],
      'more',
      'More than 3 releases wait for a decision.',
      '1 waits for your vote.',
    ],
    [
      [{ ...release, mayVote: { allowed: false } }],
      undefined,
      '1 release waits for a decision.',
      'None waits for your vote.',
    ],
  ])('opens with what waits', async (open, nextCursor, said, detail) => {
    renderPage(<ReleasesPage />, {
      api: {
        listReleases: async query =>
          query?.state === 'in-review'
            ? { releases: open, nextCursor }
            : { releases: [release] },
      },
    });
    const sentence = await screen.findByText(said);
    expect(sentence.parentElement?.textContent).toBe(`${said}${detail}`);
  });

  it('cuts a long title by itself, so that the version is seen', async () => {
    renderPage(<ReleasesPage />, {
      titles: { [release.modelRef]: 'W'.repeat(200) },
      api: { listReleases: async () => ({ releases: [release] }) },
    });
    const name = `${'W'.repeat(200)} 7`;
    const button = await screen.findByRole('button', { name });
    expect(
      [...button.querySelectorAll('[title]')].map(part =>
        part.getAttribute('title'),
      ),
    ).toEqual(['W'.repeat(200), '7']);
  });

  it('tells the whole title of what is cut, beside the reference', async () => {
    const person = 'M'.repeat(30);
    renderPage(<ReleasesPage />, {
      titles: { [release.proposedBy]: person },
      api: { listReleases: async () => ({ releases: [release] }) },
    });
    expect((await screen.findByText(person)).getAttribute('title')).toBe(
      `${person} (${release.proposedBy})`,
    );
  });

  it('shows approvals against the quorum and opens a release', async () => {
    renderPage(<ReleasesPage />, {
      api: {
        listReleases: async () => ({ releases: [release] }),
        getRelease: answering(release),
      },
    });
    expect((await screen.findByText('1 of 2 needed')).textContent).toBe(
      '1 of 2 needed',
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'digit-reader 7' }),
    );
    expect((await screen.findByRole('status')).textContent).toBe(
      'digit-reader 7 waits for 1 more approval.',
    );
  });

  it('calls the model by its title, in the headline and in the dialog', async () => {
    renderPage(<ReleasesPage />, {
      path,
      titles: { [release.modelRef]: 'Digit reader' },
      api: { getRelease: answering(release) },
    });
    const headline = 'Digit reader 7 waits for 1 more approval.';
    expect((await screen.findByText(headline)).textContent).toBe(headline);
    await userEvent.click(screen.getByRole('button', { name: 'Approve' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByRole('heading').textContent).toBe(
      'Approve Digit reader 7',
    );
  });

  it('keeps to what waits for the reader’s vote when asked to', async () => {
    const asked: unknown[] = [];
    const own = {
      ...release,
      releaseId: 'rel_2',
      version: '8',
      mayVote: { allowed: false },
    };
    renderPage(<ReleasesPage />, {
      path: '/?view=mine',
      api: {
        listReleases: async query => {
          asked.push(query?.state);
          return { releases: [release, own] };
        },
      },
    });
    await screen.findByRole('button', { name: 'digit-reader 7' });
    expect(screen.queryByRole('button', { name: 'digit-reader 8' })).toBe(null);
    expect(asked[0]).toBe('in-review');
  });
});

describe('a page of the inbox without a match', () => {
  it('still leads on to older releases', async () => {
    renderPage(<ReleasesPage />, {
      path: '/?view=mine',
      api: {
        listReleases: async query =>
          query?.cursor
            ? { releases: [release] }
            : { releases: [], nextCursor: 'older' },
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Older' }));
    expect(
      (await screen.findByRole('button', { name: 'digit-reader 7' }))
        .textContent,
    ).toBe('digit-reader 7');
  });
});

describe('the page of a release', () => {
  it('sets the frozen verdict beside what the check says now', async () => {
    renderPage(<ReleasesPage />, {
      path,
      api: { getRelease: answering(release) },
    });
    const table = await screen.findByRole('table', {
      name: 'Required evidence',
    });
    const [, row] = within(table).getAllByRole('row');
    expect(
      within(row)
        .getAllByRole('cell')
        .map(cell => cell.textContent),
    ).toEqual(['Pass', 'Fail', 'Evidence 11']);
  });

  it('one’s own release cannot be voted on, and the page says why', async () => {
    const reason = 'You proposed this release: somebody else must decide.';
    renderPage(<ReleasesPage />, {
      path,
      api: {
        getRelease: answering({
          ...release,
          mayVote: { allowed: false, reason },
          mayWithdraw: true,
        }),
      },
    });
    const approve = await screen.findByRole('button', { name: 'Approve' });
    const reject = screen.getByRole('button', { name: 'Reject' });
    expect(
      [approve, reject].map(button => (button as HTMLButtonElement).disabled),
    ).toEqual([true, true]);
    const described = [approve, reject].map(
      button =>
        document.getElementById(button.getAttribute('aria-describedby')!)!
          .textContent,
    );
    expect(described).toEqual([reason, reason]);
    await userEvent.click(approve);
    expect(screen.queryByRole('dialog')).toBe(null);
    expect(
      (screen.getByRole('button', { name: 'Withdraw' }) as HTMLButtonElement)
        .disabled,
    ).toBe(false);
  });

  it('an approval needs a reason and is bound to the digest and version that were read', async () => {
    const votes: unknown[] = [];
    let current: Release = release;
    renderPage(<ReleasesPage />, {
      path,
      api: {
        getRelease: async () => current,
        voteOnRelease: async (releaseId, body) => {
          votes.push({ releaseId, ...body });
          current = {
            ...release,
            state: 'approved',
            decidedAtMs: release.proposedAtMs,
          };
          return current;
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Approve' }),
    );
    const dialog = await screen.findByRole('dialog');
    const submit = within(dialog).getByRole('button', { name: 'Approve' });
    expect((submit as HTMLButtonElement).disabled).toBe(true);
    await userEvent.click(within(dialog).getByRole('textbox'));
    await userEvent.paste('Checked on the low-end phones');
    await userEvent.click(submit);
    expect(
      (await screen.findByText('digit-reader 7 is approved.')).textContent,
    ).toBe('digit-reader 7 is approved.');
    expect(votes).toEqual([
      {
        releaseId: 'rel_1',
        vote: 'approve',
        reason: 'Checked on the low-end phones',
        digest,
        rowVersion: 3,
      },
    ]);
  });

  it('a vote on a release that moved on is not repeated blindly', async () => {
    renderPage(<ReleasesPage />, {
      path,
      api: {
        getRelease: answering(release),
        voteOnRelease: async () => {
          throw new AiAssuranceError('Release rel_1 changed meanwhile', {
            code: 'STALE_VERSION',
            status: 409,
          });
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Reject' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(within(dialog).getByRole('textbox'));
    await userEvent.paste('Too slow');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Reject' }),
    );
    const alert = await within(dialog).findByRole('alert');
    expect(alert.textContent).toContain('Release rel_1 changed meanwhile');
    expect(within(dialog).queryByRole('button', { name: 'Reject' })).toBe(null);
  });
});
