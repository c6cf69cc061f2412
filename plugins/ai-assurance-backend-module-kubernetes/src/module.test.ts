import { evidenceCollectorsExtensionPoint } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import kubernetesModule from '.';

async function collectorsWith(settings: object | undefined): Promise<string[]> {
  const ids: string[] = [];
  await startTestBackend({
    extensionPoints: [
      [
        evidenceCollectorsExtensionPoint,
        { addCollector: collector => void ids.push(collector.id) },
      ],
    ],
    features: [
      kubernetesModule,
      mockServices.rootConfig.factory({
        data: { aiAssurance: settings ? { kubernetes: settings } : {} },
      }),
    ],
  });
  return ids;
}

describe('the Kubernetes module', () => {
  it('does nothing without its part of the config', async () => {
    expect(await collectorsWith(undefined)).toEqual([]);
  });

  it('adds its collector', async () => {
    expect(
      await collectorsWith({
        environments: { 'eu.example.com': 'production' },
      }),
    ).toEqual(['kubernetes']);
  });

  it.each([
    [{ resources: ['pods'] }, 'aiAssurance.kubernetes.resources'],
    [{ maxObjects: 0 }, 'aiAssurance.kubernetes.maxObjects'],
    [
      { environments: { 'eu.example.com': '' } },
      'aiAssurance.kubernetes.environments.eu.example.com',
    ],
    [{ maxAnswerBytes: 0.5 }, 'aiAssurance.kubernetes.maxAnswerBytes'],
  ])('refuses to start with %p and names %s', async (settings, key) => {
    await expect(collectorsWith(settings)).rejects.toThrow(key);
  });
});
