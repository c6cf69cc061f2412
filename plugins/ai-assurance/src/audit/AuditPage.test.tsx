import { Pack } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import { digest, nowMs, overview } from '../__testUtils__/fixtures';
import { renderPage } from '../__testUtils__/renderPage';
import { AuditPage } from './AuditPage';

const pack: Pack = {
  packId: 'pack_1',
  subject: 'resource:default/digit-reader',
  periodStartMs: Date.UTC(2026, 9, 1),
  periodEndMs: Date.UTC(2026, 10, 1),
  itemCount: 412,
  treeSize: 1204,
  sizeBytes: 2_097_152,
  fileDigest: digest,
  exportedBy: 'user:default/iris',
  exportedAtMs: nowMs,
};
const getOverview = async () => overview;
const listPacks = async () => ({ packs: [pack] });
const oldKey = {
  verifierKey: 'assurance.example.com+0a1b2c3d+AaBb',
  keyId: '0a1b2c3d',
  fingerprint: 'a'.repeat(64),
  fromSize: 1,
  untilSize: 1200,
  addedAtMs: nowMs,
};
const newKey = {
  verifierKey: 'assurance.example.com+4e5f6071+CcDd',
  keyId: '4e5f6071',
  fingerprint: 'b'.repeat(64),
  fromSize: 1201,
  addedAtMs: nowMs,
};
const getLedgerKeys = async () => ({ keys: [oldKey, newKey] });
const chosen =
  '/?subject=resource:default/digit-reader&period=custom&from=2026-10-01&through=2026-10-31';

describe('the audit page', () => {
  it('shows skeletons while it loads', async () => {
    renderPage(<AuditPage />, {
      api: { getOverview: never, listPacks: never, getLedgerKeys: never },
    });
    expect((await screen.findAllByLabelText('Loading')).length).toBe(3);
  });

  it('says that nothing was exported yet', async () => {
    renderPage(<AuditPage />, {
      api: {
        getOverview,
        getLedgerKeys,
        listPacks: async () => ({ packs: [] }),
      },
    });
    expect((await screen.findByRole('status')).textContent).toBe(
      'No pack has been exported yet.',
    );
  });

  it('keeps the form when the list of packs fails', async () => {
    const failing = async () => {
      throw new Error('The pack store is closed');
    };
    renderPage(<AuditPage />, {
      api: { getOverview, getLedgerKeys, listPacks: failing },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The pack store is closed',
    );
    expect(
      (await screen.findByRole('button', { name: 'Export' })).textContent,
    ).toBe('Export');
  });

  it('lists packs with items, size and the command that verifies them', async () => {
    renderPage(<AuditPage />, {
      api: { getOverview, getLedgerKeys, listPacks },
    });
    expect((await screen.findByText('412')).textContent).toBe('412');
    expect(screen.getByText('2.0 MiB').textContent).toBe('2.0 MiB');
    expect(screen.getByText('npx ai-assurance verify pack.zip').tagName).toBe(
      'PRE',
    );
  });

  it('shows the fingerprints that a receiver compares with, the key that signs now first', async () => {
    renderPage(<AuditPage />, {
      api: { getOverview, getLedgerKeys, listPacks },
    });
    await screen.findByText(newKey.fingerprint);
    const shown = screen
      .getAllByText(/^[ab]{64}$/)
      .map(({ textContent }) => textContent);
    expect(shown).toEqual([newKey.fingerprint, oldKey.fingerprint]);
    expect(screen.getByText('Signs now').textContent).toBe('Signs now');
    expect(screen.getByText('Signed until 1,200 items').textContent).toBe(
      'Signed until 1,200 items',
    );
  });

  it('exports the chosen subject and whole days, half-open', async () => {
    const asked: unknown[] = [];
    renderPage(<AuditPage />, {
      path: chosen,
      api: {
        getOverview,
        getLedgerKeys,
        listPacks,
        createPack: async body => {
          asked.push(body);
          return pack;
        },
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Export' }),
    );
    expect(asked).toEqual([
      {
        subject: 'resource:default/digit-reader',
        periodStartMs: Date.UTC(2026, 9, 1),
        periodEndMs: Date.UTC(2026, 10, 1),
      },
    ]);
  });

  it('says why one who is no auditor cannot export or download', async () => {
    renderPage(<AuditPage />, {
      path: chosen,
      api: { getOverview, getLedgerKeys, listPacks },
      authorize: AuthorizeResult.DENY,
    });
    // Beside the export button and beside each download.
    const [reason] = await screen.findAllByText(
      'Exporting needs the role auditor. Ask an administrator of AI Assurance.',
    );
    const button = screen.getByRole('button', {
      name: 'Export',
    }) as HTMLButtonElement;
    expect(button.getAttribute('aria-describedby')).toBe(reason.id);
    expect(button.disabled).toBe(true);
    expect(
      (
        (await screen.findByRole('button', {
          name: 'Download pack_1',
        })) as HTMLButtonElement
      ).disabled,
    ).toBe(true);
  });

  it('exports nothing while it looks at the past, and says why', async () => {
    const asked: (string | undefined)[] = [];
    renderPage(<AuditPage />, {
      api: {
        getOverview,
        getLedgerKeys,
        listPacks: async options => {
          asked.push(options?.asOf);
          return { packs: [pack] };
        },
      },
      path: `${chosen}&asOf=2026-11-12T14:00:00Z`,
    });
    const button = await screen.findByRole('button', { name: 'Export' });
    expect(button.hasAttribute('disabled')).toBe(true);
    expect(
      screen.getByText(
        'You are looking at the past. Go back to now to do this.',
      ).tagName,
    ).toBe('SPAN');
    expect(asked).toEqual(['2026-11-12T14:00:00Z']);
  });
});
