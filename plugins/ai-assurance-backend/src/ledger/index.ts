export { createLedger, type LedgerDeps, type LedgerRoom } from './createLedger';
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
  LedgerHistory,
  LedgerLookup,
  LedgerSigning,
  StoredEvidence,
} from './types';
