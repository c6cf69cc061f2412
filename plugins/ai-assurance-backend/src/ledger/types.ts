import {
  EvidenceItem,
  EvidenceType,
  ItemReading,
  Envelope,
  NoteSigner,
  PayloadOf,
} from '@ai-assurance/evidence';
import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AsOf, Tx } from '../platform';
import type { PreparedItem } from './core/prepare';
import type { ReadOutcome } from './reading/ItemReader';

/** A statement to be recorded. `(source, id)` makes it safe to repeat. */
export interface EvidenceDraft<T extends EvidenceType = EvidenceType> {
  type: T;
  source: string;
  id: string;
  subject: string;
  timeMs: number;
  envelope: Envelope;
  payload: PayloadOf<T>;
}

export interface AppendOutcome {
  outcome: 'accepted' | 'already-known' | 'conflict';
  /** Ledger position as text; for `conflict` that of the item which holds the id. */
  evidenceId: string;
}

export interface Ledger {
  /**
   * Appends in the caller's transaction, in order, and signs the new head. MUST be the last statement of the
   * transaction: its counter row is the lock that all writers share. Throws on an invalid draft (a broken promise of our
   * own code); `conflict` and `already-known` are values.
   */
  append(tx: Tx, drafts: EvidenceDraft[]): Promise<AppendOutcome[]>;
}

/** An item from outside that was read and found good; see `readEvidenceItem`. */
export type GoodReading = Extract<ItemReading, { ok: true }>;

/** How items from outside get in, once somebody has judged that they may. */
export interface EvidenceIntake {
  /**
   * Records items that were read, authorised and judged already, and answers in their order once they are committed.
   * Concurrent callers share a transaction and a head. Safe to repeat: what is known already changes nothing.
   */
  record(items: (GoodReading | PreparedItem)[]): Promise<AppendOutcome[]>;
  /**
   * Reads lines in a thread of its own, each one item. A line that is no good item, or that could not be read there, is
   * `undefined`: the caller reads it by itself. What was read still has to be authorised and judged. Never rejects.
   */
  readLines(lines: Uint8Array[]): Promise<ReadOutcome[]>;
  /**
   * The same for a JSON list of items, in UTF-8. `undefined` when the caller should read it by itself: it is short, no list,
   * or could not be read there.
   */
  readList(bytes: Uint8Array): Promise<ReadOutcome[] | undefined>;
  /**
   * The same in the caller's transaction, for an item whose way in is state of its own. MUST come last but for marking rows
   * that the transaction holds already: its counter row is the lock that all writers share. The caller announces it.
   */
  appendReadings(tx: Tx, readings: GoodReading[]): Promise<AppendOutcome[]>;
}

export interface StoredEvidence {
  evidenceId: string;
  position: number;
  item: EvidenceItem;
  timeMs: number;
  recordedAtMs: number;
  expiresAtMs: number | undefined;
  status: VerdictStatus | undefined;
  /** The payload was redacted: `item.data.payload` is empty. */
  isErased?: true;
}

export interface EvidenceQuery {
  subject?: string;
  type?: string;
  /** Any of these. */
  types?: readonly string[];
  /** Half-open, by `timeMs`. */
  fromMs?: number;
  toMs?: number;
  limit: number;
  /** Only items at positions below this one; for keyset paging, newest first. */
  beforePosition?: number;
}

/** A signed head of the log. */
export interface LedgerHead {
  size: number;
  rootHash: string;
  /** C2SP checkpoint. */
  checkpoint: string;
  signedAtMs: number;
}

/** The ledger as it was. */
export interface LedgerHistory {
  /** The same answers from what was recorded up to and including the instant of the question. */
  asOf(asOf: AsOf): Promise<LedgerAnswers & LedgerNewest>;
}

/** An item as far as rules look at it. */
export interface LedgerFact
  extends Pick<
    StoredEvidence,
    'evidenceId' | 'position' | 'timeMs' | 'expiresAtMs' | 'isErased'
  > {
  envelope: Envelope;
  payload: Record<string, unknown>;
}

/** What is asked of one subject among many. */
export interface NewestQuestion {
  subject: string;
  type: EvidenceType;
  /** Only items at positions below this one. */
  beforePosition?: number;
}

/** Reads of many subjects at once. */
export interface LedgerNewest {
  /**
   * For each question the newest items, at most `limit`, newest first, all in one statement. Callers keep questions times
   * limit bounded.
   */
  newestOfEach(
    questions: readonly NewestQuestion[],
    limit: number,
  ): Promise<LedgerFact[][]>;
}

/** Narrow reads for other rooms. */
export interface LedgerAnswers {
  /** The newest item of a kind about a subject, by ledger position. */
  latest(
    subject: string,
    type: EvidenceType,
  ): Promise<StoredEvidence | undefined>;
  list(query: EvidenceQuery): Promise<StoredEvidence[]>;
  byId(evidenceId: string): Promise<StoredEvidence | undefined>;
  head(): Promise<LedgerHead | undefined>;
}

/** Finds items by the names that their makers gave them. */
export interface LedgerLookup {
  /** Those of the ids that the source has recorded, by id. In any order; at most some thousand ids at once. */
  bySource(source: string, ids: string[]): Promise<Map<string, StoredEvidence>>;
  /** Whether anything of a kind was ever recorded about a subject; mostly not, and asked at every opening of a page. */
  holds(subject: string, type: EvidenceType): Promise<boolean>;
}

/** One item with all that proves it, for exports. */
export interface LedgerEntry {
  position: number;
  item: EvidenceItem;
  timeMs: number;
  status: VerdictStatus | undefined;
  /** Canonical text that was hashed into the tree. */
  leaf: string;
  leafHash: string;
  /** Canonical text of the payload; `null`, like its salt, once it was redacted. */
  payload: string | null;
  salt: string | null;
  payloadCommitment: string;
  /** Set once it was redacted: where the evidence of that stands. */
  redaction?: { position: number };
  /** Sibling hashes from the leaf upwards, in the tree of the size that was asked for. */
  proof: Uint8Array[];
}

/** The key of the log. It signs heads, and the manifests of packs; a third use needs a text that can pass for neither. */
export interface LedgerSigning {
  readonly signer: NoteSigner;
}

/** Bulk reads for exports, in constant memory. */
export interface LedgerExport {
  /**
   * Items of a subject with `fromMs <= timeMs < toMs`, in ledger order, each with its proof in the tree of `size` leaves.
   * Items at or beyond `size` are left out. Reads page by page: no connection is held while the caller works.
   */
  entries(query: {
    subject: string;
    fromMs: number;
    toMs: number;
    size: number;
  }): AsyncIterable<LedgerEntry>;
}

/** Where a check can find something wrong. */
export type FsckTable =
  | 'ledger_item'
  | 'ledger_node'
  | 'ledger_head'
  | 'ledger_counter'
  | 'ledger_word'
  | 'ledger_redaction';

/** What a check of the whole ledger found. */
export type FsckReport =
  | { ok: true; itemCount: number; headCount: number }
  | {
      ok: false;
      table: FsckTable;
      row: string;
      problem: string;
    };
