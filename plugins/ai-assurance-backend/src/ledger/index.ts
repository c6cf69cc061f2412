export { createLedger, type LedgerDeps, type LedgerRoom } from './createLedger';
export type { LineReading, ReadLine } from './reading/LineReader';
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
  LedgerHistory,
  LedgerLookup,
  LedgerSigning,
  StoredEvidence,
} from './types';
