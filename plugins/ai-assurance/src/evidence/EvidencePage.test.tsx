import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import {
  facets,
  provenEvidence,
  redactedEvidence,
} from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { EvidencePage } from './EvidencePage';

const detail = provenEvidence();
const getEvidenceFacets = async () => facets;
const listEvidence = async () => ({ items: [detail] });

describe('the evidence explorer', () => {
  it('shows a skeleton while it loads', async () => {
    renderPage(<EvidencePage />, { api: { listEvidence: never } });
    expect(
      (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
    ).toBe('true');
  });

  it('says how evidence comes to be when there is none', async () => {
    renderPage(<EvidencePage />, {
      api: { listEvidence: async () => ({ items: [] }) },
    });
    expect((await screen.findByText('The ledger is empty')).textContent).toBe(
      'The ledger is empty',
    );
  });

  it('tells items of one kind apart by their ids, cut in the middle when they are long', async () => {
    const long = `slo-status:component:default/digit-api:latency:${'0'.repeat(
      20,
    )}:1795348800000`;
    renderPage(<EvidencePage />, {
      api: {
        getEvidenceFacets,
        listEvidence: async () => ({
          items: [
            { ...detail, id: 'run-4711' },
            { ...detail, evidenceId: '2', position: 2, id: long },
          ],
        }),
      },
    });
    expect((await screen.findByTitle('run-4711')).textContent).toBe('run-4711');
    expect(screen.getByTitle(long).textContent).toBe(
      'slo-status:c…00000:1795348800000',
    );
  });

  it('offers to clear the filters when nothing matches them', async () => {
    renderPage(<EvidencePage />, {
      path: '/?type=io.ai-assurance.export.v1',
      api: {
        listEvidence: async query => ({ items: query?.type ? [] : [detail] }),
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Clear filters' }),
    );
    expect(
      (await screen.findByRole('button', { name: 'Evidence 1' })).textContent,
    ).toBe('1');
  });

  it('keeps the filters on screen when the list fails', async () => {
    const failing = async () => {
      throw new Error('The ledger is closed');
    };
    renderPage(<EvidencePage />, {
      api: { getEvidenceFacets, listEvidence: failing },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The ledger is closed',
    );
    expect(screen.getByRole('combobox', { name: 'Subject' }).tagName).toBe(
      'INPUT',
    );
  });

  it('asks for all that the URL names: whole days, half-open, words, and who said it', async () => {
    const asked: unknown[] = [];
    renderPage(<EvidencePage />, {
      path: '/?from=2026-11-01&through=2026-11-22&type=io.ai-assurance.evaluation.v1&subject=resource:default/digit-reader&source=/ci&status=fail&text=run-4711',
      api: {
        getEvidenceFacets,
        listEvidence: async query => {
          asked.push(query);
          return { items: [detail] };
        },
      },
    });
    await screen.findByRole('button', { name: 'Evidence 1' });
    expect(asked[0]).toEqual({
      text: 'run-4711',
      subject: 'resource:default/digit-reader',
      type: 'io.ai-assurance.evaluation.v1',
      source: '/ci',
      status: 'fail',
      fromMs: Date.UTC(2026, 10, 1),
      toMs: Date.UTC(2026, 10, 23),
      cursor: undefined,
    });
  });

  it('asks for the time of recording when that is meant', async () => {
    const asked: unknown[] = [];
    renderPage(<EvidencePage />, {
      path: '/?time=recorded&from=2026-11-01',
      api: {
        getEvidenceFacets,
        listEvidence: async query => {
          asked.push(query);
          return { items: [detail] };
        },
      },
    });
    await screen.findByRole('button', { name: 'Evidence 1' });
    expect(asked[0]).toEqual({ recordedFromMs: Date.UTC(2026, 10, 1) });
  });

  it('searches for what is typed, on Enter, and keeps it in the URL', async () => {
    const asked: unknown[] = [];
    renderPage(<EvidencePage />, {
      api: {
        getEvidenceFacets,
        listEvidence: async query => {
          asked.push(query?.text);
          return { items: [detail] };
        },
      },
    });
    await screen.findByRole('button', { name: 'Evidence 1' });
    await userEvent.type(
      screen.getByRole('searchbox', { name: 'Words' }),
      ' run-47{Enter}',
    );
    await waitFor(() => expect(asked).toEqual([undefined, 'run-47']));
    await userEvent.click(
      screen.getByRole('button', { name: 'Clear filters' }),
    );
    await waitFor(() =>
      expect(asked).toEqual([undefined, 'run-47', undefined]),
    );
  });

  it('offers the subjects that occur, and filters by the chosen one', async () => {
    const asked: unknown[] = [];
    renderPage(<EvidencePage />, {
      api: {
        getEvidenceFacets,
        listEvidence: async query => {
          asked.push(query?.subject);
          return { items: [detail] };
        },
      },
    });
    await screen.findByRole('button', { name: 'Evidence 1' });
    await userEvent.type(
      screen.getByRole('combobox', { name: 'Subject' }),
      'digit-api',
    );
    const options = await screen.findAllByRole('option');
    expect(options.map(option => option.textContent)).toEqual([
      'component:default/digit-api',
    ]);
    await userEvent.click(options[0]);
    await waitFor(() =>
      expect(asked).toEqual([undefined, 'component:default/digit-api']),
    );
  });

  it('says what a search has not looked at yet', async () => {
    renderPage(<EvidencePage />, {
      path: '/?text=rare',
      api: {
        getEvidenceFacets,
        listEvidence: async () => ({
          items: [],
          nextCursor: '4000000',
          searchedToPosition: 4_000_000,
          textUnsearchedFrom: 5_000_000,
        }),
      },
    });
    expect(
      (await screen.findAllByText(/position 5,000,000|position 4,000,000/)).map(
        part => part.textContent,
      ),
    ).toEqual([
      'Looked at everything from position 4,000,000 on. The items before it are searched on the next page.',
      'So much is coming in that some items from position 5,000,000 on are not searched for words yet.',
    ]);
    expect(
      (screen.getByRole('button', { name: 'Older' }) as HTMLButtonElement)
        .disabled,
    ).toBe(false);
  });

  it('opens an item beside the list, with the envelope and the payload as fields', async () => {
    renderPage(<EvidencePage />, {
      api: { listEvidence, getEvidence: async () => detail },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Evidence 1' }),
    );
    const panel = await screen.findByRole('region', { name: 'Evidence 1' });
    const label = await within(panel).findByText('Sample count n');
    expect(label.nextElementSibling!.textContent).toBe('1,000');
    expect(within(panel).getByText('95 %').textContent).toBe('95 %');
    expect(within(panel).getByText('ci.evaluate').textContent).toBe(
      'ci.evaluate',
    );
  });

  it('verifies a real proof in the browser', async () => {
    renderPage(<EvidencePage />, {
      path: '/?item=1',
      api: { listEvidence, getEvidence: async () => detail },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Verify in this browser' }),
    );
    expect((await screen.findByText(/^Verified here/)).textContent).toBe(
      'Verified here: this item stands at position 1 of a signed log with 2 items.',
    );
  });

  it('says which step fails when the payload was changed', async () => {
    const changed = {
      ...detail,
      item: {
        ...detail.item,
        data: { ...detail.item.data, payload: { value: 1 } },
      },
    };
    renderPage(<EvidencePage />, {
      path: '/?item=1',
      api: { listEvidence, getEvidence: async () => changed },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Verify in this browser' }),
    );
    expect((await screen.findByText(/^Verification failed/)).textContent).toBe(
      'Verification failed: the payload is not the one that was committed to',
    );
    expect(screen.getByText(/opens its commitment/).textContent).toContain(
      'does not hold',
    );
  });

  it('shows who erased a payload and why, and still verifies the rest', async () => {
    const erased = redactedEvidence();
    renderPage(<EvidencePage />, {
      path: '/?item=1',
      api: {
        getEvidenceFacets,
        listEvidence: async () => ({ items: [erased] }),
        getEvidence: async () => erased,
      },
    });
    const panel = await screen.findByRole('region', { name: 'Evidence 1' });
    expect(
      (await within(panel).findByText('A name was in it')).textContent,
    ).toBe('A name was in it');
    expect(
      within(panel).getByText('It holds a person’s data').textContent,
    ).toBe('It holds a person’s data');
    await userEvent.click(
      within(panel).getByRole('button', { name: 'Verify in this browser' }),
    );
    expect((await screen.findByText(/^Verified here/)).textContent).toBe(
      'Verified here: this item stands at position 1 of a signed log with 2 items.',
    );
    expect(screen.getByText(/opens its commitment/).textContent).toBe(
      'The payload opens its commitment: the payload was erased, its commitment stays in the leaf',
    );
  });

  it('erases a payload with a code and a reason', async () => {
    const sent: unknown[] = [];
    let current = detail;
    renderPage(<EvidencePage />, {
      path: '/?item=1',
      api: {
        getEvidenceFacets,
        listEvidence,
        getEvidence: async () => current,
        redactEvidence: async (evidenceId, body) => {
          sent.push({ evidenceId, ...body });
          current = redactedEvidence();
          return current.redaction!;
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Erase …' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(within(dialog).getByRole('textbox'));
    await userEvent.paste('A name was in it');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Erase for good' }),
    );
    expect((await screen.findByText('A name was in it')).textContent).toBe(
      'A name was in it',
    );
    expect(sent).toEqual([
      {
        evidenceId: '1',
        reasonCode: 'personal-data',
        reason: 'A name was in it',
      },
    ]);
    expect(screen.queryByRole('dialog')).toBe(null);
  });

  it('says who may erase to those who may not', async () => {
    renderPage(<EvidencePage />, {
      path: '/?item=1',
      authorize: AuthorizeResult.DENY,
      api: { getEvidenceFacets, listEvidence, getEvidence: async () => detail },
    });
    const reason =
      'Erasing needs the role administrator. Ask an administrator of AI Assurance.';
    expect((await screen.findByText(reason)).textContent).toBe(reason);
    expect(
      (screen.getByRole('button', { name: 'Erase …' }) as HTMLButtonElement)
        .disabled,
    ).toBe(true);
  });
});
