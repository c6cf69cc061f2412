import {
  Quarantined,
  QuarantinedDetail,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AiAssuranceError } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { digest, nowMs } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { QuarantinePage } from './QuarantinePage';

const item: Quarantined = {
  quarantineId: 'qua_1',
  state: 'waiting',
  rowVersion: 2,
  receivedAtMs: nowMs,
  lastReceivedAtMs: nowMs,
  receivedCount: 3,
  origin: 'http',
  caller: 'service:ci',
  source: 'https://ci.example.com/digit-reader',
  id: 'build-7',
  type: 'io.ai-assurance.artifact.v1',
  subject: 'resource:default/digit-writer',
  code: 'UNKNOWN_SUBJECT',
  message:
    'subject: resource:default/digit-writer is not an AI service, a model or a cohort of the catalog.',
  sizeBytes: 700,
  digest,
  isTruncated: false,
};
const detail: QuarantinedDetail = {
  ...item,
  text: '{"id":"build-7","note":"<img src=x onerror=alert(1)>"}',
  encoding: 'text',
  mayResolve: true,
};
const waiting = [{ code: 'UNKNOWN_SUBJECT', count: 4 }];
const listQuarantine = async () => ({ items: [item], waiting });

describe('the quarantine page', () => {
  it('shows a skeleton while it loads', async () => {
    renderPage(<QuarantinePage />, { api: { listQuarantine: never } });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says that nothing waits when nothing does', async () => {
    renderPage(<QuarantinePage />, {
      api: { listQuarantine: async () => ({ items: [], waiting: [] }) },
    });
    expect(
      (await screen.findByText('Nothing is in quarantine')).textContent,
    ).toBe('Nothing is in quarantine');
  });

  it('says what failed, and lets the reader try again', async () => {
    let isDown = true;
    renderPage(<QuarantinePage />, {
      api: {
        listQuarantine: async () => {
          if (isDown) throw new Error('The database is down');
          return { items: [item], waiting };
        },
      },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The database is down',
    );
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      (
        await screen.findByRole('button', {
          name: 'Its subject is not known',
        })
      ).textContent,
    ).toBe('Its subject is not known');
  });

  it('opens with what waits and why', async () => {
    const asked: unknown[] = [];
    renderPage(<QuarantinePage />, {
      api: {
        listQuarantine: async query => {
          asked.push(query);
          return listQuarantine();
        },
      },
    });
    expect((await screen.findByText(/were not let in/)).textContent).toBe(
      '4 items were not let in and wait: its subject is not known (4).',
    );
    expect(asked[0]).toEqual({ state: 'waiting' });
  });

  it.each([
    ['NO_SUBJECT', 'Names no subject that is known'],
    ['INVALID_DELIVERY', 'Is not what its sender documents'],
    ['UNMAPPED_EVENT', 'Is an event that no evidence is made of'],
    ['NOT_UTF8', 'Is not text in UTF-8'],
    ['A_NEWER_REASON', 'A newer reason'],
  ])('says %s in words', async (code, text) => {
    renderPage(<QuarantinePage />, {
      api: {
        listQuarantine: async () => ({ items: [{ ...item, code }], waiting }),
      },
    });
    expect(
      (await screen.findByRole('button', { name: text })).textContent,
    ).toBe(text);
  });

  it('names a webhook once, as the sender and the way', async () => {
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: {
        listQuarantine,
        getQuarantined: async () => ({
          ...detail,
          caller: 'webhook:hub',
          origin: 'webhook:hub',
        }),
      },
    });
    const sender = await screen.findByText('Sent by');
    expect(sender.nextElementSibling!.textContent).toBe('webhook:hub');
  });

  it('shows the bytes as text, never as markup', async () => {
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: { listQuarantine, getQuarantined: async () => detail },
    });
    const bytes = await screen.findByText(/onerror/);
    expect(bytes.tagName).toBe('PRE');
    expect(bytes.children.length).toBe(0);
    expect(screen.getByText('700 bytes, shown as text.').textContent).toBe(
      '700 bytes, shown as text.',
    );
  });

  it('replays an item, and reads again', async () => {
    let current: QuarantinedDetail = detail;
    const replayed: unknown[] = [];
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: {
        listQuarantine: async () => ({ items: [current], waiting: [] }),
        getQuarantined: async () => current,
        replayQuarantined: async (id, body) => {
          replayed.push([id, body]);
          current = {
            ...detail,
            state: 'replayed',
            text: undefined,
            evidenceId: '17',
            resolvedBy: 'user:default/mira',
            resolvedAtMs: nowMs,
          };
          return current;
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Replay' }),
    );
    expect(
      (await screen.findByRole('link', { name: 'Evidence 17' })).getAttribute(
        'href',
      ),
    ).toBe('/ai-assurance/evidence?item=17');
    expect(replayed).toEqual([['qua_1', { rowVersion: 2 }]]);
    expect(screen.queryByRole('button', { name: 'Replay' })).toBe(null);
  });

  it('says why an item still cannot be let in', async () => {
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: {
        listQuarantine,
        getQuarantined: async () => detail,
        replayQuarantined: async () => item,
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Replay' }),
    );
    expect((await screen.findByRole('alert')).textContent).toContain(
      'It still cannot be let in: subject: resource:default/digit-writer',
    );
  });

  it('replays all of one reason', async () => {
    const replayed: unknown[] = [];
    renderPage(<QuarantinePage />, {
      path: '/?code=UNKNOWN_SUBJECT',
      api: {
        listQuarantine,
        replayAllQuarantined: async body => {
          replayed.push(body);
          return {
            replayedCount: 3,
            stillWaitingCount: 1,
            notAllowedCount: 0,
            remainingCount: 0,
          };
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Replay all 4 that wait' }),
    );
    await waitFor(() =>
      expect(replayed).toEqual([{ code: 'UNKNOWN_SUBJECT' }]),
    );
  });

  it('discards with a reason, bound to what was read', async () => {
    const discarded: unknown[] = [];
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: {
        listQuarantine,
        getQuarantined: async () => detail,
        discardQuarantined: async (id, body) => {
          discarded.push([id, body]);
          return { ...item, state: 'discarded' };
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Discard' }),
    );
    const dialog = await screen.findByRole('dialog');
    const submit = within(dialog).getByRole('button', { name: 'Discard' });
    expect((submit as HTMLButtonElement).disabled).toBe(true);
    await userEvent.click(within(dialog).getByRole('textbox'));
    await userEvent.paste('Sent by a test');
    await userEvent.click(submit);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    expect(discarded).toEqual([
      ['qua_1', { reason: 'Sent by a test', rowVersion: 2 }],
    ]);
  });

  it('does not discard what somebody else dealt with meanwhile', async () => {
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: {
        listQuarantine,
        getQuarantined: async () => detail,
        discardQuarantined: async () => {
          throw new AiAssuranceError('qua_1 moved on', {
            code: 'STALE_VERSION',
            status: 409,
          });
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Discard' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(within(dialog).getByRole('textbox'));
    await userEvent.paste('Sent by a test');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Discard' }),
    );
    expect((await within(dialog).findByRole('alert')).textContent).toContain(
      'Somebody else dealt with it meanwhile.',
    );
    expect(within(dialog).queryByRole('button', { name: 'Discard' })).toBe(
      null,
    );
  });

  it('says who may resolve an item to those who may not', async () => {
    renderPage(<QuarantinePage />, {
      path: '/?item=qua_1',
      api: {
        listQuarantine,
        getQuarantined: async () => ({
          ...detail,
          mayResolve: false,
          mayNotResolveReason: 'Its subject belongs to others.',
        }),
      },
    });
    const buttons = [
      await screen.findByRole('button', { name: 'Replay' }),
      screen.getByRole('button', { name: 'Discard' }),
    ];
    expect(
      buttons.map(button => (button as HTMLButtonElement).disabled),
    ).toEqual([true, true]);
    expect(screen.getAllByText('Its subject belongs to others.').length).toBe(
      2,
    );
  });
});
