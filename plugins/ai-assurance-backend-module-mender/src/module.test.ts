import {
  evidenceCollectorsExtensionPoint,
  rollbackManagersExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import menderModule from '.';

async function collectorsWith(settings: object | undefined): Promise<string[]> {
  const ids: string[] = [];
  await startTestBackend({
    extensionPoints: [
      [
        evidenceCollectorsExtensionPoint,
        { addCollector: collector => void ids.push(collector.id) },
      ],
      [
        rollbackManagersExtensionPoint,
        { addManager: manager => void ids.push(`rollback by ${manager.id}`) },
      ],
    ],
    features: [
      menderModule,
      mockServices.rootConfig.factory({
        data: { aiAssurance: settings ? { mender: settings } : {} },
      }),
    ],
  });
  return ids;
}

const baseUrl = 'https://mender.example.com';

describe('the Mender module', () => {
  it('does nothing without its part of the config', async () => {
    expect(await collectorsWith(undefined)).toEqual([]);
  });

  it('adds its collector, and itself as a way to roll back', async () => {
    expect(await collectorsWith({ baseUrl })).toEqual([
      'mender',
      'rollback by mender',
    ]);
  });

  it.each([
    [{ baseUrl: 'mender' }, 'aiAssurance.mender.baseUrl'],
    [{ baseUrl, listApi: 'v3' }, 'aiAssurance.mender.listApi'],
    [{ baseUrl, lookbackDays: 0 }, 'aiAssurance.mender.lookbackDays'],
    [{ baseUrl, minimumGroupSize: 4 }, 'aiAssurance.mender.minimumGroupSize'],
  ])('refuses to start with %p and names %s', async (settings, key) => {
    await expect(collectorsWith(settings)).rejects.toThrow(key);
  });
});
