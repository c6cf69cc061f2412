import { AiAssuranceApi } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  renderOn,
  serviceAnswer,
  serviceEntity,
  serviceSignals,
} from '../__testUtils__/subjects';
import { ServiceTab } from '../ServiceTab';

const entityRef = 'component:default/digit-api';
const draw = (
  changes: Partial<typeof serviceAnswer> = {},
  signals: Partial<typeof serviceSignals> = {},
  api: Partial<AiAssuranceApi> = {},
) =>
  renderOn(serviceEntity, <ServiceTab entityRef={entityRef} />, {
    getService: async () => ({ ...serviceAnswer, ...changes }),
    getServiceSignals: async () => ({ ...serviceSignals, ...signals }),
    ...api,
  });

describe('rolling back', () => {
  const plan = {
    may: { allowed: true },
    target: 'deploy.example',
    through: null,
    what: null,
    undo: 'Deploy it again.',
    trafficWindowMs: 900_000,
    versions: [
      { version: '7', digest: null, requestCount: 900, lastSeenMs: 2 },
      { version: '6', digest: null, requestCount: 0, lastSeenMs: 1 },
    ],
    fromVersion: '7',
    toVersion: '6',
    orders: [],
  };

  it('says what will happen to which traffic and how it is undone, and waits for a reason and a yes', async () => {
    const ordered: unknown[] = [];
    draw(
      {},
      {},
      {
        getRollback: async () => plan,
        orderRollback: async (ref, { requestId, ...body }) => {
          ordered.push([ref, body, requestId.startsWith('req_')]);
          return {
            orderId: 'ord_1',
            state: 'done',
            fromVersion: '7',
            toVersion: '6',
            orderedBy: 'user:default/mira',
            reason: body.reason,
            orderedAtMs: 1,
            answeredAtMs: 2,
            answer: 'Done (HTTP 200)',
          };
        },
      },
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back' }),
    );
    const dialog = await screen.findByRole('dialog');
    await within(dialog).findByText(/Version 6 takes/);
    expect(dialog.textContent).toContain(
      'Version 6 takes the 100 % of 900 requests that version 7 served in the last 15 min. It is a service: no device is touched.',
    );
    expect(dialog.textContent).toContain(
      'The order goes to deploy.example, once, signed, under your name.',
    );
    expect(dialog.textContent).toContain('Undo: Deploy it again.');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Why/ }),
      'It burns',
    );
    const submit = within(dialog).getByRole('button', {
      name: 'Roll back now',
    });
    expect(submit.hasAttribute('disabled')).toBe(true);
    await userEvent.click(
      within(dialog).getByRole('checkbox', {
        name: 'I have read what will happen',
      }),
    );
    await userEvent.click(submit);
    expect(ordered).toEqual([
      [
        entityRef,
        { fromVersion: '7', toVersion: '6', reason: 'It burns' },
        true,
      ],
    ]);
    expect(screen.queryByRole('dialog')).toBe(null);
  });

  it('says which fleet manager carries it out, and what on which devices', async () => {
    draw(
      {},
      {},
      {
        getRollback: async () => ({
          ...plan,
          target: 'hawkbit.example',
          through: 'hawkBit',
          what: 'a forced rollout to every device of it',
        }),
      },
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Roll back' }),
    );
    const dialog = await screen.findByRole('dialog');
    await within(dialog).findByText(/Version 6 takes/);
    expect(dialog.textContent).toContain(
      'How many devices that is, hawkBit knows.The order goes through hawkBit at hawkbit.example, once, and is recorded under your name. It becomes a forced rollout to every device of it.',
    );
  });

  it('is disabled with its reason where nothing is configured', async () => {
    const reason =
      'No system that rolls back is configured: aiAssurance.actions.rollback.';
    draw({ mayRollBack: { allowed: false, reason } });
    const button = await screen.findByRole('button', { name: 'Roll back' });
    expect(button.hasAttribute('disabled')).toBe(true);
    expect(screen.getByText(reason).tagName).toBe('SPAN');
  });
});

describe('incidents', () => {
  it('are opened with what the page knows, and moved on', async () => {
    const sent: unknown[] = [];
    const incident = {
      incidentId: 'inc_1',
      subject: entityRef,
      source: 'ai-assurance',
      isOwn: true,
      summary: 'Answers take twice as long',
      openedBy: 'user:default/ken',
      category: 'latency' as const,
      severity: 'critical' as const,
      state: 'open' as const,
      occurredAtMs: null,
      detectedAtMs: serviceAnswer.rangeEndMs,
      decidedAtMs: null,
      mitigatedAtMs: null,
      resolvedAtMs: null,
      mitigation: null,
      causedByVersion: null,
      link: null,
      evidenceId: '40',
      rowVersion: 3,
    };
    draw(
      { incidents: [incident] },
      {},
      {
        openIncident: async body => {
          sent.push(body);
          return incident;
        },
        moveIncident: async (id, body) => {
          sent.push([id, body]);
          return incident;
        },
      },
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Open an incident' }),
    );
    await userEvent.type(
      within(await screen.findByRole('dialog')).getByRole('textbox', {
        name: /What is wrong/,
      }),
      'Twice as slow',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Open' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Resolve' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /What did you see/ }),
      'It is fast again',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Resolve' }),
    );
    expect(sent).toEqual([
      {
        subject: entityRef,
        category: 'other',
        severity: 'critical',
        reason: 'Twice as slow',
        alertIds: [],
        occurredAtMs: serviceAnswer.sinceMs,
        causedByVersion: '7',
      },
      [
        'inc_1',
        {
          state: 'resolved',
          mitigation: 'rollback',
          reason: 'It is fast again',
          rowVersion: 3,
        },
      ],
    ]);
  });

  it('are counted where not all are shown, and all are shown on demand', async () => {
    const incidents = Array.from({ length: 23 }, (_, i) => ({
      incidentId: `inc_${i}`,
      subject: entityRef,
      source: 'ai-assurance',
      isOwn: true,
      summary: `Slow for the ${i}th time`,
      openedBy: 'user:default/ken',
      category: 'latency' as const,
      severity: 'critical' as const,
      state: 'resolved' as const,
      occurredAtMs: null,
      detectedAtMs: serviceAnswer.rangeEndMs,
      decidedAtMs: null,
      mitigatedAtMs: null,
      resolvedAtMs: serviceAnswer.rangeEndMs,
      mitigation: null,
      causedByVersion: null,
      link: null,
      evidenceId: String(i),
      rowVersion: 3,
    }));
    draw(
      { incidents: incidents.slice(0, 10), incidentCount: 23 },
      {},
      { listIncidents: async () => ({ incidents }) },
    );
    const table = await screen.findByRole('table', { name: 'Incidents' });
    expect(within(table).getAllByRole('row').length).toBe(11);
    expect(
      screen.getByText('10 of 23 incidents shown, open ones first.').tagName,
    ).toBe('SPAN');
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect((await within(table).findByText('Slow for the 22th time')).tagName) //
      .toBe('TH');
    expect(within(table).getAllByRole('row').length).toBe(24);
    expect(screen.queryByRole('button', { name: 'Show all' })).toBe(null);
  });
});

describe('a cost budget that cannot be used', () => {
  it('is said with what is in force instead', async () => {
    draw({ costBudgetProblem: '“a lot” is no budget. No budget is in force.' });
    await screen.findByText('The declared cost budget cannot be used');
    expect(
      screen.getByText('“a lot” is no budget. No budget is in force.')
        .textContent,
    ).toBe('“a lot” is no budget. No budget is in force.');
  });
});
