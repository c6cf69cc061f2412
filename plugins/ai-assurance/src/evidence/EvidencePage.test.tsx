import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { provenEvidence } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { EvidencePage } from './EvidencePage';

const detail = provenEvidence();
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
    renderPage(<EvidencePage />, { api: { listEvidence: failing } });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The ledger is closed',
    );
    expect(screen.getByRole('textbox', { name: 'Subject' }).tagName).toBe(
      'INPUT',
    );
  });

  it('asks for a range of whole days, half-open, and for the kind that the URL names', async () => {
    const asked: unknown[] = [];
    renderPage(<EvidencePage />, {
      path: '/?from=2026-11-01&through=2026-11-22&type=io.ai-assurance.evaluation.v1&subject=resource:default/digit-reader',
      api: {
        listEvidence: async query => {
          asked.push(query);
          return { items: [detail] };
        },
      },
    });
    await screen.findByRole('button', { name: 'Evidence 1' });
    expect(asked[0]).toEqual({
      subject: 'resource:default/digit-reader',
      type: 'io.ai-assurance.evaluation.v1',
      fromMs: Date.UTC(2026, 10, 1),
      toMs: Date.UTC(2026, 10, 23),
      cursor: undefined,
    });
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
});
