import {
  evidenceCollectorsExtensionPoint,
  rollbackManagersExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import hawkbitModule from '.';

async function collectorsWith(hawkbit: object | undefined): Promise<string[]> {
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
      hawkbitModule,
      mockServices.rootConfig.factory({
        data: { aiAssurance: hawkbit ? { hawkbit } : {} },
      }),
    ],
  });
  return ids;
}

const baseUrl = 'https://hawkbit.example.com';

describe('the hawkBit module', () => {
  it('does nothing without its part of the config', async () => {
    expect(await collectorsWith(undefined)).toEqual([]);
  });

  it('adds its collector, and itself as a way to roll back', async () => {
    expect(await collectorsWith({ baseUrl })).toEqual([
      'hawkbit',
      'rollback by hawkbit',
    ]);
  });

  it.each([
    [{ baseUrl: 'hawkbit' }, 'aiAssurance.hawkbit.baseUrl'],
    [{ baseUrl, maxRollouts: 0 }, 'aiAssurance.hawkbit.maxRollouts'],
    [{ baseUrl, minimumGroupSize: 4 }, 'aiAssurance.hawkbit.minimumGroupSize'],
  ])('refuses to start with %p and names %s', async (hawkbit, key) => {
    await expect(collectorsWith(hawkbit)).rejects.toThrow(key);
  });
});
