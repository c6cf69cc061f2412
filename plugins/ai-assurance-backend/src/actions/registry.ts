import {
  RollbackManager,
  RollbackManagersExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError } from '@backstage/errors';

/** What modules added. Modules start before the plugin, so the list is whole once the plugin does. */
export interface ManagerRegistry extends RollbackManagersExtensionPoint {
  list(): RollbackManager[];
}

export function createManagerRegistry(): ManagerRegistry {
  const managers = new Map<string, RollbackManager>();
  return {
    addManager(manager) {
      if (managers.has(manager.id))
        throw new InputError(
          `There are two managers of fleets called ${manager.id}`,
        );
      managers.set(manager.id, manager);
    },
    list: () => [...managers.values()],
  };
}
