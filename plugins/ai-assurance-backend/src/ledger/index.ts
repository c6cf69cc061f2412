export { createLedger, type LedgerDeps, type LedgerRoom } from './createLedger';
export type { ReadItem, ReadOutcome } from './reading/ItemReader';
export type { PreparedItem } from './core/prepare';
export type {
  AppendOutcome,
  EvidenceDraft,
  EvidenceIntake,
  EvidenceQuery,
  FsckReport,
  GoodReading,
  Ledger,
  LedgerAnswers,
  LedgerEntry,
  LedgerExport,
  LedgerFact,
  LedgerHistory,
  LedgerLookup,
  LedgerNewest,
  LedgerSigning,
  StoredEvidence,
} from './types';
