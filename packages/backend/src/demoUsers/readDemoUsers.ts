import { Config } from '@backstage/config';
import { InputError, NotAllowedError } from '@backstage/errors';

/** A user that anybody at the keyboard may become. */
export interface DemoUser {
  /** Full entity reference, lower case. */
  entityRef: string;
  name: string;
}

/** Who may be chosen, and whether that is happening outside development. */
export interface DemoUsers {
  users: DemoUser[];
  outsideDevelopment: boolean;
}

const fullUserRef = /^user:[^:/\s]+\/[^:/\s]+$/;

/**
 * Reads `auth.providers.demo`. `undefined` when it is absent or not enabled.
 *
 * Throws when it is enabled outside development without `dangerouslyAllowOutsideDevelopment: true`: a sign-in without
 * password that slipped into production has to stop the start, not to be found in a log.
 */
export function readDemoUsers(
  config: Config,
  environment: string | undefined,
): DemoUsers | undefined {
  const demo = config.getOptionalConfig('auth.providers.demo');
  if (!demo?.getOptionalBoolean('enabled')) return undefined;

  const outsideDevelopment = environment !== 'development';
  if (
    outsideDevelopment &&
    !demo.getOptionalBoolean('dangerouslyAllowOutsideDevelopment')
  ) {
    throw new NotAllowedError(
      `auth.providers.demo is enabled, but NODE_ENV is ${
        environment ?? 'not set'
      }. Demo users sign in without a password: remove the provider, or set dangerouslyAllowOutsideDevelopment where nobody but you can reach the portal.`,
    );
  }

  const users = demo.getConfigArray('users').map((user, index) => {
    const entityRef = user.getString('entityRef').toLocaleLowerCase('en-US');
    if (!fullUserRef.test(entityRef)) {
      throw new InputError(
        `auth.providers.demo.users[${index}].entityRef is "${entityRef}". Write the full reference of a user, for example user:default/mira.`,
      );
    }
    return { entityRef, name: user.getString('name') };
  });
  return { users, outsideDevelopment };
}
