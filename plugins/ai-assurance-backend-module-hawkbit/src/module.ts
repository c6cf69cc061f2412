import {
  createJsonClient,
  createOrderClient,
  evidenceCollectorsExtensionPoint,
  readHttpTarget,
  rollbackManagersExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { createHawkbitClient } from './client';
import { createHawkbitCollector, HawkbitLimits } from './collector';
import { createHawkbitManager } from './rollback';

const path = 'aiAssurance.hawkbit';

/**
 * Adds the hawkBit collector, and hawkBit as a way to put earlier versions back. Does nothing without `aiAssurance.hawkbit` in the config.
 * @public
 */
export const hawkbitCollectorModule = createBackendModule({
  pluginId: 'ai-assurance',
  moduleId: 'hawkbit',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        collectors: evidenceCollectorsExtensionPoint,
        managers: rollbackManagersExtensionPoint,
      },
      async init({ config: rootConfig, collectors, managers }) {
        const config = rootConfig.getOptionalConfig(path);
        if (!config) return;
        const target = readHttpTarget(config, { name: 'hawkBit', path });
        collectors.addCollector(
          createHawkbitCollector(
            createHawkbitClient(createJsonClient(target)),
            readLimits(config),
          ),
        );
        managers.addManager(
          createHawkbitManager(
            createOrderClient(
              readHttpTarget(config, {
                name: 'hawkBit',
                path,
                authKey: config.has('rollbackAuth') ? 'rollbackAuth' : 'auth',
              }),
            ),
          ),
        );
      },
    });
  },
});

/** Throws an InputError that names the key. */
export function readLimits(config: Config): HawkbitLimits {
  const maxRollouts = config.getOptionalNumber('maxRollouts') ?? 50;
  if (
    !(Number.isInteger(maxRollouts) && maxRollouts >= 1 && maxRollouts <= 500)
  )
    throw new InputError(`${path}.maxRollouts: a whole number from 1 to 500`);
  const minimumGroupSize = config.getOptionalNumber('minimumGroupSize') ?? 5;
  if (!(Number.isInteger(minimumGroupSize) && minimumGroupSize >= 5))
    throw new InputError(
      `${path}.minimumGroupSize: a whole number, at least 5; smaller groups would show single devices`,
    );
  return { maxRollouts, minimumGroupSize };
}
