import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { sidebar } from './Sidebar';

export const navModule = createFrontendModule({
  pluginId: 'app',
  extensions: [sidebar],
});
