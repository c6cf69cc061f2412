import { createApp } from '@backstage/frontend-defaults';
import { catalogGraphModule } from './modules/catalogGraph';
import { navModule } from './modules/nav';
import { signInModule } from './modules/signIn';

// Plugins are found in package.json; see `app.packages` in app-config.yaml.
export default createApp({
  features: [navModule, signInModule, catalogGraphModule],
});
