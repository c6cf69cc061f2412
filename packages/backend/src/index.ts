import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

backend.add(import('@backstage/plugin-app-backend'));

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('./demoUsers'));

backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(
  import('@ai-assurance/backstage-plugin-catalog-backend-module-ai-assurance'),
);

backend.add(import('@backstage/plugin-permission-backend'));
backend.add(
  import(
    '@ai-assurance/backstage-plugin-permission-backend-module-ai-assurance'
  ),
);

// No search engine module: the index lives in memory, which is enough for one portal process.
backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));

backend.add(import('@backstage/plugin-user-settings-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-mcp-actions-backend'));

backend.add(import('@ai-assurance/backstage-plugin-ai-assurance-backend'));
// Each does nothing until its own part of the config is there.
backend.add(
  import(
    '@ai-assurance/backstage-plugin-ai-assurance-backend-module-prometheus'
  ),
);
backend.add(
  import('@ai-assurance/backstage-plugin-ai-assurance-backend-module-mlflow'),
);
backend.add(
  import(
    '@ai-assurance/backstage-plugin-ai-assurance-backend-module-kubernetes'
  ),
);
backend.add(
  import('@ai-assurance/backstage-plugin-ai-assurance-backend-module-hawkbit'),
);
backend.add(
  import('@ai-assurance/backstage-plugin-ai-assurance-backend-module-mender'),
);

// Left alone, a backend that could not start is logged and lives on: not ready, but holding the port and running the plugins
// that did start. Whoever watches over the process has to see it end.
backend.start().catch(error => {
  process.stderr.write(`The portal could not start. ${error.message}\n`);
  process.exit(1);
});
