import {
  ActionOrder,
  AnswerOf,
  BodyOf,
  CohortAnswer,
  Consistency,
  Correction,
  Evaluations,
  EvidenceDetail,
  EvidenceFacets,
  EvidenceList,
  Incident,
  ImportResult,
  IngestResult,
  LedgerCheck,
  LedgerStatus,
  ModelAnswer,
  Overview,
  Pack,
  Quarantined,
  QuarantinedDetail,
  QuarantineList,
  QuarantineReplay,
  QueryInputOf,
  Redaction,
  Reference,
  Release,
  RollbackPlan,
  Runbook,
  ServiceAnswer,
  ServiceSignals,
  SubjectSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { createApiRef } from '@backstage/frontend-plugin-api';

/**
 * How a read may be cut short, and what moment it is about.
 *
 * @public
 */
export interface CallOptions {
  signal?: AbortSignal;
  /**
   * ISO-8601 instant in UTC: answers from what was known then, with an `AsOfNote` in `asOf` of JSON answers. Left out: what
   * is known now.
   */
  asOf?: string;
}

/**
 * The same for a page with charts, and how far back they reach.
 *
 * @public
 */
export interface RangeOptions extends CallOptions {
  /** Minutes back from now, or from the moment in `asOf`, 5 to 43,200; the server's default is 60. */
  rangeMinutes?: number;
}

/**
 * How drift is asked for.
 *
 * @public
 */
export interface DriftOptions extends RangeOptions {
  /** A cohort whose signals are told instead of those of the whole. */
  cohort?: string;
}

/**
 * Everything that the pages may ask of the AI Assurance backend, one method per operation of the wire contract. Pushing
 * telemetry is left out: OTLP exporters do that, never a browser.
 *
 * Every method rejects with `AiAssuranceError`, which carries the server's message and code. Reads are safe to repeat.
 *
 * @public
 */
export interface AiAssuranceApi {
  /** The portfolio: what needs attention, and all subjects. */
  getOverview(
    options?: CallOptions & { query?: QueryInputOf<'getOverview'> },
  ): Promise<Overview>;
  /** The card of one subject. `entityRef` in full form, as everywhere below. */
  getSubjectSummary(
    entityRef: string,
    options?: CallOptions,
  ): Promise<SubjectSummary>;
  /** The page of one AI service. */
  getService(entityRef: string, options?: RangeOptions): Promise<ServiceAnswer>;
  /** Charts, breakdown and time line of one AI service. */
  getServiceSignals(
    entityRef: string,
    options?: RangeOptions,
  ): Promise<ServiceSignals>;
  /** Incidents of a subject, open ones first. */
  listIncidents(
    subject: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'listIncidents'>>;
  /** Opens an incident. Not safe to repeat: each call opens one. */
  openIncident(
    body: Omit<BodyOf<'openIncident'>, 'alertIds'> & { alertIds?: string[] },
  ): Promise<Incident>;
  /** Says that an incident is mitigated or resolved. `rowVersion` MUST be the one the reader saw. */
  moveIncident(
    incidentId: string,
    body: BodyOf<'moveIncident'>,
  ): Promise<Incident>;
  /** Vouches for a runbook. */
  checkRunbook(body: BodyOf<'checkRunbook'>): Promise<Runbook>;
  /** What rolling a service back would do, and what was ordered so far. */
  getRollback(entityRef: string, options?: CallOptions): Promise<RollbackPlan>;
  /** Orders a rollback. Safe to repeat with the same `requestId`: it is sent once. */
  orderRollback(
    entityRef: string,
    body: BodyOf<'orderRollback'>,
  ): Promise<ActionOrder>;
  /** Objectives of a subject with budgets, alerts, slices and corrections. */
  getObjectives(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'getObjectives'>>;
  /** The objectives of a subject as OpenSLO documents, and what they could not carry over. */
  exportOpenSlo(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'exportOpenSlo'>>;
  /** Rules of the objectives for a Prometheus-compatible engine, and what it cannot count. */
  exportRules(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'exportRules'>>;
  /** What OpenSLO documents would measure; stores nothing. */
  checkOpenSlo(body: {
    text: string;
    file?: string;
  }): Promise<AnswerOf<'checkOpenSlo'>>;
  /** Takes a correction back. */
  withdrawCorrection(
    correctionId: string,
    body: BodyOf<'withdrawCorrection'>,
  ): Promise<Correction>;
  /** Leaves a stretch of time out of the corrected error budget. Not safe to repeat. */
  addCorrection(body: BodyOf<'addCorrection'>): Promise<Correction>;
  /** The page of one model. */
  getModel(entityRef: string, options?: RangeOptions): Promise<ModelAnswer>;
  /** Drift of every feature and output of a service or model. */
  getDrift(
    entityRef: string,
    options?: DriftOptions,
  ): Promise<AnswerOf<'getDrift'>>;
  /** What is watched for drift, and what is not. */
  getDriftCoverage(
    options?: CallOptions & { query?: QueryInputOf<'getDriftCoverage'> },
  ): Promise<AnswerOf<'getDriftCoverage'>>;
  /** The page of one device cohort. */
  getCohort(entityRef: string, options?: RangeOptions): Promise<CohortAnswer>;
  /** All scorecards with the verdicts of subjects in scope, worst first, a page of each. */
  listScorecards(
    options?: CallOptions & { query?: QueryInputOf<'listScorecards'> },
  ): Promise<AnswerOf<'listScorecards'>>;
  /** Releases, newest first, paged by `cursor`. */
  listReleases(
    query?: QueryInputOf<'listReleases'>,
    options?: CallOptions,
  ): Promise<AnswerOf<'listReleases'>>;
  /** Proposes a version for cohorts. Not safe to repeat: a second open proposal of the digest is refused. */
  proposeRelease(body: BodyOf<'proposeRelease'>): Promise<Release>;
  /** One release with its frozen verdicts and votes. */
  getRelease(releaseId: string, options?: CallOptions): Promise<Release>;
  /** Votes. `rowVersion` and `digest` MUST be the ones the reader saw; `STALE_VERSION` means that it moved on meanwhile. */
  voteOnRelease(
    releaseId: string,
    body: BodyOf<'voteOnRelease'>,
  ): Promise<Release>;
  /** Takes back one's own proposal. */
  withdrawRelease(
    releaseId: string,
    body: BodyOf<'withdrawRelease'>,
  ): Promise<Release>;
  /** Approves a past time range as the reference of a signal. */
  approveReference(body: BodyOf<'approveReference'>): Promise<Reference>;
  /** Approved references of a subject, newest first. */
  listReferences(
    subject: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'listReferences'>>;
  /** Pushes one item or a batch; answered item by item. Safe to repeat: `(source, id)` is unique. */
  pushEvidence(body: BodyOf<'pushEvidence'>): Promise<IngestResult>;
  /** Evidence, newest first, paged by `cursor`. */
  listEvidence(
    query?: QueryInputOf<'listEvidence'>,
    options?: CallOptions,
  ): Promise<EvidenceList>;
  /** What the list of evidence can be filtered by. */
  getEvidenceFacets(options?: CallOptions): Promise<EvidenceFacets>;
  /** One item with its inclusion proof. */
  getEvidence(
    evidenceId: string,
    options?: CallOptions,
  ): Promise<EvidenceDetail>;
  /** Erases payload and salt of an item for good. Safe to repeat: what is erased stays as it is. */
  redactEvidence(
    evidenceId: string,
    body: BodyOf<'redactEvidence'>,
  ): Promise<Redaction>;
  /** Proof that the log of one size continues that of an earlier one. */
  getConsistency(
    query: QueryInputOf<'getConsistency'>,
    options?: CallOptions,
  ): Promise<Consistency>;
  /** The proof of an item as the text of a c2sp.org/tlog-proof\@v1 file. */
  getProof(
    evidenceId: string,
    query?: QueryInputOf<'getProof'>,
    options?: CallOptions,
  ): Promise<string>;
  /** Signed heads, newest first, paged by `cursor`. */
  listHeads(
    query?: QueryInputOf<'listHeads'>,
    options?: CallOptions,
  ): Promise<AnswerOf<'listHeads'>>;
  /** The signed head of one size as the text of a C2SP checkpoint. */
  getHeadOfSize(size: number, options?: CallOptions): Promise<string>;
  /** Every key that signed heads, oldest first. */
  getLedgerKeys(options?: CallOptions): Promise<AnswerOf<'getLedgerKeys'>>;
  /** Size, key, publications and newest check of the ledger. */
  getLedgerStatus(options?: CallOptions): Promise<LedgerStatus>;
  /** Has the whole ledger derived again from its stored bytes. Safe to repeat; takes long. */
  checkLedger(): Promise<LedgerCheck>;
  /** The latest signed head as the text of a C2SP checkpoint. */
  getHead(options?: CallOptions): Promise<string>;
  /** What was refused at the door, newest first, paged by `cursor`. */
  listQuarantine(
    query?: QueryInputOf<'listQuarantine'>,
    options?: CallOptions,
  ): Promise<QuarantineList>;
  /** One quarantined item with its bytes. */
  getQuarantined(
    quarantineId: string,
    options?: CallOptions,
  ): Promise<QuarantinedDetail>;
  /** Judges a waiting item again. `rowVersion` MUST be the one the reader saw. */
  replayQuarantined(
    quarantineId: string,
    body: BodyOf<'replayQuarantined'>,
  ): Promise<Quarantined>;
  /** Judges again what waits for one reason, the oldest first. Safe to repeat. */
  replayAllQuarantined(
    body: Omit<BodyOf<'replayAllQuarantined'>, 'limit'>,
  ): Promise<QuarantineReplay>;
  /** Throws a waiting item away, with a reason. `rowVersion` MUST be the one the reader saw. */
  discardQuarantined(
    quarantineId: string,
    body: BodyOf<'discardQuarantined'>,
  ): Promise<Quarantined>;
  /** Collectors and their sources, paged by `cursor`. */
  listCollectors(
    query?: QueryInputOf<'listCollectors'>,
    options?: CallOptions,
  ): Promise<AnswerOf<'listCollectors'>>;
  /** Evaluations of a subject: versions side by side, each against its gates. */
  getEvaluations(
    entityRef: string,
    options?: CallOptions,
  ): Promise<Evaluations>;
  /** Formats of reports that can be imported. */
  listImportFormats(
    options?: CallOptions,
  ): Promise<AnswerOf<'listImportFormats'>>;
  /** Imports a report of another tool, or says what that would record. Safe to repeat: the same bytes are known already. */
  importReport(
    format: string,
    query: QueryInputOf<'importReport'>,
    file: Blob,
  ): Promise<ImportResult>;
  /** Exported packs, newest first. */
  listPacks(options?: CallOptions): Promise<AnswerOf<'listPacks'>>;
  /** Exports the evidence of one subject and half-open period. Each call makes a new pack. */
  createPack(body: BodyOf<'createPack'>): Promise<Pack>;
  /** The bytes of a pack, fetched with the reader's sign-in. */
  downloadPack(packId: string): Promise<Blob>;
}

/**
 * Reference of {@link AiAssuranceApi}.
 *
 * @public
 */
export const aiAssuranceApiRef = createApiRef<AiAssuranceApi>().with({
  id: 'plugin.ai-assurance.client',
  pluginId: 'ai-assurance',
});
