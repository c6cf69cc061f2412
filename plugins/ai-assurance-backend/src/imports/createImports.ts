import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerLookup } from '../ledger';
import { Access, Binder, Clock, Db, Outbox } from '../platform';
import { ownImporters } from './core/importers';
import { ImportService } from './ImportService';
import { ReportReader } from './reading/ReportReader';
import { readRiskLists } from './readReferences';
import { createImporterRegistry } from './registry';
import { registerImportRoutes } from './routes';

const mebibyte = 1024 * 1024;

interface Setting {
  key: string;
  least: number;
  most: number;
  usual: number;
}

const settings = {
  size: { key: 'maxMebibytes', least: 1, most: 64, usual: 16 },
  time: { key: 'maxSeconds', least: 1, most: 600, usual: 60 },
  memory: { key: 'maxMemoryMebibytes', least: 64, most: 8192, usual: 768 },
} satisfies Record<string, Setting>;

export interface ImportDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  /** The root config; `aiAssurance.imports` is read from it. */
  config: Config;
  ledger: Pick<Ledger, 'append'>;
  ledgerAnswers: LedgerLookup;
  subjects: Pick<SubjectAnswers, 'get'>;
  /** What modules added. */
  importers: ReportImporter[];
  logger: LoggerService;
}

/** Takes reports of other tools. Throws when the configuration or a file of the suite's lists cannot be used. */
export function createImports(deps: ImportDeps): {
  service: ImportService;
  /** Ends what is being read; nothing of it was recorded. */
  stop(): Promise<void>;
  registerRoutes(binder: Binder, access: Access): void;
} {
  const lists = readRiskLists();
  const registry = createImporterRegistry();
  for (const importer of [...ownImporters(lists), ...deps.importers])
    registry.addImporter(importer);
  const numberAt = ({ key, least, most, usual }: Setting) => {
    const value =
      deps.config.getOptionalNumber(`aiAssurance.imports.${key}`) ?? usual;
    if (!(value >= least && value <= most))
      throw new InputError(
        `aiAssurance.imports.${key}: is ${value}, and has to lie within ${least} and ${most}`,
      );
    return value;
  };
  const maxBytes = Math.floor(numberAt(settings.size) * mebibyte);
  const importers = registry.list();
  const reader = new ReportReader({
    importers,
    lists,
    maxMs: numberAt(settings.time) * 1000,
    maxMebibytes: Math.floor(numberAt(settings.memory)),
    logger: deps.logger,
  });
  const service = new ImportService({ ...deps, importers, reader });
  return {
    service,
    stop: () => reader.close(),
    registerRoutes: (binder, access) =>
      registerImportRoutes(binder, access, {
        service,
        importers,
        maxBytes,
      }),
  };
}
