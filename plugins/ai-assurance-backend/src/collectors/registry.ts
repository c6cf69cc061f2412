import {
  EvidenceCollector,
  EvidenceCollectorsExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError } from '@backstage/errors';

/** What modules added. Modules start before the plugin, so the list is whole once the plugin does. */
export interface CollectorRegistry extends EvidenceCollectorsExtensionPoint {
  list(): EvidenceCollector[];
}

export function createCollectorRegistry(): CollectorRegistry {
  const collectors = new Map<string, EvidenceCollector>();
  return {
    addCollector(collector) {
      const { id, version } = collector;
      // Part of sources, task ids and config paths.
      if (!/^[a-z][a-z0-9-]{0,59}$/.test(id))
        throw new InputError(
          `A collector cannot be called “${id}”: an id has up to 60 lower-case letters, digits and hyphens and begins with a letter`,
        );
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/.test(version))
        throw new InputError(
          `Collector ${id} has no usable version: “${version}”`,
        );
      if (collectors.has(id))
        throw new InputError(`There are two collectors called ${id}`);
      collectors.set(id, collector);
    },
    list: () => [...collectors.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
