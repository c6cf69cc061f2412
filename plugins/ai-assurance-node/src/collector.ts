import { Envelope, EvidenceType, PayloadOf } from '@ai-assurance/evidence';
import { LoggerService } from '@backstage/backend-plugin-api';
import { JsonValue } from '@backstage/types';

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
 * the moment of asking: the same fact found again is then known already and changes nothing. Whatever is yielded under one
 * id MUST be the same each time. A fact about "now" that ages carries a period of the clock in its id, see
 * {@link periodOf}, and takes `timeMs` and `expiresAt` from that period. A change that is noticed by comparing with
 * {@link CollectorMemory} may carry the moment of noticing: then the memory, not the id, keeps it from being stated twice,
 * and such facts MUST be yielded after everything that can fail.
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

/** A fact of any kind, its payload typed by its `type`. @public */
export type AnyCollectedFact = {
  [T in EvidenceType]: CollectedFact<T>;
}[EvidenceType];

/**
 * What a collector may keep from run to run about one subject, for systems that only show their present: the alias that
 * was seen last, for example. It is kept only together with the facts of a run that ended well, so that a change is never
 * remembered without its evidence. Never keep a credential here, nor what the other system can be asked again.
 * @public
 */
export interface CollectorMemory {
  /** What the last run that came to its end wrote; `undefined` on the first, and after the collector's `version` changed. */
  read(): JsonValue | undefined;
  /** At most 64 KiB of JSON; more throws a RangeError. The last write of a run counts. */
  write(value: JsonValue): void;
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
  readonly memory: CollectorMemory;
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
  /** What people call the source, in sentence case, for example `MLflow model registry`. */
  readonly title: string;
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
  collect(context: CollectContext): AsyncIterable<AnyCollectedFact>;
}

/**
 * Why a collection failed, in one word for scorecards and people.
 * - `unreachable`: no answer, or the connection broke
 * - `server-error`: the system answered that it failed itself
 * - `timeout`: no answer in time
 * - `unauthorized`: the system refused the credentials
 * - `not-found`: the system does not know what the subject's annotation names
 * - `rate-limited`: the system asked for patience
 * - `malformed-answer`: the answer is not what the system documents
 * - `too-large`: the answer is larger than a collector may read
 * - `partial-answer`: the system says itself that its answer is not whole
 * - `misconfigured`: the annotation or the config cannot be right
 *
 * Given by the suite itself, never by a collector:
 * - `invalid-fact`: the collector yielded something that is no evidence
 * - `contradiction`: the collector stated another fact under an id that is recorded already
 * - `unexpected`: the collector broke in a way that it has no code for
 * @public
 */
export const COLLECTION_FAILURE_CODES = [
  'unreachable',
  'server-error',
  'timeout',
  'unauthorized',
  'not-found',
  'rate-limited',
  'malformed-answer',
  'too-large',
  'partial-answer',
  'misconfigured',
  'invalid-fact',
  'contradiction',
  'unexpected',
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
