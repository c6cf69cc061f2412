import { evidenceCollectorsExtensionPoint } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { createKubernetesClient } from './client';
import { createKubernetesCollector, KubernetesSettings } from './collector';
import { SearchedResource } from './core/selection';

const path = 'aiAssurance.kubernetes';
const searchable: readonly SearchedResource[] = [
  'inference-services',
  'rollouts',
];

/**
 * Adds the Kubernetes collector. Does nothing without `aiAssurance.kubernetes` in the config. Needs Backstage's
 * own Kubernetes plugin, which holds the clusters and their credentials.
 * @public
 */
export const kubernetesCollectorModule = createBackendModule({
  pluginId: 'ai-assurance',
  moduleId: 'kubernetes',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        collectors: evidenceCollectorsExtensionPoint,
      },
      async init({ config: rootConfig, auth, discovery, collectors }) {
        const config = rootConfig.getOptionalConfig(path);
        if (!config) return;
        const client = createKubernetesClient({
          auth,
          discovery,
          ...readLimits(config),
        });
        collectors.addCollector(
          createKubernetesCollector(client, readSettings(config)),
        );
      },
    });
  },
});

function readLimits(config: Config): { timeoutMs: number; maxBytes: number } {
  const timeoutMs = config.has('timeout')
    ? durationToMilliseconds(readDurationFromConfig(config, { key: 'timeout' }))
    : 20_000;
  if (!(timeoutMs >= 1 && timeoutMs <= 600_000))
    throw new InputError(`${path}.timeout: at most ten minutes`);
  const maxBytes =
    config.getOptionalNumber('maxAnswerBytes') ?? 8 * 1024 * 1024;
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0))
    throw new InputError(`${path}.maxAnswerBytes: a whole number of bytes`);
  return { timeoutMs, maxBytes };
}

/** Throws an InputError that names the key. */
export function readSettings(config: Config): KubernetesSettings {
  const resources = config.getOptionalStringArray('resources') ?? searchable;
  const unknown = resources.filter(
    name => !(searchable as readonly string[]).includes(name),
  );
  if (unknown.length > 0)
    throw new InputError(
      `${path}.resources: ${unknown.join(
        ', ',
      )} cannot be read; write ${searchable.join(' and ')}, or one of them`,
    );
  const maxObjects = config.getOptionalNumber('maxObjects') ?? 100;
  if (!(Number.isInteger(maxObjects) && maxObjects >= 1 && maxObjects <= 1000))
    throw new InputError(`${path}.maxObjects: a whole number from 1 to 1000`);
  return {
    resources: resources as SearchedResource[],
    maxObjects,
    environments: readEnvironments(config),
  };
}

/** Names of clusters may hold dots, which a Config would take for paths. */
function readEnvironments(config: Config): Record<string, string> {
  const environments = config.getOptional('environments') ?? {};
  const names = Object.entries(environments);
  for (const [cluster, name] of names) {
    if (typeof name !== 'string' || name === '')
      throw new InputError(
        `${path}.environments.${cluster}: write the name of an environment`,
      );
  }
  return Object.fromEntries(names);
}
