import { SignInPage } from '@backstage/core-components';
import {
  configApiRef,
  createFrontendModule,
  useApi,
} from '@backstage/frontend-plugin-api';
import {
  SignInPageBlueprint,
  SignInPageProps,
} from '@backstage/plugin-app-react';
import { DemoSignInPage } from './DemoSignInPage';
import { readDemoUsers } from './readDemoUsers';

function PortalSignInPage(props: SignInPageProps) {
  const users = readDemoUsers(useApi(configApiRef));
  if (users) return <DemoSignInPage {...props} users={users} />;
  return <SignInPage {...props} providers={['guest']} />;
}

export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: { loader: async () => PortalSignInPage },
    }),
  ],
});
