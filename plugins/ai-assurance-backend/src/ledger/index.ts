export { createLedger, type LedgerDeps, type LedgerRoom } from './createLedger';
export type {
  AppendOutcome,
  EvidenceDraft,
  EvidenceQuery,
  FsckReport,
  Ledger,
  LedgerAnswers,
  LedgerEntry,
  LedgerExport,
  LedgerSigning,
  StoredEvidence,
} from './types';
