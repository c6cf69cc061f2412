import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  EvidenceCollector,
  evidenceCollectorsExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import prometheusModule from '.';

async function collectorsOf(data: object) {
  const collectors: EvidenceCollector[] = [];
  const backend = await startTestBackend({
    features: [
      prometheusModule,
      mockServices.rootConfig.factory({ data: data as any }),
    ],
    extensionPoints: [
      [
        evidenceCollectorsExtensionPoint,
        { addCollector: collector => void collectors.push(collector) },
      ],
    ],
  });
  await backend.stop();
  return collectors.map(collector => collector.id);
}

describe('the module', () => {
  const query = {
    id: 'cost',
    evidence: 'cost-report',
    window: '1h',
    currency: 'EUR',
    priceBasis: 'list',
    totalCost: 'cost',
  };
  const withQuery = (more: object) => ({
    aiAssurance: {
      prometheus: {
        baseUrl: 'http://127.0.0.1:9',
        queries: [{ ...query, ...more }],
      },
    },
  });

  it('adds nothing without config', async () => {
    expect(await collectorsOf({})).toEqual([]);
  });

  it('adds a collector for each query', async () => {
    expect(await collectorsOf(withQuery({}))).toEqual(['prometheus-cost']);
  });

  it('refuses to start with a broken query', async () => {
    await expect(
      collectorsOf(withQuery({ totalCost: 'sum(' })),
    ).rejects.toThrow(
      'aiAssurance.prometheus.queries[0].totalCost: no PromQL at line 1, column 5',
    );
  });
});
