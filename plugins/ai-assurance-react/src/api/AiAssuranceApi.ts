import {
  AnswerOf,
  BodyOf,
  CohortAnswer,
  EvidenceDetail,
  IngestResult,
  ModelAnswer,
  Overview,
  Pack,
  QueryInputOf,
  Reference,
  Release,
  ServiceAnswer,
  SubjectSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { createApiRef } from '@backstage/frontend-plugin-api';

/**
 * How a call may be cut short and how far back charts reach.
 *
 * @public
 */
export interface RangeOptions {
  /** Minutes back from now, 5 to 43,200; the server's default is 60. */
  rangeMinutes?: number;
  signal?: AbortSignal;
}

/**
 * How a call may be cut short.
 *
 * @public
 */
export interface CallOptions {
  signal?: AbortSignal;
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
  getOverview(options?: CallOptions): Promise<Overview>;
  /** The card of one subject. `entityRef` in full form, as everywhere below. */
  getSubjectSummary(
    entityRef: string,
    options?: CallOptions,
  ): Promise<SubjectSummary>;
  /** The page of one AI service. */
  getService(entityRef: string, options?: RangeOptions): Promise<ServiceAnswer>;
  /** The page of one model. */
  getModel(entityRef: string, options?: RangeOptions): Promise<ModelAnswer>;
  /** The page of one device cohort. */
  getCohort(entityRef: string, options?: RangeOptions): Promise<CohortAnswer>;
  /** All scorecards with the verdicts of every subject in scope. */
  listScorecards(options?: CallOptions): Promise<AnswerOf<'listScorecards'>>;
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
  ): Promise<AnswerOf<'listEvidence'>>;
  /** One item with its inclusion proof. */
  getEvidence(
    evidenceId: string,
    options?: CallOptions,
  ): Promise<EvidenceDetail>;
  /** The latest signed head as the text of a C2SP checkpoint. */
  getHead(options?: CallOptions): Promise<string>;
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
