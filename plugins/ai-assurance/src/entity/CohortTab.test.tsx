import { screen, within } from '@testing-library/react';
import {
  cohortAnswer,
  cohortEntity,
  renderOn,
  silentCohort,
} from './__testUtils__/subjects';
import { CohortTab } from './CohortTab';

const draw = (answer = cohortAnswer) =>
  renderOn(
    cohortEntity,
    <CohortTab entityRef="resource:default/low-end-phones" />,
    { getCohort: async () => answer },
  );

describe('the tab of a cohort', () => {
  it('says who belongs to it; what the catalog does not state is said so', async () => {
    draw();
    const facts = await screen.findByRole('region', {
      name: 'What this cohort is',
    });
    expect(
      [...facts.querySelectorAll('dl > div')].map(row =>
        [...row.children].map(cell => cell.textContent),
      ),
    ).toEqual([
      ['Devices with', 'ai_assurance.device.class = low-end or entry'],
      ['Ring', 'canary'],
      ['Device class', 'not stated'],
      ['Expected devices', '10'],
      ['Models that target it', 'digit-reader-edge'],
    ]);
  });

  it('that is silent is not known, and nothing of it is zero', async () => {
    draw(silentCohort);
    expect(
      (await screen.findByText(/^Silent: no session/)).getAttribute('role'),
    ).toBe('status');
    expect(screen.getByText('Inconclusive').textContent).toBe('Inconclusive');
    const adoption = screen.getByRole('region', { name: 'Adoption' });
    expect(within(adoption).queryByRole('table')).toBe(null);
    expect(
      within(adoption).getByText('No session reported in this range.').tagName,
    ).toBe('P');
  });

  it('without a model says how one comes to target it, and draws no empty charts', async () => {
    draw({ ...cohortAnswer, models: [] });
    expect((await screen.findByText(/^Name the cohort in/)).textContent).toBe(
      'Name the cohort in spec.targetsCohorts of an edge model.',
    );
    expect(screen.queryByRole('region', { name: 'Latency and traffic' })).toBe(
      null,
    );
  });

  it('with several models names each, and draws no common latency', async () => {
    draw({
      ...cohortAnswer,
      models: [
        cohortAnswer.models[0],
        {
          ...cohortAnswer.models[0],
          modelRef: 'resource:default/letter-reader',
        },
      ],
    });
    const adoptions = await screen.findAllByText(/by cohort and version/);
    expect(adoptions.map(text => text.textContent)).toEqual([
      'digit-reader-edge: Sessions that reported in this range, by cohort and version.',
      'letter-reader: Sessions that reported in this range, by cohort and version.',
    ]);
    expect(screen.queryByRole('region', { name: 'Latency and traffic' })).toBe(
      null,
    );
  });
});
