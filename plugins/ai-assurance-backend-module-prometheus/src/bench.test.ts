import { ConfigReader } from '@backstage/config';
import { JsonObject } from '@backstage/types';
import { CollectorSubject } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { benchCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { constant, standInEngine } from './__testUtils__/engine';
import { createPrometheusCollectors } from './createCollectors';

const nowMs = Date.parse('2026-11-22T13:20:30.000Z');
const subject: CollectorSubject = {
  entityRef: 'component:default/digit-api',
  kind: 'ai-service',
  annotations: {},
  spec: {},
};
const otherSubject: CollectorSubject = { ...subject, kind: 'device-cohort' };

const creating =
  (query: JsonObject) =>
  ({ baseUrl, credential }: { baseUrl: string; credential: string }) =>
    createPrometheusCollectors(
      new ConfigReader({
        aiAssurance: {
          prometheus: {
            baseUrl,
            auth: { type: 'bearer', token: credential },
            timeout: { seconds: 5 },
            maxAnswerBytes: 1_000_000,
            queries: [{ kinds: ['ai-service'], ...query }],
          },
        },
      }),
    )[0];

benchCollector('Cost reports from Prometheus', {
  create: creating({
    id: 'gpu-cost',
    evidence: 'cost-report',
    window: '1h',
    currency: 'EUR',
    priceBasis: 'list',
    totalCost: 'sum(cost{s="${subject}"})',
    idleCost: 'idle',
    inferenceCount: 'inferences',
    inputTokenCount: 'tokens_in',
    outputTokenCount: 'tokens_out',
    acceleratorAllocatedSeconds: 'allocated',
    acceleratorBusySeconds: 'busy',
    byResource: [
      { resource: 'accelerator', cost: 'cost_gpu' },
      { resource: 'cpu', cost: 'cost_cpu' },
    ],
  }),
  system: standInEngine(
    constant({
      'sum(cost{s="component:default/digit-api"})': '412.5',
      idle: '12.25',
      inferences: '99999.7',
      tokens_in: '5000000',
      tokens_out: '1e6',
      allocated: '7200',
      busy: '3600.5',
      cost_gpu: '100',
      cost_cpu: '2.5',
    }),
  ),
  subject,
  otherSubject,
  nowMs,
  constants: [
    '/periodStart',
    '/periodEnd',
    '/currency',
    '/priceBasis',
    '/byResource/*/resource',
  ],
});

benchCollector('Data quality from Prometheus', {
  create: creating({
    id: 'freshness',
    evidence: 'quality-report',
    window: '15m',
    datasetId: 'digit-requests',
    rowCount: 'rows[${window}]',
    checks: [
      {
        check: 'fresh',
        aspect: 'freshness',
        value: 'age',
        unit: 's',
        max: 300,
      },
      {
        check: 'enough',
        aspect: 'row-count',
        value: 'rows_seen',
        unit: 'rows',
        min: 100,
      },
    ],
  }),
  system: standInEngine(
    constant({ 'rows[15m]': '500', age: '299.5', rows_seen: '100' }),
  ),
  subject,
  otherSubject,
  nowMs,
  otherValues: { '100': '99' },
  constants: [
    '/datasetId',
    '/tool/id',
    '/tool/version',
    '/checks/*/check',
    '/checks/*/aspect',
    '/checks/*/limit',
    '/checks/*/unit',
  ],
});

const switchMs = Date.parse('2026-11-22T13:15:00.000Z');
benchCollector('Deployed versions from Prometheus', {
  create: creating({
    id: 'versions',
    evidence: 'deployment',
    versions: 'count by (version, env, digest) (build_info)',
    environmentLabel: 'env',
    digestLabel: 'digest',
    lookback: { minutes: 10 },
    step: { minutes: 1 },
  }),
  system: standInEngine(() => [
    {
      labels: { version: '6', env: 'prod', digest: `sha256:${'a'.repeat(64)}` },
      at: atMs => (atMs < switchMs ? '3' : undefined),
    },
    {
      labels: { version: '7', env: 'prod', digest: `sha256:${'b'.repeat(64)}` },
      at: atMs => (atMs >= switchMs ? '3' : undefined),
    },
  ]),
  subject,
  otherSubject,
  nowMs,
  // Another environment knows no version before, and so no deployment: the change is seen, but not in this fact.
  constants: ['/cause', '/outcome', '/environment'],
  // Which samples there are makes the moment of the first, and with it the deployment's name.
  derived: ['/startedAt', '/deploymentId', '/fromVersion', '/fromDigest'],
});
