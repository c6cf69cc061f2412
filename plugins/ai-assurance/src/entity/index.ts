import { ExtensionDefinition } from '@backstage/frontend-plugin-api';

/** Tabs and cards on the pages of catalog entities. */
export const entityExtensions: ExtensionDefinition[] = [];
