import { screen, within } from '@testing-library/react';
import {
  failingObjective,
  renderOn,
  serviceAnswer,
  serviceEntity,
} from './__testUtils__/subjects';
import { HealthCard } from './HealthCard';
import { ObjectivesCard } from './ObjectivesCard';

const facts = () =>
  [...document.querySelectorAll('dl > div')].map(row =>
    row.textContent!.replace(/\s+/g, ' '),
  );
const link = () =>
  screen.getByRole('link', { name: 'Open assurance' }).getAttribute('href');

describe('the health card of a service', () => {
  it('says the status line and at most five facts, and leads to the page', async () => {
    renderOn(serviceEntity, <HealthCard />, {
      getService: async () => serviceAnswer,
    });
    expect((await screen.findByText(serviceAnswer.sentence)).tagName).toBe(
      'SPAN',
    );
    expect(screen.getByText('Objectives with an alert').tagName).toBe('DT');
    expect(
      [...document.querySelectorAll('dt')].map(term => term.textContent),
    ).toEqual([
      'Began',
      'Objectives with an alert',
      'Least error budget left',
      'Open incidents',
      'Runbook checked',
    ]);
    expect(screen.getAllByRole('link')).toHaveLength(1);
  });

  it('stays in the moment of the page', async () => {
    const asked: (string | undefined)[] = [];
    renderOn(
      serviceEntity,
      <HealthCard />,
      {
        getService: async (_, options) => {
          asked.push(options?.asOf);
          return serviceAnswer;
        },
      },
      '/?asOf=2026-11-22T12:00:00Z',
    );
    await screen.findByText(serviceAnswer.sentence);
    expect(asked).toEqual(['2026-11-22T12:00:00Z']);
    expect(link()).toContain('assurance?asOf=2026-11-22T12%3A00%3A00Z');
  });

  it('says what failed, and still leads to the page', async () => {
    renderOn(serviceEntity, <HealthCard />, {
      getService: async () => {
        throw new Error('The store is closed');
      },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The store is closed',
    );
    expect(link()).toContain('assurance');
  });
});

describe('the card of objectives', () => {
  const draw = (objectives: (typeof failingObjective)[], problems: string[]) =>
    renderOn(serviceEntity, <ObjectivesCard />, {
      getObjectives: async () => ({ objectives, problems, corrections: [] }),
    });

  it('says how many are met, and shows the worst first', async () => {
    const met = {
      ...failingObjective,
      sloName: 'availability',
      objectiveName: 'Availability',
      thresholdMs: undefined,
      goodCount: 1000,
      verdict: { status: 'pass' as const, reason: 'within-budget', facts: {} },
    };
    draw([met, failingObjective], []);
    expect(
      (await screen.findByText('1 of 2 objectives are met.')).tagName,
    ).toBe('P');
    expect(
      [...document.querySelectorAll('dt')].map(term => term.textContent),
    ).toEqual(['Within 150 ms', 'Availability']);
    expect(facts()).toHaveLength(2);
    expect(within(document.body).getByText('90.0 % of 1,000').textContent).toBe(
      '90.0 % of 1,000',
    );
  });

  it.each([
    [
      [],
      'No objective is declared. To add one, write an OpenSLO document and name it in the annotation ai-assurance.io/slo of the catalog file.',
    ],
    [
      ['slo.yaml:7: target is missing'],
      'No objective could be read: slo.yaml:7: target is missing',
    ],
  ])('with problems %j says %s', async (problems, sentence) => {
    draw([], problems);
    expect((await screen.findByText(sentence)).tagName).toBe('P');
  });
});
