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
import { createMenderClient } from './client';
import { createMenderCollector, MenderLimits } from './collector';
import { createMenderManager } from './rollback';

const path = 'aiAssurance.mender';

/**
 * Adds the Mender collector, and Mender as a way to put earlier versions back. Does nothing without `aiAssurance.mender` in the config.
 * @public
 */
export const menderCollectorModule = createBackendModule({
  pluginId: 'ai-assurance',
  moduleId: 'mender',
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
        const http = createJsonClient(
          readHttpTarget(config, { name: 'Mender', path }),
        );
        collectors.addCollector(
          createMenderCollector(
            createMenderClient(http, readListVersion(config)),
            readLimits(config),
          ),
        );
        managers.addManager(
          createMenderManager(
            createOrderClient(
              readHttpTarget(config, {
                name: 'Mender',
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

function readListVersion(config: Config): 'v1' | 'v2' {
  const version = config.getOptionalString('listApi') ?? 'v1';
  if (version === 'v1' || version === 'v2') return version;
  throw new InputError(`${path}.listApi: one of v1, v2`);
}

/** Throws an InputError that names the key. */
export function readLimits(config: Config): MenderLimits {
  const whole = (key: string, fallback: number, min: number, max: number) => {
    const value = config.getOptionalNumber(key) ?? fallback;
    if (!(Number.isInteger(value) && value >= min && value <= max))
      throw new InputError(
        `${path}.${key}: a whole number from ${min} to ${max}`,
      );
    return value;
  };
  return {
    lookbackDays: whole('lookbackDays', 90, 1, 3650),
    maxDeployments: whole('maxDeployments', 1000, 1, 10_000),
    minimumGroupSize: whole('minimumGroupSize', 5, 5, 1_000_000),
  };
}
