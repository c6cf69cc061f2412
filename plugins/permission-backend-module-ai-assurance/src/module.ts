import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { readRoles } from './readRoles';
import { RolePolicy } from './RolePolicy';

/**
 * The permission policy of AI Assurance: roles from `aiAssurance.roles`, everything else allowed to whoever is signed in.
 * A backend has one policy: install this one, or call `decide` of the node library from your own.
 *
 * @public
 */
export const permissionModuleAiAssurance = createBackendModule({
  pluginId: 'permission',
  moduleId: 'ai-assurance-roles',
  register(env) {
    env.registerInit({
      deps: {
        policy: policyExtensionPoint,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
      },
      async init({ policy, config, logger }) {
        const assignments = readRoles(config);
        if (Object.keys(assignments).length === 0) {
          logger.warn(
            'aiAssurance.roles is not set: nobody can see anything of AI Assurance.',
          );
        }
        policy.setPolicy(new RolePolicy(assignments));
      },
    });
  },
});
