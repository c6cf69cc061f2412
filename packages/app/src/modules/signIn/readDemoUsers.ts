import { ConfigApi } from '@backstage/frontend-plugin-api';

export interface DemoUser {
  entityRef: string;
  name: string;
  /** What the user does, in one sentence. */
  role: string;
}

/** The demo users that the portal offers, or `undefined` where it has none and sign-in is the ordinary one. */
export function readDemoUsers(config: ConfigApi): DemoUser[] | undefined {
  const demo = config.getOptionalConfig('auth.providers.demo');
  if (!demo?.getOptionalBoolean('enabled')) return undefined;
  return (demo.getOptionalConfigArray('users') ?? []).map(user => ({
    entityRef: user.getString('entityRef'),
    name: user.getString('name'),
    role: user.getString('role'),
  }));
}
