import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { DemoUser, readDemoUsers } from './readDemoUsers';

/** Names the chosen user. A header, because no page of another site can send one without being asked about it first. */
export const DEMO_USER_HEADER = 'x-demo-user';

function demoAuthenticator(users: DemoUser[]) {
  return createProxyAuthenticator({
    defaultProfileTransform: async (user: DemoUser) => ({
      profile: { displayName: user.name },
    }),
    initialize() {},
    async authenticate({ req }) {
      const chosen = req.header(DEMO_USER_HEADER);
      if (!chosen) {
        throw new AuthenticationError(
          `No demo user was chosen: send its entity reference as header ${DEMO_USER_HEADER}.`,
        );
      }
      const user = users.find(
        candidate => candidate.entityRef === chosen.toLocaleLowerCase('en-US'),
      );
      if (!user) {
        throw new NotAllowedError(
          `"${chosen}" is no demo user. The demo users are ${users
            .map(candidate => candidate.entityRef)
            .join(', ')}.`,
        );
      }
      return { result: user };
    },
  });
}

/**
 * Named demo users without passwords, for a portal that only its starter can reach: auth provider `demo`. Absent unless
 * `auth.providers.demo.enabled` is set; see {@link readDemoUsers} for where it refuses to run.
 */
export const demoUsersModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'demo-users',
  register(env) {
    env.registerInit({
      deps: {
        providers: authProvidersExtensionPoint,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
      },
      async init({ providers, config, logger }) {
        const demo = readDemoUsers(config, process.env.NODE_ENV);
        if (!demo) return;
        if (demo.outsideDevelopment) {
          logger.warn(
            `DEMO USERS ARE ON: whoever reaches this portal can be any of ${demo.users
              .map(user => user.entityRef)
              .join(
                ', ',
              )} without a password. Keep it on 127.0.0.1 and never put real data into it.`,
          );
        }
        providers.registerProvider({
          providerId: 'demo',
          factory: createProxyAuthProviderFactory({
            authenticator: demoAuthenticator(demo.users),
            // The catalog decides whether the user exists and which groups own things for them.
            signInResolver: ({ result }, context) =>
              context.signInWithCatalogUser({ entityRef: result.entityRef }),
          }),
        });
      },
    });
  },
});
