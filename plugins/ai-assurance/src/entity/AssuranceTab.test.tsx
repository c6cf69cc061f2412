import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { never } from '../__testUtils__/fakeApi';
import {
  cohortAnswer,
  cohortEntity,
  edgeModelEntity,
  modelAnswer,
  renderOn,
  serviceAnswer,
  serviceEntity,
  serviceSignals,
  silentCohort,
  silentService,
  silentSignals,
  unknownModel,
  websiteEntity,
} from './__testUtils__/subjects';
import { AssuranceTab } from './AssuranceTab';

const refuse = async () => {
  throw new Error('The store is closed');
};

const tabs = [
  {
    name: 'service',
    entity: serviceEntity,
    loading: {
      getService: never,
      getServiceSignals: async () => serviceSignals,
    },
    failing: {
      getService: refuse,
      getServiceSignals: async () => serviceSignals,
    },
    empty: {
      getService: async () => silentService,
      getServiceSignals: async () => silentSignals,
    },
    emptyText: 'No objective is declared',
    ready: {
      getService: async () => serviceAnswer,
      getServiceSignals: async () => serviceSignals,
    },
    sentence: serviceAnswer.sentence,
  },
  {
    name: 'model',
    entity: edgeModelEntity,
    loading: { getModel: never },
    failing: { getModel: refuse },
    empty: { getModel: async () => unknownModel },
    emptyText: 'No version is known yet',
    ready: { getModel: async () => modelAnswer },
    sentence: modelAnswer.sentence,
  },
  {
    name: 'cohort',
    entity: cohortEntity,
    loading: { getCohort: never },
    failing: { getCohort: refuse },
    empty: { getCohort: async () => silentCohort },
    emptyText: 'No session reported in this range.',
    ready: { getCohort: async () => cohortAnswer },
    sentence: cohortAnswer.sentence,
  },
];

describe('the assurance tab', () => {
  it.each(tabs)(
    'of a $name shows a skeleton while it loads',
    async ({ entity, loading }) => {
      renderOn(entity, <AssuranceTab />, loading);
      expect(
        (await screen.findByLabelText('Loading')).getAttribute('aria-busy'),
      ).toBe('true');
    },
  );

  it.each(tabs)(
    'of a $name says what failed and offers to try again',
    async ({ entity, failing }) => {
      renderOn(entity, <AssuranceTab />, failing);
      expect((await screen.findByRole('alert')).textContent).toContain(
        'The store is closed',
      );
      expect(screen.getByRole('button', { name: 'Try again' }).tagName).toBe(
        'BUTTON',
      );
    },
  );

  it.each(tabs)(
    'of a $name says what would be there when nothing is known',
    async ({ entity, empty, emptyText }) => {
      renderOn(entity, <AssuranceTab />, empty);
      expect((await screen.findByText(emptyText)).tagName).toBe('P');
    },
  );

  it.each(tabs)(
    'of a $name opens with its sentence',
    async ({ entity, ready, sentence }) => {
      renderOn(entity, <AssuranceTab />, ready);
      expect((await screen.findByText(sentence)).getAttribute('role')).toBe(
        'status',
      );
    },
  );

  it('of an entity that is no subject says so and asks the server nothing', async () => {
    renderOn(websiteEntity, <AssuranceTab />);
    expect(
      (await screen.findByText('Nothing to assure here')).textContent,
    ).toBe('Nothing to assure here');
    expect(screen.queryByRole('alert')).toBe(null);
  });

  it('asks for the range of its URL, and for another one when it is chosen', async () => {
    const asked: Array<number | undefined> = [];
    renderOn(
      serviceEntity,
      <AssuranceTab />,
      {
        getService: async (_, options) => {
          asked.push(options?.rangeMinutes);
          return serviceAnswer;
        },
        getServiceSignals: async (_, options) => {
          asked.push(options?.rangeMinutes);
          return serviceSignals;
        },
      },
      '/?range=360',
    );
    await userEvent.click(await screen.findByRole('button', { name: /Range/ }));
    await userEvent.click(
      await screen.findByRole('option', { name: 'Last 7 days' }),
    );
    await screen.findByRole('button', { name: /Last 7 days/ });
    expect([...new Set(asked)]).toEqual([360, 10_080]);
  });

  it.each([
    ['service', serviceEntity, 'getService', serviceAnswer],
    ['model', edgeModelEntity, 'getModel', modelAnswer],
    ['cohort', cohortEntity, 'getCohort', cohortAnswer],
  ] as const)(
    'of a %s asks about the moment of the address, and says which',
    async (_name, entity, call, answer) => {
      const asked: (string | undefined)[] = [];
      renderOn(
        entity,
        <AssuranceTab />,
        {
          getServiceSignals: async () => serviceSignals,
          [call]: async (_ref: string, options: { asOf?: string }) => {
            asked.push(options.asOf);
            return answer;
          },
        },
        '/?asOf=2026-11-12T14:00:00Z',
      );
      await screen.findByText(answer.sentence);
      expect(asked).toEqual(['2026-11-12T14:00:00Z']);
      expect(
        screen.getByText(
          'You are looking at what was known on 12 Nov 2026 14:00 UTC',
        ).textContent,
      ).toBe('You are looking at what was known on 12 Nov 2026 14:00 UTC');
    },
  );
});
