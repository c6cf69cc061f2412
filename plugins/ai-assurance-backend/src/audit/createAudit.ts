import { resolve } from 'node:path';
import { Config } from '@backstage/config';
import {
  Ledger,
  LedgerAnswers,
  LedgerExport,
  LedgerLookup,
  LedgerSigning,
} from '../ledger';
import { Access, Binder, Clock, Db, Ids, Outbox } from '../platform';
import { AuditService, AuditServiceDeps } from './AuditService';
import { AuditStore } from './AuditStore';
import { PackFolder } from './PackFolder';
import { registerAuditRoutes } from './routes';

const defaultDirectory = 'ai-assurance-packs';

export interface AuditDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  config: Config;
  ledger: Ledger & LedgerSigning;
  ledgerAnswers: LedgerAnswers & LedgerExport & LedgerLookup;
  verifierKey: string;
  keys: AuditServiceDeps['keys'];
}

export interface AuditRoom {
  registerRoutes(binder: Binder, access: Access): void;
}

/** Packs of evidence for people outside. The pack folder is made at the first export. */
export function createAudit(deps: AuditDeps): AuditRoom {
  const { config, ...rest } = deps;
  const directory = resolve(
    config.getOptionalString('aiAssurance.audit.directory') ?? defaultDirectory,
  );
  const service = new AuditService({
    ...rest,
    store: new AuditStore(deps.db),
    folder: new PackFolder(directory),
  });
  return {
    registerRoutes: (binder, access) =>
      registerAuditRoutes(binder, access, service),
  };
}
