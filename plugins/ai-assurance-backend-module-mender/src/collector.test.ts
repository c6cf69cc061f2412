import {
  AnyCollectedFact,
  createJsonClient,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  startStandIn,
  StandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { mockServices } from '@backstage/backend-test-utils';
import { JsonValue } from '@backstage/types';
import {
  exampleStore,
  menderSystem,
  MenderStore,
} from './__testUtils__/mender';
import { createMenderClient } from './client';
import { createMenderCollector, MenderLimits } from './collector';

const nowMs = Date.parse('2026-11-22T13:00:30Z');
const running = '30b3e62c-9ec2-4312-a7fa-cff24cc7397c';
const finished = '8a2c9d10-4f1d-4a0c-9a6e-1d2f3b4c5d6e';
const base = '/api/management/v1/deployments/deployments';

describe('collecting from Mender', () => {
  let store: MenderStore;
  let standIn: StandIn;

  beforeEach(async () => {
    store = exampleStore();
    standIn = await startStandIn(request => menderSystem(store)(request));
  });
  afterEach(() => standIn.close());

  async function run(options: {
    memory?: JsonValue;
    atMs?: number;
    maxFacts?: number;
    listVersion?: 'v1' | 'v2';
    limits?: Partial<MenderLimits>;
    annotations?: Record<string, string>;
    facts?: AnyCollectedFact[];
  }) {
    const collector = createMenderCollector(
      createMenderClient(
        createJsonClient({
          name: 'Mender',
          baseUrl: standIn.baseUrl,
          headers: {},
          timeoutMs: 10_000,
          maxBytes: 10_000_000,
        }),
        options.listVersion ?? 'v1',
      ),
      {
        lookbackDays: 90,
        maxDeployments: 1000,
        minimumGroupSize: 5,
        ...options.limits,
      },
    );
    let memory = options.memory;
    const facts = options.facts ?? [];
    for await (const fact of collector.collect({
      subject: {
        entityRef: 'resource:default/digit-reader-edge',
        kind: 'edge-model',
        annotations: options.annotations ?? {
          'mender.io/artifact-prefix': 'digit-reader-',
        },
        spec: {},
      },
      nowMs: options.atMs ?? nowMs,
      lastSuccessMs: undefined,
      signal: new AbortController().signal,
      maxFacts: options.maxFacts ?? 100,
      memory: {
        read: () => options.memory,
        write: value => {
          memory = value;
        },
      },
      logger: mockServices.logger.mock(),
    }))
      facts.push(fact);
    return { facts, memory };
  }

  it.each(['v1', 'v2'] as const)(
    'lists by %s and asks for the statistics of what is about the subject',
    async listVersion => {
      await run({ listVersion });
      expect(
        standIn.requests.map(r => `${r.method} ${r.path}?${r.query}`),
      ).toEqual([
        `GET ${base.replace(
          'v1',
          listVersion,
        )}?sort=desc&created_after=1787576430&page=1&per_page=100`,
        `GET ${base}/${running}/statistics?`,
        `GET ${base}/${finished}/statistics?`,
      ]);
    },
  );

  it('brings one observation of each deployment, dated by Mender once it is over', async () => {
    const { facts } = await run({});
    expect(
      facts.map(f => [
        f.id.split(':')[1],
        new Date(f.timeMs).toISOString(),
        f.envelope,
      ]),
    ).toEqual([
      [
        running,
        '2026-11-22T13:00:00.000Z',
        {
          sourceSystem: 'mender',
          asked: `GET ${base}/${running}/statistics`,
          subjectVersion: '2.0.0',
          windowStart: '2026-11-22T12:00:00.063Z',
          windowEnd: '2026-11-22T13:00:00.000Z',
          sampleCount: 60,
        },
      ],
      [
        finished,
        '2026-11-11T10:30:00.500Z',
        {
          sourceSystem: 'mender',
          asked: `GET ${base}/${finished}/statistics`,
          subjectVersion: '1.0.0',
          windowStart: '2026-11-10T09:00:00.000Z',
          windowEnd: '2026-11-11T10:30:00.500Z',
          sampleCount: 50,
        },
      ],
    ]);
  });

  it('lets no name, group, filter or configuration through, neither to facts nor to memory', async () => {
    const text = JSON.stringify(await run({}));
    for (const word of [
      'jane',
      'Jane',
      'device-0',
      'SN-',
      'serial',
      'owner',
      'production',
    ])
      expect(text).not.toContain(word);
  });

  it('adds nothing while nothing changes, and no longer asks about what is over', async () => {
    const first = await run({});
    const requestCount = standIn.requests.length;
    const again = await run({ memory: first.memory, atMs: nowMs + 300_000 });
    expect(again.facts).toEqual([]);
    expect(again.memory).toEqual(first.memory);
    expect(standIn.requests.slice(requestCount).map(r => r.path)).toEqual([
      base,
      `${base}/${running}/statistics`,
    ]);
  });

  it('tells of an abort as cut short, whatever Mender calls it', async () => {
    const first = await run({});
    Object.assign(store.deployments[0], {
      status: 'finished',
      finished: '2026-11-22T13:02:00Z',
    });
    Object.assign(store.statistics[running], { aborted: 21, pending: 0 });
    const { facts } = await run({
      memory: first.memory,
      atMs: nowMs + 300_000,
    });
    expect(facts.map(f => [f.timeMs, f.payload])).toMatchObject([
      [
        Date.parse('2026-11-22T13:02:00Z'),
        {
          sourceState: 'finished',
          state: 'terminated',
          status: 'inconclusive',
          reason: 'terminated',
        },
      ],
    ]);
  });

  it('goes through all pages, and says when there are more than it may look through', async () => {
    const template = store.deployments[2];
    store.deployments.push(
      ...[...Array(250).keys()].map(n => ({
        ...template,
        id: `other-${n}`,
        created: '2026-11-20T09:00:00Z',
      })),
    );
    expect((await run({})).facts.length).toBe(2);
    const facts: AnyCollectedFact[] = [];
    await expect(
      run({ facts, limits: { maxDeployments: 120 } }),
    ).rejects.toMatchObject({
      code: 'partial-answer',
      message:
        'Mender has more than 120 deployments in the last 90 days, and older ones were not looked through; raise maxDeployments or shorten lookbackDays',
    });
    expect(facts.map(f => f.id.split(':')[1])).toEqual([running]);
  });

  it('does not count a deployment twice that moved to the next page meanwhile', async () => {
    const [first] = store.deployments;
    store.deployments = [...Array(100).keys()].map(n => ({
      ...first,
      id: `d-${n}`,
    }));
    store.statistics = Object.fromEntries(
      store.deployments.map(d => [d.id, exampleStore().statistics[running]]),
    );
    const system = menderSystem(store);
    await standIn.close();
    standIn = await startStandIn(request => {
      const answer = system(request);
      if (request.query.get('page') === '1')
        store.deployments.unshift({
          ...first,
          id: 'new',
          created: '2026-11-22T12:59:00Z',
        });
      return answer;
    });
    const { facts } = await run({});
    expect(facts.length).toBe(100);
    expect(new Set(facts.map(f => f.id)).size).toBe(100);
  });

  it('brings the rest in the next run when there is room for some facts only', async () => {
    const first = await run({ maxFacts: 1 });
    const second = await run({ maxFacts: 1, memory: first.memory });
    expect(
      [...first.facts, ...second.facts].map(f => f.id.split(':')[1]),
    ).toEqual([running, finished]);
  });

  it.each<[string, (store: MenderStore) => void, string]>([
    [
      'a status that Mender does not document',
      s => {
        s.deployments[0].status = 'teleporting';
      },
      '0.status',
    ],
    [
      'a state of devices that Mender does not document',
      s => {
        s.statistics[running].lost = 1;
      },
      '',
    ],
    [
      'a count that is none',
      s => {
        s.statistics[running].success = '31';
      },
      'success',
    ],
    [
      'a moment that is none',
      s => {
        s.deployments[1].finished = 'yesterday';
      },
      '1.finished',
    ],
  ])('refuses %s and says where it stood', async (_, change, at) => {
    change(store);
    await expect(run({ facts: [] })).rejects.toMatchObject({
      code: 'malformed-answer',
      message: expect.stringContaining(`“${at}”`),
    });
  });
});
