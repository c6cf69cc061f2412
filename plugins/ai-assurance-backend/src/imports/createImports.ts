import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError } from '@backstage/errors';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerLookup } from '../ledger';
import { Access, Binder, Clock, Db, Outbox } from '../platform';
import { evidentlyImporter } from './core/formats/evidently';
import { garakImporter } from './core/formats/garak';
import { greatExpectationsImporter } from './core/formats/greatExpectations';
import { nannymlImporter } from './core/formats/nannyml';
import { otelGenAiImporter } from './core/formats/otelGenAi';
import { plainImporter } from './core/formats/plain';
import { promptfooImporter } from './core/formats/promptfoo';
import { sodaImporter } from './core/formats/soda';
import { ImportService } from './ImportService';
import { readRiskLists } from './readReferences';
import { createImporterRegistry } from './registry';
import { registerImportRoutes } from './routes';

const defaultMebibytes = 16;
const mostMebibytes = 64;

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
}

/** Takes reports of other tools. Throws when the configuration or a file of the suite's lists cannot be used. */
export function createImports(deps: ImportDeps): {
  service: ImportService;
  registerRoutes(binder: Binder, access: Access): void;
} {
  const lists = readRiskLists();
  const registry = createImporterRegistry();
  for (const importer of [
    evidentlyImporter,
    garakImporter(lists.garak),
    greatExpectationsImporter,
    nannymlImporter,
    otelGenAiImporter,
    plainImporter,
    promptfooImporter(lists.promptfoo),
    sodaImporter,
    ...deps.importers,
  ])
    registry.addImporter(importer);
  const mebibytes =
    deps.config.getOptionalNumber('aiAssurance.imports.maxMebibytes') ??
    defaultMebibytes;
  if (!(mebibytes >= 1 && mebibytes <= mostMebibytes))
    throw new InputError(
      `aiAssurance.imports.maxMebibytes: is ${mebibytes}, and has to lie within 1 and ${mostMebibytes}`,
    );
  const importers = registry.list();
  const service = new ImportService({ ...deps, importers });
  return {
    service,
    registerRoutes: (binder, access) =>
      registerImportRoutes(binder, access, {
        service,
        importers,
        maxBytes: mebibytes * 1024 * 1024,
      }),
  };
}
