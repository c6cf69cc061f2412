import {
  AnyCollectedFact,
  CollectorError,
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
  hawkbitSystem,
  HawkbitStore,
} from './__testUtils__/hawkbit';
import { createHawkbitClient } from './client';
import { createHawkbitCollector } from './collector';

const nowMs = Date.parse('2026-11-22T13:00:30Z');

describe('collecting from hawkBit', () => {
  let store: HawkbitStore;
  let standIn: StandIn;

  beforeEach(async () => {
    store = exampleStore();
    standIn = await startStandIn(request => hawkbitSystem(store)(request));
  });
  afterEach(() => standIn.close());

  async function run(options: {
    memory?: JsonValue;
    atMs?: number;
    maxFacts?: number;
    annotations?: Record<string, string>;
  }) {
    const collector = createHawkbitCollector(
      createHawkbitClient(
        createJsonClient({
          name: 'hawkBit',
          baseUrl: standIn.baseUrl,
          headers: {},
          timeoutMs: 10_000,
          maxBytes: 1_000_000,
        }),
      ),
      { maxRollouts: 50, minimumGroupSize: 5 },
    );
    let memory = options.memory;
    const facts: AnyCollectedFact[] = [];
    for await (const fact of collector.collect({
      subject: {
        entityRef: 'resource:default/digit-reader-edge',
        kind: 'edge-model',
        annotations: options.annotations ?? {
          'hawkbit.eclipse.org/distribution-set': 'digit-reader',
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

  it('asks for whole rollouts of the distribution set, newest first, and for the groups of each', async () => {
    await run({});
    expect(
      standIn.requests.map(
        r => `${r.method} ${r.path}?${decodeURIComponent(r.query.toString())}`,
      ),
    ).toEqual([
      "GET /rest/v1/rollouts?q=distributionset.name=='digit-reader'&sort=id:DESC&representation=full&offset=0&limit=50",
      'GET /rest/v1/rollouts/17/deploygroups?sort=id:ASC&representation=full&offset=0&limit=100',
      'GET /rest/v1/rollouts/9/deploygroups?sort=id:ASC&representation=full&offset=0&limit=100',
    ]);
  });

  it('brings plan and observation of each, dated by hawkBit where hawkBit dates them', async () => {
    const { facts } = await run({});
    expect(
      facts.map(f => [
        f.type,
        f.id.split(':').slice(0, 2).join(':'),
        new Date(f.timeMs).toISOString(),
        f.envelope,
      ]),
    ).toEqual([
      [
        'io.ai-assurance.rollout-plan.v1',
        'plan:17',
        '2026-11-22T10:00:00.000Z',
        envelope(17, '2.0.0'),
      ],
      [
        'io.ai-assurance.rollout-observation.v2',
        'rollout:17',
        '2026-11-22T13:00:00.000Z',
        {
          ...envelope(17, '2.0.0'),
          windowStart: '2026-11-22T10:00:00.000Z',
          windowEnd: '2026-11-22T13:00:00.000Z',
          sampleCount: 48,
        },
      ],
      [
        'io.ai-assurance.rollout-plan.v1',
        'plan:9',
        '2026-11-18T11:06:40.000Z',
        envelope(9, '1.0.0'),
      ],
      [
        'io.ai-assurance.rollout-observation.v2',
        'rollout:9',
        '2026-11-19T14:53:20.000Z',
        {
          ...envelope(9, '1.0.0'),
          windowStart: '2026-11-18T11:06:40.000Z',
          windowEnd: '2026-11-19T14:53:20.000Z',
          sampleCount: 40,
        },
      ],
    ]);
  });

  it('lets no person, filter, remark or device through, neither to facts nor to memory', async () => {
    const text = JSON.stringify(await run({}));
    for (const word of [
      'jane',
      'john',
      'mary',
      'Mary',
      'ticket',
      'controllerId',
      'phone-',
      'fine with',
      'low-end',
    ])
      expect(text).not.toContain(word);
  });

  it('adds nothing while nothing changes, and no longer asks for the groups of what is over', async () => {
    const first = await run({});
    const requestCount = standIn.requests.length;
    const again = await run({ memory: first.memory, atMs: nowMs + 300_000 });
    expect(again.facts).toEqual([]);
    expect(again.memory).toEqual(first.memory);
    expect(standIn.requests.slice(requestCount).map(r => r.path)).toEqual([
      '/rest/v1/rollouts',
      '/rest/v1/rollouts/17/deploygroups',
    ]);
  });

  it('tells of a count that moved and came back, each time', async () => {
    const counts = (finished: number, running: number) => {
      Object.assign(store.rollouts[0].totalTargetsPerStatus, {
        finished,
        running,
      });
    };
    const first = await run({});
    counts(14, 5);
    const second = await run({ memory: first.memory, atMs: nowMs + 300_000 });
    counts(13, 6);
    const third = await run({ memory: second.memory, atMs: nowMs + 600_000 });
    const ids = [first, second, third]
      .flatMap(({ facts }) => facts.map(f => f.id))
      .filter(id => id.startsWith('rollout:17'));
    expect(new Set(ids).size).toBe(3);
    expect([second.facts.length, third.facts.length]).toEqual([1, 1]);
  });

  it('brings the rest in the next run when there is room for some facts only', async () => {
    const ids: string[] = [];
    let memory: JsonValue | undefined;
    for (let round = 0; round < 5; round += 1) {
      const result = await run({ memory, maxFacts: 1 });
      memory = result.memory;
      ids.push(...result.facts.map(f => f.id.split(':').slice(0, 2).join(':')));
    }
    expect(ids).toContain('rollout:17');
    expect(ids).toContain('rollout:9');
  });

  it.each<[string, (store: HawkbitStore) => void, string]>([
    [
      'a state that hawkBit does not document',
      s => {
        s.rollouts[0].status = 'teleporting';
      },
      'content.0.status',
    ],
    [
      'a count that is no count',
      s => {
        s.rollouts[0].totalTargetsPerStatus.error = -1;
      },
      'content.0.totalTargetsPerStatus.error',
    ],
    [
      'a counted state that hawkBit does not document',
      s => {
        s.rollouts[0].totalTargetsPerStatus.lost = 1;
      },
      'content.0.totalTargetsPerStatus',
    ],
    [
      'a condition that is no share',
      s => {
        s.groups[17][0].errorCondition.expression = '200';
      },
      'content.0.errorCondition.expression',
    ],
  ])('refuses %s and says where it stood', async (_, change, at) => {
    change(store);
    const error = await run({}).catch(caught => caught);
    expect(error).toBeInstanceOf(CollectorError);
    expect([error.code, error.message.split('“')[1].split('”')[0]]).toEqual([
      'malformed-answer',
      at,
    ]);
  });

  it('says that an annotation cannot be right, without asking', async () => {
    await expect(
      run({
        annotations: {
          'hawkbit.eclipse.org/distribution-set': "x' or name=='*",
        },
      }),
    ).rejects.toThrow(
      'hawkbit.eclipse.org/distribution-set: write name or name:version',
    );
    expect(standIn.requests).toEqual([]);
  });
});

function envelope(rolloutId: number, subjectVersion: string) {
  return {
    sourceSystem: 'hawkbit',
    asked: `GET /rest/v1/rollouts/${rolloutId}/deploygroups?sort=id%3AASC&representation=full&offset=0&limit=100`,
    subjectVersion,
  };
}
