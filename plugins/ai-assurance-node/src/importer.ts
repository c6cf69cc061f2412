import { Envelope, EvidenceType, PayloadOf } from '@ai-assurance/evidence';

/** A report as it was handed in. @public */
export interface ImportedReport {
  readonly text: string;
  /** SHA-256 of its bytes, `sha256:…`. */
  readonly digest: string;
}

/**
 * What whoever hands in a report says about it, because reports often do not: nothing of this is guessed when it is missing.
 * @public
 */
export interface ImportStatement {
  readonly subject: string;
  readonly subjectVersion?: string;
  readonly subjectDigest?: string;
  readonly datasetId?: string;
  readonly datasetDigest?: string;
  /** Half-open stretch that the report is about, ISO-8601 in UTC. */
  readonly windowStart?: string;
  readonly windowEnd?: string;
}

/** A fact that a report states. @public */
export interface ImportedFact<T extends EvidenceType = EvidenceType> {
  readonly type: T;
  /** Names the fact within its report, the same each time, 1 to 80 characters. */
  readonly key: string;
  /** When it was true, epoch milliseconds; left out when the report does not say: then it is true as of the import. */
  readonly timeMs?: number;
  /** What the report itself says of how the fact came to be; it goes before what was stated by whoever hands it in. */
  readonly envelope: Pick<
    Envelope,
    | 'windowStart'
    | 'windowEnd'
    | 'sampleCount'
    | 'subjectVersion'
    | 'subjectDigest'
    | 'segment'
  >;
  readonly payload: PayloadOf<T>;
}

/** A fact of any kind, its payload typed by its `type`. @public */
export type AnyImportedFact = {
  [T in EvidenceType]: ImportedFact<T>;
}[EvidenceType];

/** What a report gave. @public */
export interface ImportReading {
  readonly facts: readonly AnyImportedFact[];
  /** What the report does not say, or what of it was not taken over; sentences for people. */
  readonly notes: readonly string[];
}

/**
 * Reads the reports of one tool. It states what the report says and nothing else: no n, window or digest is made up, and no
 * prompt, output or other free text is taken over; where a text has to be told apart, its digest stands for it.
 * @public
 */
export interface ReportImporter {
  /** Lower-case letters, digits and hyphens; the `{format}` of `POST /imports/{format}`. */
  readonly id: string;
  /** What people call it, with the versions that it reads. */
  readonly title: string;
  /** Of the importer's own logic: raised when the same report would give other facts. */
  readonly version: string;
  /** The tool, as evidence names it. */
  readonly tool: string;
  /** How names of such files end, for example `.json`. */
  readonly fileEndings: readonly string[];
  /**
   * Absolute path of a module that exports this importer by the name `importer`, usually its `__filename`. Reports are read in
   * a thread of their own, which loads it once more; without it, reports of this format may have 1 MiB.
   */
  readonly file?: string;
  /** Pure. Throws {@link ImportError} for what it does not recognise or what is broken, naming the place. */
  read(report: ImportedReport, stated: ImportStatement): ImportReading;
}

/**
 * Why a report was not taken.
 * - `NOT_RECOGNISED`: it is no report of this format
 * - `BROKEN_REPORT`: it is one, but something in it cannot be so; the message names the place
 * - `NOTHING_TO_IMPORT`: it holds nothing that this format's importer takes over
 * - `AMBIGUOUS_REPORT`: it is about several systems, or contradicts what was stated
 * @public
 */
export const IMPORT_FAILURE_CODES = [
  'NOT_RECOGNISED',
  'BROKEN_REPORT',
  'NOTHING_TO_IMPORT',
  'AMBIGUOUS_REPORT',
] as const;

/** @public */
export type ImportFailureCode = (typeof IMPORT_FAILURE_CODES)[number];

/** A report that was not taken. The message names the place; it MUST NOT quote the report's texts. @public */
export class ImportError extends Error {
  readonly code: ImportFailureCode;

  constructor(code: ImportFailureCode, message: string) {
    super(message);
    this.name = 'ImportError';
    this.code = code;
  }
}
