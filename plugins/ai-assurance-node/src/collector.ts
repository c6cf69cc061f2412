import { Envelope, EvidenceType, PayloadOf } from '@ai-assurance/evidence';
import { LoggerService } from '@backstage/backend-plugin-api';

/** A subject as the catalog has it now, as far as a collector may know it. @public */
export interface CollectorSubject {
  /** Full, lower-case entity reference. */
  readonly entityRef: string;
  readonly kind: 'ai-service' | 'ai-model' | 'edge-model' | 'device-cohort';
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * A fact that a collector found. `id` MUST be made from what the other system says (its own id, its revision), never from
 * the moment of asking: the same fact found again is then known already and changes nothing.
 * @public
 */
export interface CollectedFact<T extends EvidenceType = EvidenceType> {
  readonly type: T;
  /** Unique within the collector, 1 to 200 characters. */
  readonly id: string;
  readonly subject: string;
  /** When the fact was true in the other system, epoch milliseconds. */
  readonly timeMs: number;
  /** What the collector knows of how the fact came to be; the suite adds collector and moment of collection. */
  readonly envelope: Omit<Envelope, 'collector' | 'collectedAt'>;
  readonly payload: PayloadOf<T>;
}

/** What one run is given. @public */
export interface CollectContext {
  readonly subject: CollectorSubject;
  readonly nowMs: number;
  /** Start of the last run about this subject that ended well; `undefined` on the first. */
  readonly lastSuccessMs: number | undefined;
  /** A run MUST stop soon after this aborts: time is up, or the portal shuts down. Hand it to every request. */
  readonly signal: AbortSignal;
  /** A run MUST NOT yield more facts than this; what is beyond waits for the next run. */
  readonly maxFacts: number;
  readonly logger: LoggerService;
}

/**
 * Brings facts about subjects from one other system. It states what that system says and nothing else: what is missing there
 * is left out here, and what cannot be read is thrown. The suite records a thrown error as evidence of a failed collection;
 * a {@link CollectorError} gives it its code.
 * @public
 */
export interface EvidenceCollector {
  /** Lower-case letters, digits and hyphens; names the source `/ai-assurance/collectors/<id>`. */
  readonly id: string;
  /** Of the collector's own logic: raised when the same answer of the system would give other facts. */
  readonly version: string;
  /** How often each subject is asked about, and how long one run may take. Config may set another pace. */
  readonly schedule: {
    readonly everySeconds: number;
    readonly timeoutSeconds: number;
  };
  /** Whether this collector has anything to ask about the subject, usually by annotation. Pure. */
  appliesTo(subject: CollectorSubject): boolean;
  /** One run about one subject. Safe to repeat. Facts that were yielded before a throw are kept. */
  collect(context: CollectContext): AsyncIterable<CollectedFact>;
}

/**
 * Why a collection failed, in one word for scorecards and people.
 * - `unreachable`: no answer, or the connection broke
 * - `timeout`: no answer in time
 * - `unauthorized`: the system refused the credentials
 * - `not-found`: the system does not know what the subject's annotation names
 * - `rate-limited`: the system asked for patience
 * - `malformed-answer`: the answer is not what the system documents
 * - `partial-answer`: the system says itself that its answer is not whole
 * - `misconfigured`: the annotation or the config cannot be right
 * @public
 */
export const COLLECTION_FAILURE_CODES = [
  'unreachable',
  'timeout',
  'unauthorized',
  'not-found',
  'rate-limited',
  'malformed-answer',
  'partial-answer',
  'misconfigured',
] as const;

/** @public */
export type CollectionFailureCode = (typeof COLLECTION_FAILURE_CODES)[number];

/** A failed collection with its code. The message is logged and shown; it MUST NOT hold a credential. @public */
export class CollectorError extends Error {
  readonly code: CollectionFailureCode;

  constructor(code: CollectionFailureCode, message: string) {
    super(message);
    this.name = 'CollectorError';
    this.code = code;
  }
}
