import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  EvidenceCollector,
  evidenceCollectorsExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import mlflowModule from '.';

async function collectorsOf(data: object) {
  const collectors: EvidenceCollector[] = [];
  const backend = await startTestBackend({
    features: [
      mlflowModule,
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
  it('adds nothing without config', async () => {
    expect(await collectorsOf({})).toEqual([]);
  });

  it('adds its collector with it', async () => {
    expect(
      await collectorsOf({
        aiAssurance: { mlflow: { baseUrl: 'http://127.0.0.1:9' } },
      }),
    ).toEqual(['mlflow']);
  });

  it('refuses to start with an address that is none', async () => {
    await expect(
      collectorsOf({ aiAssurance: { mlflow: { baseUrl: 'mlflow:5000' } } }),
    ).rejects.toThrow('aiAssurance.mlflow.baseUrl: a base URL begins with');
  });
});
