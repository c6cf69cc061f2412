import { ObjectiveSegment } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { AiAssuranceApi } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  failingObjective,
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
  path?: string,
) =>
  renderOn(
    serviceEntity,
    <ServiceTab entityRef={entityRef} />,
    {
      getService: async () => ({ ...serviceAnswer, ...changes }),
      getServiceSignals: async () => ({ ...serviceSignals, ...signals }),
      ...api,
    },
    path,
  );
const cellTexts = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map(row =>
      [...row.children].map(cell => cell.textContent!.replace(/\s+/g, ' ')),
    );

describe('what stands behind objectives', () => {
  it('tells who spends the error budgets, the worst first, and names the segments that are not told', async () => {
    const segment = (change: Partial<ObjectiveSegment>): ObjectiveSegment => ({
      version: '7',
      cohort: null,
      environment: null,
      goodCount: 900,
      totalCount: 1000,
      attainmentRatio: 0.9,
      intervalLow: 0.88,
      intervalHigh: 0.917,
      budgetRemainingRatio: -1,
      burn: 14.2,
      ...change,
    });
    const hidden = {
      goodCount: 0,
      totalCount: 0,
      attainmentRatio: null,
      intervalLow: null,
      intervalHigh: null,
      budgetRemainingRatio: null,
      burn: null,
      isSuppressed: true,
    };
    let askedCount = 0;
    draw(
      {},
      {},
      {
        getObjectives: async () => {
          askedCount += 1;
          return {
            problems: [],
            corrections: [],
            objectives: [
              {
                ...failingObjective,
                budgetingMethod: 'Occurrences',
                segments: [
                  segment({
                    version: '6',
                    goodCount: 400,
                    totalCount: 400,
                    attainmentRatio: 1,
                    intervalLow: 0.9905,
                    intervalHigh: 1,
                    budgetRemainingRatio: 1,
                    burn: 0,
                  }),
                  segment({ ...hidden, cohort: 'low-end' }),
                  segment({
                    ...hidden,
                    cohort: 'high-end',
                    isSizeUnknown: true,
                  }),
                  segment({}),
                ],
              },
            ],
          };
        },
      },
    );
    const section = await screen.findByRole('region', {
      name: 'Behind the error budgets',
    });
    // Nobody pays for what nobody looks at.
    expect(askedCount).toBe(0);
    await userEvent.click(
      within(section).getByRole('button', { name: 'Show' }),
    );
    expect(
      cellTexts(
        await within(section).findByRole('table', {
          name: 'Who spends the error budgets',
        }),
      ),
    ).toEqual([
      [
        '7',
        '14×',
        '90.0 % of 1,00088.0 to 91.7 %',
        'all',
        'all',
        'Latency',
        'overspent by 100.0 % of 50 allowed',
      ],
      [
        '6',
        '0.00×',
        '100 % of 40099.1 to 100.0 %',
        'all',
        'all',
        'Latency',
        '100.0 % of 20 allowed',
      ],
      [
        '7',
        '–',
        'suppressed: too few devices, or it would tell of them',
        'low-end',
        'all',
        'Latency',
        '–',
      ],
      [
        '7',
        '–',
        'suppressed: group size unknown',
        'high-end',
        'all',
        'Latency',
        '–',
      ],
    ]);
  });

  it('lists what corrections leave out, and takes one back for a reason', async () => {
    const withdrawn: unknown[] = [];
    draw(
      { mayCorrect: { allowed: true } },
      {},
      {
        getObjectives: async () => ({
          objectives: [],
          problems: [],
          corrections: [
            {
              correctionId: 'cor_1',
              subject: entityRef,
              sloName: null,
              fromMs: Date.parse('2026-11-22T12:00:00Z'),
              toMs: Date.parse('2026-11-22T12:30:00Z'),
              cause: 'load-test',
              reason: 'The yearly one.',
              recordedBy: 'user:default/mira',
              recordedAtMs: 1,
              withdrawnAtMs: null,
              evidenceId: '40',
            },
          ],
        }),
        withdrawCorrection: async (...asked) => {
          withdrawn.push(asked);
          return {} as never;
        },
      },
      '/?behind=open',
    );
    const table = await screen.findByRole('table', { name: 'Corrections' });
    expect(cellTexts(table)[0].slice(1, 4)).toEqual([
      'all',
      'load test: The yearly one.',
      'mira',
    ]);
    await userEvent.click(
      within(table).getByRole('button', { name: 'Withdraw' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Why/ }),
      'It did not take place',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Withdraw' }),
    );
    expect(withdrawn).toEqual([['cor_1', { reason: 'It did not take place' }]]);
  });

  it('saves objectives as OpenSLO, and says what was lost', async () => {
    const saved: Blob[] = [];
    URL.createObjectURL = (blob: Blob) => {
      saved.push(blob);
      return 'blob:it';
    };
    URL.revokeObjectURL = () => {};
    draw(
      {},
      {},
      {
        getObjectives: async () => ({
          objectives: [],
          problems: [],
          corrections: [],
        }),
        exportOpenSlo: async () => ({
          documents: 'kind: SLO\n',
          lost: [{ at: 'slo.yaml, metadata', lost: 'labels' }],
        }),
      },
      '/?behind=open',
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Save as OpenSLO' }),
    );
    expect((await screen.findByText(/Saved, without/)).textContent).toBe(
      'Saved, without 1 thing that could not be kept:',
    );
    expect(saved.map(blob => [blob.size, blob.type])).toEqual([
      [10, 'application/yaml'],
    ]);
  });
});
