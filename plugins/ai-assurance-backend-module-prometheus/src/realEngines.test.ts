import { ConfigReader } from '@backstage/config';
import { JsonObject } from '@backstage/types';
import {
  AnyCollectedFact,
  createMetricsEngine,
  MetricsEngine,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mockServices } from '@backstage/backend-test-utils';
import { engineKinds, RealEngine } from '@ai-assurance/test-kit';
import { createPrometheusCollectors } from './createCollectors';

// A past day, so that no clock decides whether an engine takes the samples.
const startMs = Date.parse('2026-01-10T12:00:00Z');
const nowMs = startMs + 80 * 60_000;
const switchMinute = 70;
const { signal } = new AbortController();

/** Eighty minutes of a counter of requests, a cost, and the version that reports, in OpenMetrics text. */
function samples(): string {
  const lines: Record<string, string[]> = {
    requests: ['# TYPE requests counter'],
    cost: ['# TYPE cost gauge'],
    odd: ['# TYPE odd gauge'],
    build: ['# TYPE build gauge'],
  };
  for (let minute = 0; minute <= 80; minute += 1) {
    const at = startMs / 1000 + minute * 60;
    const service = 'service="component:default/digit-api"';
    lines.requests.push(`requests_total{${service}} ${minute * 10} ${at}`);
    lines.cost.push(`cost{${service},kind="gpu"} 2.5 ${at}`);
    lines.cost.push(`cost{${service},kind="cpu"} 0.25 ${at}`);
    lines.odd.push(`odd{is="nan"} NaN ${at}`);
    const version = minute < switchMinute ? '6' : '7';
    lines.build.push(`build{version="${version}",${service}} 1 ${at}`);
  }
  // Two accelerators at 3 an hour, an engine active half of the time, on a node that two exporters tell the price of.
  const gauges: [string, string, number][] = [
    ['container_cpu_allocation', 'namespace="ml",node="n1"', 4],
    [
      'container_memory_allocation_bytes',
      'namespace="ml",node="n1"',
      8 * 2 ** 30,
    ],
    ['container_gpu_allocation', 'namespace="ml",node="n1"', 2],
    ['container_cpu_allocation', 'namespace="plain",node="n1"', 2],
    [
      'container_memory_allocation_bytes',
      'namespace="plain",node="n1"',
      2 ** 30,
    ],
    ['node_cpu_hourly_cost', 'node="n1",instance="a"', 0.05],
    ['node_cpu_hourly_cost', 'node="n1",instance="b"', 0.05],
    ['node_ram_hourly_cost', 'node="n1",instance="a"', 0.01],
    ['node_gpu_hourly_cost', 'node="n1",instance="a"', 3],
    ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'namespace="ml",gpu="0"', 0.75],
    ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'namespace="ml",gpu="1"', 0.25],
    ['DCGM_FI_DEV_GPU_UTIL', 'namespace="ml",gpu="0"', 100],
  ];
  for (const [name, labels, value] of gauges) {
    lines[name] ??= [`# TYPE ${name} gauge`];
    for (let minute = 0; minute <= 80; minute += 1)
      lines[name].push(
        `${name}{${labels}} ${value} ${startMs / 1000 + minute * 60}`,
      );
  }
  return `${Object.values(lines).flat().join('\n')}\n# EOF\n`;
}

for (const { name, start } of engineKinds) {
  describe(`against a real ${name}`, () => {
    let real: RealEngine;
    let engine: MetricsEngine;
    beforeAll(async () => {
      real = await start(samples());
      engine = createMetricsEngine({
        name: 'The engine',
        baseUrl: real.baseUrl,
        headers: {},
        timeoutMs: 10_000,
        maxBytes: 1_000_000,
      });
    }, 60_000);
    afterAll(() => real.stop());

    const run = async (query: JsonObject) => {
      const [collector] = createPrometheusCollectors(
        new ConfigReader({
          aiAssurance: {
            prometheus: {
              baseUrl: real.baseUrl,
              queries: [{ id: 'q', kinds: ['ai-service'], ...query }],
            },
          },
        }),
      );
      const facts: AnyCollectedFact[] = [];
      for await (const fact of collector.collect({
        subject: {
          entityRef: 'component:default/digit-api',
          kind: 'ai-service',
          annotations: {},
          spec: {},
        },
        nowMs,
        lastSuccessMs: undefined,
        signal,
        maxFacts: 100,
        memory: { read: () => undefined, write: () => {} },
        logger: mockServices.logger.mock(),
      }))
        facts.push(fact);
      return facts;
    };
    const cost = {
      evidence: 'cost-report',
      window: '1h',
      currency: 'EUR',
      priceBasis: 'list',
      totalCost:
        'sum(avg_over_time(cost{service="${subject}"}[${window}])) * 24',
    };

    it('a cost report is made of its queries', async () => {
      const [fact] = await run({
        ...cost,
        inferenceCount:
          'sum(increase(requests_total{service="${subject}"}[${window}]))',
        byResource: [
          {
            resource: 'accelerator',
            cost: 'sum(avg_over_time(cost{service="${subject}", kind="gpu"}[${window}])) * 24',
          },
        ],
      });
      expect(fact.payload).toMatchObject({
        periodStart: '2026-01-10T12:00:00.000Z',
        periodEnd: '2026-01-10T13:00:00.000Z',
        totalCostMicros: 66_000_000,
        byResource: [{ resource: 'accelerator', costMicros: 60_000_000 }],
      });
      // Engines count an increase at the edges of a window in their own ways.
      const { inferenceCount } = fact.payload as { inferenceCount: number };
      expect(inferenceCount).toBeGreaterThanOrEqual(590);
      expect(inferenceCount).toBeLessThanOrEqual(610);
    });

    it('a cost report is made of the metrics of OpenCost and of the accelerators, by the time an engine was active', async () => {
      const [fact] = await run({
        evidence: 'cluster-cost',
        window: '1h',
        currency: 'EUR',
        priceBasis: 'list',
        selector: 'namespace="ml"',
      });
      const payload = fact.payload as any;
      // 4 cores at 0.05, 8 GiB at 0.01 and 2 accelerators at 3, for an hour; engines count 60 or 61 minutes in it.
      const near = (value: number, expected: number) =>
        expect(Math.abs(value / expected - 1)).toBeLessThan(0.02);
      near(payload.totalCostMicros, 6_280_000);
      near(payload.idleCostMicros, 3_000_000);
      near(payload.acceleratorAllocatedMs, 2 * 3_600_000);
      near(payload.acceleratorBusyMs, 3_600_000);
      near(payload.byResource[2].costMicros, 6_000_000);
      expect(payload.byResource.map((part: any) => part.resource)).toEqual([
        'cpu',
        'memory',
        'accelerator',
      ]);
    });

    it('a service without accelerators pays nothing for them', async () => {
      const [fact] = await run({
        evidence: 'cluster-cost',
        window: '1h',
        currency: 'EUR',
        priceBasis: 'list',
        selector: 'namespace="plain"',
      });
      expect(fact.payload).toMatchObject({
        idleCostMicros: 0,
        acceleratorAllocatedMs: 0,
        acceleratorBusyMs: 0,
      });
      const { totalCostMicros } = fact.payload as any;
      expect(Math.abs(totalCostMicros / 110_000 - 1)).toBeLessThan(0.02);
    });

    it('a quality report is judged by its limits', async () => {
      const [fact] = await run({
        evidence: 'quality-report',
        window: '15m',
        datasetId: 'requests',
        checks: [
          {
            check: 'fresh',
            aspect: 'freshness',
            value: `${
              (startMs + 75 * 60_000) / 1000
            } - max(timestamp(requests_total{service="\${subject}"}))`,
            unit: 's',
            max: 60,
          },
        ],
      });
      expect(fact.payload).toMatchObject({ status: 'pass' });
      expect(fact.envelope.windowEnd).toBe('2026-01-10T13:15:00.000Z');
    });

    it('a version’s first appearance is a deployment', async () => {
      const facts = await run({
        evidence: 'deployment',
        versions: 'count by (version) (build{service="${subject}"})',
        environment: 'prod',
        lookback: { minutes: 30 },
      });
      expect(facts.map(fact => fact.payload)).toMatchObject([
        {
          version: '7',
          fromVersion: '6',
          startedAt: '2026-01-10T13:10:00.000Z',
        },
      ]);
    });

    it.each([
      ['nothing matches', 'sum(no_such_metric)', 'partial-answer'],
      ['there are two values', 'cost', 'partial-answer'],
      ['it divides by zero', 'vector(0) / vector(0)', 'partial-answer'],
      ['it is infinite', 'vector(1) / vector(0)', 'partial-answer'],
    ])('is no value when %s', async (_, totalCost, code) => {
      await expect(run({ ...cost, totalCost })).rejects.toMatchObject({ code });
    });

    it('reads ranges and scalars', async () => {
      const range = await engine.range({
        query: 'requests_total',
        startMs,
        endMs: startMs + 120_000,
        stepMs: 60_000,
        signal,
      });
      expect(range.series).toEqual([
        {
          labels: {
            __name__: 'requests_total',
            service: 'component:default/digit-api',
          },
          samples: [0, 10, 20].map((value, minute) => ({
            atMs: startMs + minute * 60_000,
            value,
          })),
        },
      ]);
      const scalar = await engine.instant({
        query: 'sum(vector(42))',
        atMs: nowMs,
        signal,
      });
      expect(scalar.series[0].samples).toEqual([{ atMs: nowMs, value: 42 }]);
    });

    it('says that the engine refused a query', async () => {
      await expect(
        engine.instant({ query: 'sum(cost', atMs: nowMs, signal }),
      ).rejects.toMatchObject({ code: 'misconfigured' });
    });

    it('stops when it is told to', async () => {
      const abort = new AbortController();
      const asked = engine.instant({
        query: 'sum(sum_over_time(cost[1h:1s]))',
        atMs: nowMs,
        signal: abort.signal,
      });
      abort.abort(new Error('time is up'));
      await expect(asked).rejects.toThrow('time is up');
    });
  });
}
