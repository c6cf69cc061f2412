import {
  AiAssuranceApi,
  readClockMs,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { nowMs } from '../__testUtils__/fixtures';
import {
  driftFailing,
  driftWithoutReference,
  edgeModelEntity,
  renderOn,
} from './__testUtils__/subjects';
import { DriftSection } from './DriftSection';

const subject = 'resource:default/digit-reader-edge';
const mayApprove = { allowed: true };

function draw(
  monitor = driftWithoutReference,
  may: { allowed: boolean; reason?: string } = mayApprove,
  api: Partial<AiAssuranceApi> = {},
  options: { path?: string; onToast?: (title: unknown) => void } = {},
) {
  const onChanged = jest.fn();
  renderOn(
    edgeModelEntity,
    <DriftSection
      subject={subject}
      monitors={[monitor]}
      mayApprove={may}
      onChanged={onChanged}
    />,
    api,
    options.path,
    options.onToast,
  );
  return onChanged;
}

async function openDialog() {
  await userEvent.click(
    await screen.findByRole('button', { name: 'Approve a reference' }),
  );
  return screen.findByRole('dialog');
}

async function give(dialog: HTMLElement, reason: string) {
  await userEvent.click(within(dialog).getByRole('textbox'));
  await userEvent.paste(reason);
}

describe('drift', () => {
  it('without a reference is not known, and says what is missing', async () => {
    draw();
    expect(
      (await screen.findByText(/would decide/)).parentElement?.textContent,
    ).toContain(
      'Not compared; PSI would decidewarning from 0.100 at the least, failing from 0.250; chance of a false alarm 1 %',
    );
    expect(screen.getByText('Inconclusive: no data').textContent).toBe(
      'Inconclusive: no data',
    );
    expect(screen.getByText(/No reference is approved yet/).textContent).toBe(
      'No reference is approved yet, so drift is not known.',
    );
  });

  it('says what was wrong with what its source said', async () => {
    draw({
      ...driftFailing,
      sourceProblem: 'the metrics engine of drift: it gives one series twice',
    });
    const said = await screen.findByText(/^Its source/);
    expect(said.textContent).toBe(
      'Its source gives no usable answer: the metrics engine of drift: it gives one series twice',
    );
  });

  it('stands beside its limits, its n and who approved its reference', async () => {
    draw(driftFailing);
    expect((await screen.findByText('PSI 0.421 now')).textContent).toBe(
      'PSI 0.421 now',
    );
    expect(screen.getByText(/chance of a false alarm/).textContent).toBe(
      'warning from 0.100, failing from 0.250; chance of a false alarm 1 %',
    );
    expect(screen.getByText(/at least 200 needed/).textContent).toBe(
      'reference n = 1,200, current n = 480, at least 200 needed',
    );
    expect(screen.getByText(/^Reference ref_1/).textContent).toBe(
      'Reference ref_1, approved by ada',
    );
    expect(screen.getByRole('link', { name: 'ada' }).getAttribute('href')).toBe(
      '/catalog/default/user/ada',
    );
  });

  it('of the past is not called the drift of now', async () => {
    draw(driftFailing, mayApprove, {}, { path: '/?asOf=2026-11-12T14:00:00Z' });
    expect((await screen.findByText('PSI 0.421')).textContent).toBe(
      'PSI 0.421',
    );
  });

  it('keeps the approval from those who may not, and says why', async () => {
    draw(driftWithoutReference, {
      allowed: false,
      reason: 'Only approvers may approve a reference window.',
    });
    const button = await screen.findByRole('button', {
      name: 'Approve a reference',
      description: 'Only approvers may approve a reference window.',
    });
    expect((button as HTMLButtonElement).disabled).toBe(true);
  });

  it('asks for a reason before a reference can be approved', async () => {
    draw();
    const dialog = await openDialog();
    const submit = within(dialog).getByRole('button', { name: 'Approve' });
    expect((submit as HTMLButtonElement).disabled).toBe(true);
    expect(
      within(dialog).getByText(/at least three characters/).textContent,
    ).toBe('Say why, in at least three characters.');
    await give(dialog, 'ok!');
    expect((submit as HTMLButtonElement).disabled).toBe(false);
  });

  it('approves whole minutes that are over, with the reason, and then reads again', async () => {
    const sent: Array<Parameters<AiAssuranceApi['approveReference']>[0]> = [];
    const toasts: unknown[] = [];
    const onToast = (title: unknown) => toasts.push(title);
    const approving: Partial<AiAssuranceApi> = {
      approveReference: async input => {
        sent.push(input);
        return {
          referenceId: 'ref_2',
          subject,
          feature: input.feature,
          fromMs: input.fromMs,
          toMs: input.toMs,
          totalCount: 480,
          histogramDigest: `sha256:${'cd'.repeat(32)}`,
          approvedBy: 'user:default/mira',
          approvedAtMs: nowMs,
          expiresAtMs: nowMs + 1,
        };
      },
    };
    const onChanged = draw(driftWithoutReference, mayApprove, approving, {
      onToast,
    });
    const dialog = await openDialog();
    await give(dialog, '  Clean digits  ');
    const beforeMs = readClockMs();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Approve' }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    const afterMs = readClockMs();
    expect(sent.map(({ fromMs, toMs, ...rest }) => rest)).toEqual([
      { subject, feature: 'output.confidence', reason: 'Clean digits' },
    ]);
    const [{ fromMs, toMs }] = sent;
    expect(toMs - fromMs).toBe(5 * 60_000);
    expect(toMs % 60_000).toBe(0);
    expect(toMs > beforeMs - 60_000 && toMs <= afterMs).toBe(true);
    expect(onChanged).toHaveBeenCalledTimes(1);
    await waitFor(() =>
      expect(toasts).toEqual(['Approved. It is judged within a minute.']),
    );
  });

  it('shows what the server answered when it refuses, and keeps what was typed', async () => {
    const onChanged = draw(driftWithoutReference, mayApprove, {
      approveReference: async () => {
        throw new Error('The stretch holds 12 outputs; 200 are needed.');
      },
    });
    const dialog = await openDialog();
    await give(dialog, 'Clean digits');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Approve' }),
    );
    expect((await within(dialog).findByRole('alert')).textContent).toBe(
      'The stretch holds 12 outputs; 200 are needed.',
    );
    expect(
      (within(dialog).getByRole('textbox') as HTMLTextAreaElement).value,
    ).toBe('Clean digits');
    expect(onChanged).toHaveBeenCalledTimes(0);
  });

  it('Escape closes the dialog and gives the focus back to its button', async () => {
    draw();
    await openDialog();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    await waitFor(() =>
      expect(document.activeElement!.textContent).toBe('Approve a reference'),
    );
  });
});
