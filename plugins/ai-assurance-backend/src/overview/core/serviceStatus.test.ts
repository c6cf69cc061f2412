import type {
  Drift,
  Objective,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { alertsThen } from './alertsThen';
import { likeliestCause, nameOf, serviceStatus } from './serviceStatus';
import { versionChanges } from './versionChanges';

const minute = 60_000;
const at = (clock: string) => Date.parse(`2026-11-22T${clock}:00.000Z`);

const objective = (change: Partial<Objective> = {}): Objective => ({
  sloName: 'digit-api-latency',
  objectiveName: 'Latency',
  description: '',
  objectiveRatio: 0.95,
  thresholdMs: 150,
  windowMs: 86_400_000,
  goodCount: 900,
  totalCount: 1000,
  attainmentRatio: 0.9,
  budgetRemainingRatio: -1,
  burnRates: [
    {
      severity: 'page',
      longWindowMs: 720_000,
      shortWindowMs: 60_000,
      factor: 6,
      longBurn: 8.4,
      shortBurn: 14.2,
      firing: true,
    },
  ],
  verdict: { status: 'fail', reason: 'burning', facts: {} },
  evaluatedAtMs: at('02:20'),
  alerts: [
    {
      alertId: 'alr_1',
      cause: 'burn-rate',
      severity: 'page',
      sinceMs: at('02:10'),
      longWindowMs: 720_000,
      shortWindowMs: 60_000,
      factor: 6,
    },
  ],
  ...change,
});
const well = objective({
  goodCount: 990,
  attainmentRatio: 0.99,
  budgetRemainingRatio: 0.8,
  burnRates: [],
  alerts: [],
  verdict: { status: 'pass', reason: 'within-budget', facts: {} },
});
const status = (change: Partial<Parameters<typeof serviceStatus>[0]> = {}) =>
  serviceStatus({
    objectives: [objective()],
    drift: [],
    problems: [],
    nowMs: at('02:20'),
    ...change,
  });

describe('the status line of a service', () => {
  it('says that a burn has ended while its alert still holds', () => {
    const [pair] = objective().burnRates;
    expect(
      status({
        objectives: [objective({ burnRates: [{ ...pair, shortBurn: 0 }] })],
      }).sentence,
    ).toBe('P95 latency was burning since 02:10 UTC and is calm now.');
  });

  it('says what burns, how fast, since when, and what came just before it', () => {
    expect(
      status({
        causes: [
          {
            atMs: at('02:06'),
            title: 'Version 7 reached 100 % of the traffic',
            version: '7',
            isWhole: true,
            evidenceId: '9',
          },
        ],
      }),
    ).toEqual({
      sentence:
        'P95 latency burning 14× since 02:10 UTC; started 4 minutes after version 7 reached 100 %.',
      status: 'fail',
      severity: 'page',
      sinceMs: at('02:10'),
      onset: {
        atMs: at('02:06'),
        text: 'started 4 minutes after version 7 reached 100 %',
        version: '7',
        evidenceId: '9',
      },
    });
  });

  it('names no cause where none is known', () => {
    expect(status().sentence).toBe('P95 latency burning 14× since 02:10 UTC.');
  });

  it('names the day of what began more than a day ago', () => {
    expect(status({ nowMs: at('02:20') + 2 * 86_400_000 }).sentence).toBe(
      'P95 latency burning 14× since 22 Nov, 02:10 UTC.',
    );
  });

  it('puts pages before tickets and says how many more have an alert', () => {
    const ticket = objective({
      sloName: 'availability',
      objectiveName: 'Availability',
      thresholdMs: undefined,
      alerts: [
        {
          alertId: 'alr_2',
          cause: 'burn-rate',
          severity: 'ticket',
          sinceMs: at('01:00'),
          longWindowMs: 1,
          shortWindowMs: 1,
          factor: 1,
        },
      ],
    });
    expect(status({ objectives: [ticket, objective()] }).sentence).toBe(
      'P95 latency burning 14× since 02:10 UTC. 1 more objective has an alert.',
    );
  });

  it('counts from the first alert of the objective, though a later one is worse', () => {
    const [page] = objective().alerts!;
    const both = objective({
      alerts: [
        page,
        { ...page, alertId: 'alr_0', severity: 'ticket', sinceMs: at('02:08') },
      ],
    });
    const told = status({ objectives: [both] });
    expect([told.severity, told.sinceMs]).toEqual(['page', at('02:08')]);
  });

  it.each([
    ['signal-lost', 'P95 latency: nothing is measured since 02:10 UTC.'],
    [
      'data-quality',
      'P95 latency: its counts contradict themselves since 02:10 UTC.',
    ],
  ] as const)(
    'says of a %s alert what is lost, and blames no change for it',
    (cause, sentence) => {
      const [alert] = objective().alerts!;
      expect(
        status({
          objectives: [objective({ alerts: [{ ...alert, cause }] })],
          causes: [{ atMs: at('02:06'), title: 'Deployment of version 7' }],
        }).sentence,
      ).toBe(sentence);
    },
  );

  it('says which source gives no usable answer, and since when', () => {
    const silent = objective({
      alerts: [],
      burnRates: [],
      goodCount: 0,
      totalCount: 0,
      budgetRemainingRatio: null,
      verdict: { status: 'inconclusive', reason: 'source-error', facts: {} },
      sources: [
        {
          sourceId: 'prometheus-eu',
          title: 'prometheus-eu',
          failingSinceMs: at('01:47'),
          problem: 'timeout',
        },
      ],
    });
    const told = status({ objectives: [silent] });
    expect(told.sentence).toBe(
      'Latency is not known (source error): no data within 150 ms, objective 95 %. The source prometheus-eu gives no usable answer since 01:47 UTC.',
    );
    expect([told.status, told.sinceMs]).toEqual(['inconclusive', at('01:47')]);
  });

  it.each([
    [
      objective({ alerts: [], burnRates: [] }),
      'The error budget of p95 latency is spent: 90.0 % of 1,000 good, objective 95 %, and it does not burn now.',
    ],
    [
      objective({
        alerts: [],
        burnRates: [],
        totalCount: 7,
        budgetRemainingRatio: null,
        verdict: {
          status: 'inconclusive',
          reason: 'insufficient-sample',
          facts: {},
        },
      }),
      'P95 latency is not known: too few requests (n = 7).',
    ],
    [well, 'Healthy. Latency: 99.0 % of 1,000 within 150 ms, objective 95 %.'],
  ])(
    'of an objective without an alert it says what is left',
    (one, sentence) => {
      expect(status({ objectives: [one] }).sentence).toBe(sentence);
    },
  );

  it('lets drift speak where no objective does', () => {
    const drifted = {
      feature: 'output.confidence',
      statistic: 'psi',
      value: 0.731,
      failLimit: 0.25,
      currentCount: 640,
      referenceId: 'ref_1',
      verdict: { status: 'fail', reason: 'drifted', facts: {} },
    } as Drift;
    expect(status({ objectives: [well], drift: [drifted] }).sentence).toBe(
      'Outputs have drifted: PSI of output.confidence 0.731, limit 0.250, n = 640.',
    );
  });

  it('says that objectives are met, and what nobody can judge yet', () => {
    const unjudged = {
      feature: 'output.confidence',
      referenceId: null,
      verdict: { status: 'inconclusive', reason: 'no-data', facts: {} },
    } as unknown as Drift;
    const told = status({ objectives: [well], drift: [unjudged] });
    expect([told.sentence, told.status]).toEqual([
      'Objectives are met: Latency: 99.0 % of 1,000 within 150 ms, objective 95 %. Drift is not known: output.confidence has no approved reference.',
      'inconclusive',
    ]);
  });

  it.each([
    [
      [],
      'No objective is declared, so nobody can say whether this service is healthy.',
    ],
    [
      ['objectives.yaml:3: target is missing'],
      'No objective could be read: objectives.yaml:3: target is missing',
    ],
  ])(
    'never calls a service without objectives healthy (%j)',
    (problems, sentence) => {
      expect(status({ objectives: [], problems })).toEqual({
        sentence,
        status: 'inconclusive',
        severity: null,
        sinceMs: null,
        onset: null,
      });
    },
  );

  describe('of a service whose drift is well', () => {
    const stable = {
      feature: 'output.confidence',
      statistic: 'psi',
      value: 0.02,
      failLimit: 0.25,
      referenceId: 'ref_1',
      currentCount: 640,
      verdict: { status: 'pass', reason: 'within-limit', facts: {} },
    } as unknown as Drift;

    it.each<[string, Parameters<typeof status>[0], string, string]>([
      [
        'no objective is declared',
        { objectives: [] },
        'inconclusive',
        'No objective is declared, so nobody can say whether this service is healthy. ',
      ],
      [
        'no objective could be read',
        { objectives: [], problems: ['o.yaml:3: target is missing'] },
        'inconclusive',
        'No objective could be read: o.yaml:3: target is missing. ',
      ],
      [
        'one of two objectives could not be read',
        { problems: ['o.yaml:3: target is missing', 'o.yaml:9: no kind'] },
        'inconclusive',
        'Not all objectives could be read: o.yaml:3: target is missing (and 1 more).',
      ],
      [
        'its objectives could not be read again',
        {
          problems: ['o.yaml: away; the version read at noon is still in use'],
        },
        'pass',
        'Not all objectives could be read: o.yaml: away; the version read at noon is still in use.',
      ],
    ])('says so when %s', (_name, input, verdict, part) => {
      const told = status({ objectives: [well], drift: [stable], ...input });
      expect(told.status).toBe(verdict);
      expect(told.sentence).toContain(part);
      expect(told.sentence.startsWith('Healthy.')).toBe(verdict === 'pass');
    });
  });

  it('calls an objective by its percentile, and by its name where it has none', () => {
    expect([
      nameOf(objective({ objectiveRatio: 0.999 })),
      nameOf(objective({ thresholdMs: undefined })),
    ]).toEqual(['p99.9 latency', 'Latency']);
  });
});

describe('the likeliest cause', () => {
  const deployed = { atMs: at('02:08'), title: 'Deployment of version 7' };
  const taken = {
    atMs: at('01:58'),
    title: 'Version 7 reached 100 % of the traffic',
    version: '7',
    isWhole: true,
  };

  it('is the version that took all the traffic, else the last change before it', () => {
    expect(likeliestCause(at('02:10'), [deployed, taken])).toBe(taken);
    expect(likeliestCause(at('02:10'), [deployed])).toBe(deployed);
  });

  it('lies at most an hour before it, and no more than a minute after', () => {
    expect(likeliestCause(at('03:09'), [deployed])).toBe(undefined);
    expect(likeliestCause(at('02:07'), [deployed])).toBe(deployed);
    expect(likeliestCause(at('02:06'), [deployed])).toBe(undefined);
  });
});

describe('changes of versions', () => {
  const bands = (shares: Record<string, number[]>) => ({
    fromMs: 0,
    stepMs: minute,
    bands: Object.entries(shares).map(([version, values]) => ({
      version,
      shares: values,
    })),
  });

  it('are a version’s first traffic, and all of it', () => {
    expect(
      versionChanges(
        bands({ '6': [1, 0.8, 0.5, 0, 0], '7': [0, 0.2, 0.5, 1, 1] }),
      ).map(({ atMs, title, isWhole }) => [atMs, title, isWhole]),
    ).toEqual([
      [minute, 'Version 7 took its first 20 % of the traffic', false],
      [3 * minute, 'Version 7 reached 100 % of the traffic', true],
    ]);
  });

  it('are none where a version was there from the beginning, and none in a silence', () => {
    expect(versionChanges(bands({ '6': [0, 1, 0, 0, 1] }))).toEqual([]);
    expect(versionChanges(bands({}))).toEqual([]);
  });

  it('show a version that comes back', () => {
    expect(
      versionChanges(bands({ '6': [1, 0, 1], '7': [0, 1, 0] })).map(
        ({ atMs, title }) => [atMs, title],
      ),
    ).toEqual([
      [minute, 'Version 7 reached 100 % of the traffic'],
      [2 * minute, 'Version 6 reached 100 % of the traffic'],
    ]);
  });
});

describe('alerts as of a moment', () => {
  const said = (timeMs: number, state: string, alertId = 'alr_1') => ({
    timeMs,
    item: {
      data: {
        payload: {
          alertId,
          sloName: 'digit-api-latency',
          objectiveName: 'Latency',
          cause: 'burn-rate',
          severity: 'page',
          since: '2026-11-22T02:10:00.000Z',
          longWindowMs: 720_000,
          shortWindowMs: 60_000,
          factor: 6,
          state,
        },
      },
    },
  });
  const of = (...items: ReturnType<typeof said>[]) =>
    alertsThen([objective({ alerts: undefined })], items)[0].alerts;

  it('are those whose last word is not that they are over', () => {
    expect(of(said(1, 'firing'))).toEqual(objective().alerts);
    expect(of(said(2, 'resolved'), said(1, 'firing'))).toEqual([]);
  });
});
