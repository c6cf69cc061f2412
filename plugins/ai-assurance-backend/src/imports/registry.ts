import {
  ReportImporter,
  ReportImportersExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError } from '@backstage/errors';

/** What modules added. Modules start before the plugin, so the list is whole once the plugin does. */
export interface ImporterRegistry extends ReportImportersExtensionPoint {
  list(): ReportImporter[];
}

export function createImporterRegistry(): ImporterRegistry {
  const importers = new Map<string, ReportImporter>();
  return {
    addImporter(importer) {
      const { id, version } = importer;
      // Part of sources and paths.
      if (!/^[a-z][a-z0-9-]{0,59}$/.test(id))
        throw new InputError(
          `An importer cannot be called “${id}”: an id has up to 60 lower-case letters, digits and hyphens and begins with a letter`,
        );
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/.test(version))
        throw new InputError(
          `Importer ${id} has no usable version: “${version}”`,
        );
      if (importers.has(id))
        throw new InputError(`There are two importers called ${id}`);
      importers.set(id, importer);
    },
    list: () => [...importers.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
