import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import {
  AnyCollectedFact,
  CollectorSubject,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  StandIn,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { mockServices } from '@backstage/backend-test-utils';
import { Labels, Series, standInEngine } from './__testUtils__/engine';
import { createPrometheusCollectors } from './createCollectors';

const nowMs = Date.parse('2026-11-22T13:20:30.000Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const subject: CollectorSubject = {
  entityRef: 'component:default/digit-api',
  kind: 'ai-service',
  annotations: { 'example.com/job': 'api' },
  spec: {},
};

const cost = {
  id: 'cost',
  evidence: 'cost-report',
  kinds: ['ai-service'],
  window: '1h',
  currency: 'EUR',
  priceBasis: 'list',
  totalCost: 'cost',
};
const quality = {
  id: 'quality',
  evidence: 'quality-report',
  kinds: ['ai-service'],
  window: '1h',
  datasetId: 'requests',
  checks: [{ check: 'fresh', aspect: 'freshness', value: 'age', unit: 's' }],
};
const versions = {
  id: 'versions',
  evidence: 'deployment',
  kinds: ['ai-service'],
  versions: 'versions',
  environment: 'prod',
  lookback: { minutes: 10 },
};

const configOf = (queries: JsonObject[], baseUrl = 'http://localhost:9090') =>
  new ConfigReader({
    aiAssurance: {
      prometheus: {
        baseUrl,
        auth: { type: 'basic', username: 'u', password: 'p' },
        queries,
      },
    },
  });

describe('what Prometheus says of a subject', () => {
  let series: (query: string) => Series = () => [];
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn(standInEngine(query => series(query)));
  });
  afterAll(() => standIn.close());

  const run = async (
    query: JsonObject,
    more: { nowMs?: number; memory?: JsonValue } = {},
  ) => {
    const [collector] = createPrometheusCollectors(
      configOf([query], standIn.baseUrl),
    );
    const facts: AnyCollectedFact[] = [];
    let memory = more.memory;
    for await (const fact of collector.collect({
      subject,
      nowMs: more.nowMs ?? nowMs,
      lastSuccessMs: undefined,
      signal: new AbortController().signal,
      maxFacts: 100,
      memory: {
        read: () => more.memory,
        write: value => {
          memory = value;
        },
      },
      logger: mockServices.logger.mock(),
    }))
      facts.push(fact);
    return { facts, memory };
  };
  const only = (at: (atMs: number) => string | undefined): Series => [
    { labels: {}, at },
  ];

  it('is a cost report of the last period that is over', async () => {
    series = () => only(() => '412.5');
    const { facts, memory } = await run(cost);
    expect(facts).toEqual([
      {
        type: 'io.ai-assurance.cost-report.v1',
        id: 'cost:component:default/digit-api:1h:2026-11-22T12:00Z',
        subject: subject.entityRef,
        timeMs: Date.parse('2026-11-22T13:00:00.000Z'),
        envelope: {
          sourceSystem: 'prometheus',
          asked: 'At 2026-11-22T13:00:00.000Z: cost',
          windowStart: '2026-11-22T12:00:00.000Z',
          windowEnd: '2026-11-22T13:00:00.000Z',
        },
        payload: {
          periodStart: '2026-11-22T12:00:00.000Z',
          periodEnd: '2026-11-22T13:00:00.000Z',
          currency: 'EUR',
          totalCostMicros: 412_500_000,
          idleCostMicros: null,
          inferenceCount: null,
          inputTokenCount: null,
          outputTokenCount: null,
          acceleratorAllocatedMs: null,
          acceleratorBusyMs: null,
          byResource: [],
          priceBasis: 'list',
        },
      },
    ]);
    expect(memory).toEqual({ lastEndMs: Date.parse('2026-11-22T13:00:00Z') });
  });

  it('is asked about once it has settled, and each period once', async () => {
    series = () => only(() => '1');
    const settling = await run(cost, { nowMs: nowMs - 20 * minuteMs });
    expect(settling.facts[0].id).toContain('T11:00Z');
    const next = await run(cost, { memory: settling.memory });
    expect(next.facts.map(fact => fact.id.slice(-7))).toEqual(['T12:00Z']);
    expect((await run(cost, { memory: next.memory })).facts).toEqual([]);
  });

  it('is made up for where periods were missed; what the engine lacks stays a gap', async () => {
    const memory = { lastEndMs: nowMs - 20.5 * minuteMs - 4 * hourMs };
    const gapMs = Date.parse('2026-11-22T11:00:00Z');
    series = () => only(atMs => (atMs === gapMs ? undefined : '1'));
    const { facts } = await run(cost, { memory });
    expect(facts.map(fact => fact.id.slice(-17))).toEqual([
      '2026-11-22T12:00Z',
      '2026-11-22T11:00Z',
      '2026-11-22T09:00Z',
    ]);
  });

  it.each<[string, Series]>([
    ['nothing', []],
    ['two values', [...only(() => '1'), { labels: { a: 'b' }, at: () => '1' }]],
    ['NaN', only(() => 'NaN')],
    ['infinity', only(() => '+Inf')],
  ])('is no fact when it is %s', async (_, given) => {
    series = () => given;
    await expect(run(cost)).rejects.toMatchObject({ code: 'partial-answer' });
    await expect(run(quality)).rejects.toMatchObject({
      code: 'partial-answer',
    });
  });

  it('is no cost when it is below zero, or less than its parts', async () => {
    series = () => only(() => '-1');
    await expect(run(cost)).rejects.toMatchObject({ code: 'malformed-answer' });
    series = query => only(() => (query === 'idle' ? '2' : '1'));
    await expect(run({ ...cost, idleCost: 'idle' })).rejects.toMatchObject({
      code: 'malformed-answer',
    });
  });

  it('keeps the parts of a cost within the whole, whatever is rounded', async () => {
    const parts = ['cpu', 'memory', 'network'].map(resource => ({
      resource,
      cost: 'part',
    }));
    series = query =>
      only(() => (query === 'cost' ? '0.0000014' : '0.0000007'));
    const { facts } = await run({ ...cost, byResource: parts.slice(0, 2) });
    expect((facts[0].payload as any).byResource).toEqual([
      { resource: 'cpu', costMicros: 0 },
      { resource: 'memory', costMicros: 0 },
    ]);
  });

  it.each([
    [{ max: 300 }, '300', 'pass', 'WITHIN_LIMIT'],
    [{ max: 300 }, '300.1', 'fail', 'BEYOND_LIMIT'],
    [{ min: 10 }, '10', 'pass', 'WITHIN_LIMIT'],
    [{ min: 10 }, '9', 'fail', 'BEYOND_LIMIT'],
    [{}, '9', 'inconclusive', 'NO_LIMIT'],
  ])('is judged by %p: %p is %p', async (limit, value, status, reason) => {
    series = () => only(() => value);
    const { facts } = await run({
      ...quality,
      checks: [{ ...quality.checks[0], ...limit }],
    });
    expect(facts[0].payload).toMatchObject({ status, reason });
    expect(facts[0].envelope.expiresAt).toBe('2026-11-22T15:02:00.000Z');
  });

  it('is a deployment when a version first appears beside another, and only once', async () => {
    const at = (from: number, to: number) => (atMs: number) =>
      atMs >= from && atMs < to ? '2' : undefined;
    const switchMs = Date.parse('2026-11-22T13:15:00Z');
    series = () => [
      {
        labels: { version: '6' } as Labels,
        at: at(0, switchMs + 2 * minuteMs),
      },
      {
        labels: { version: '7', pod: 'a' } as Labels,
        at: at(switchMs, Infinity),
      },
      {
        labels: { version: '7', pod: 'b' } as Labels,
        at: at(switchMs + minuteMs, Infinity),
      },
    ];
    const { facts, memory } = await run(versions);
    expect(
      facts.map(({ payload, envelope }) => [payload, envelope.windowStart]),
    ).toEqual([
      [
        {
          deploymentId: `prod:7:${switchMs}`,
          environment: 'prod',
          version: '7',
          digest: null,
          fromVersion: '6',
          fromDigest: null,
          cause: 'unknown',
          outcome: 'running',
          changeId: null,
          commit: null,
          releaseId: null,
          trafficRatio: null,
          startedAt: '2026-11-22T13:15:00.000Z',
          finishedAt: null,
        },
        '2026-11-22T13:14:00.000Z',
      ],
    ]);
    expect(memory).toEqual({ versions: ['prod 6', 'prod 7'] });
    // A silence of the same version later on is no new deployment.
    series = () => [
      { labels: { version: '6' }, at: at(0, Infinity) },
      { labels: { version: '7' }, at: at(switchMs + 30 * minuteMs, Infinity) },
    ];
    expect(
      (await run(versions, { memory, nowMs: nowMs + 30 * minuteMs })).facts,
    ).toEqual([]);
  });

  it('is no deployment where nothing was known before', async () => {
    series = () => [
      {
        labels: { version: '1' },
        at: atMs => (atMs > nowMs - 5 * minuteMs ? '1' : undefined),
      },
    ];
    expect((await run(versions)).facts).toEqual([]);
  });

  it('is refused without the label, or with two digests of one version', async () => {
    series = () => only(() => '1');
    await expect(run(versions)).rejects.toMatchObject({
      code: 'misconfigured',
    });
    series = () =>
      ['a', 'b'].map(letter => ({
        labels: { version: '1', d: `sha256:${letter.repeat(64)}` },
        at: () => '1',
      }));
    await expect(run({ ...versions, digestLabel: 'd' })).rejects.toMatchObject({
      code: 'malformed-answer',
    });
  });
});

describe('the config of queries', () => {
  const collectors = (...queries: JsonObject[]) =>
    createPrometheusCollectors(configOf(queries));

  it('makes a collector of each query, and none without config', () => {
    expect(createPrometheusCollectors(new ConfigReader({}))).toEqual([]);
    expect(
      collectors(cost, {
        ...quality,
        title: 'Freshness',
        everySeconds: 60,
      }).map(({ id, title, schedule }) => [id, title, schedule.everySeconds]),
    ).toEqual([
      ['prometheus-cost', 'Cost from Prometheus (cost)', 300],
      ['prometheus-quality', 'Freshness', 60],
    ]);
  });

  it('applies by kind, or by annotation', () => {
    const [byKind, byAnnotation, needing] = collectors(
      cost,
      { ...quality, kinds: undefined as any },
      { ...cost, id: 'b', totalCost: 'a{b="${annotation:x/y}"}' },
    );
    const model = { ...subject, kind: 'ai-model' as const };
    expect(byKind.appliesTo(subject)).toBe(true);
    expect(byKind.appliesTo(model)).toBe(false);
    expect(byAnnotation.appliesTo(subject)).toBe(false);
    const named = {
      ...model,
      annotations: { 'ai-assurance.io/prometheus-queries': 'other, quality' },
    };
    expect(byAnnotation.appliesTo(named)).toBe(true);
    expect(needing.appliesTo(subject)).toBe(false);
    expect(needing.appliesTo({ ...subject, annotations: { 'x/y': 'z' } })).toBe(
      true,
    );
  });

  it.each<[string, JsonObject[], string]>([
    [
      'a broken expression',
      [cost, { ...cost, id: 'b', totalCost: 'sum(rate(cost[5m])' }],
      'aiAssurance.prometheus.queries[1].totalCost: no PromQL at line 1, column 19',
    ],
    [
      'a broken expression of a check',
      [{ ...quality, checks: [{ ...quality.checks[0], value: 'a b' }] }],
      'aiAssurance.prometheus.queries[0].checks[0].value: no PromQL at line 1, column 3',
    ],
    [
      'a wrong currency',
      [{ ...cost, currency: 'euro' }],
      'aiAssurance.prometheus.queries[0].currency: Invalid string',
    ],
    [
      'an unknown key',
      [{ ...cost, totalcost: 'a' }],
      'aiAssurance.prometheus.queries[0]: Unrecognized key: "totalcost"',
    ],
    [
      'an unknown kind of evidence',
      [{ ...cost, evidence: 'guess' }],
      'aiAssurance.prometheus.queries[0].evidence: Invalid',
    ],
    [
      'no environment',
      [{ ...versions, environment: undefined as any }],
      'aiAssurance.prometheus.queries[0]: needs either environment or environmentLabel',
    ],
    [
      'too fine a step',
      [{ ...versions, lookback: { days: 30 }, step: { seconds: 1 } }],
      'aiAssurance.prometheus.queries[0].step: at least a second, and lookback has 2 to 10,000 steps',
    ],
    ['two of a name', [cost, cost], 'two queries are called cost'],
  ])('refuses %s, with its path', (_, queries, message) => {
    expect(() => collectors(...queries)).toThrow(message);
  });

  it('never repeats a credential in its complaint', () => {
    const complaint = (prometheus: JsonObject) => {
      try {
        createPrometheusCollectors(
          new ConfigReader({ aiAssurance: { prometheus } }),
        );
        return 'none';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(
      complaint({ baseUrl: 'https://user:s3cret@example.com', queries: [] }),
    ).toBe(
      'aiAssurance.prometheus.baseUrl: a base URL has no user, password, query or fragment; credentials have their own place in the config',
    );
    expect(
      complaint({
        baseUrl: 'https://example.com',
        auth: { type: 'bearer', token: 's3cret\nx' },
        queries: [],
      }),
    ).toBe(
      'aiAssurance.prometheus.auth.token: cannot be sent as an HTTP header',
    );
  });
});
