import { SubjectAnswers } from '../cohorts';
import { Access, Caller, Clock, instantOf } from '../platform';
import {
  EVALUATION_ATTRIBUTES,
  EvaluationFact,
  readEvaluations,
} from './core/evaluationEvents';
import { ExportAnswer, OtlpFormat } from './core/otlp/answer';
import { decodeJsonLogs, decodeProtobufLogs } from './core/otlp/logs';
import { RefusalCounter } from './core/refusal';
import { sourceOf } from './core/source';
import { readable } from './readable';

/** Where evidence made of log records comes from. */
const SOURCE = '/otlp/logs';

/** What became of an item of evidence. */
export interface EvidenceOutcome {
  outcome: string;
  code?: string;
  message?: string;
}

/** Takes items as evidence from outside, by the rights of the caller, and answers each in its place. */
export type EvidenceReceiver = (
  items: unknown[],
  caller: Caller,
  access: Access,
) => Promise<EvidenceOutcome[]>;

/** The item on the wire. Nothing in it depends on when it came in, so that a repeat is the very same. */
function itemOf({ fact }: EvaluationFact): object {
  const at = instantOf(fact.timeMs!);
  return {
    specversion: '1.0',
    id: fact.id,
    source: SOURCE,
    type: fact.type,
    subject: fact.subject,
    time: at,
    datacontenttype: 'application/json',
    data: {
      envelope: {
        ...fact.envelope,
        collector: { id: 'ai-assurance.otlp-logs', version: '1' },
        collectedAt: at,
      },
      payload: fact.payload,
    },
  };
}

/** OTLP logs: evaluation events become evidence, everything else is refused with its reason. */
export class EvaluationLogs {
  readonly #clock: Clock;
  readonly #subjects: SubjectAnswers;
  readonly #maxAheadMs: number;
  readonly #evidence: EvidenceReceiver;

  constructor(deps: {
    clock: Clock;
    subjects: SubjectAnswers;
    settings: { maxClockAheadMs: number };
    evidence: EvidenceReceiver;
  }) {
    this.#clock = deps.clock;
    this.#subjects = deps.subjects;
    this.#maxAheadMs = deps.settings.maxClockAheadMs;
    this.#evidence = deps.evidence;
  }

  /**
   * Takes one OTLP logs request: what became evidence is committed before this returns. Safe to repeat. Throws
   * `UnreadableBody` when the body cannot be decoded.
   */
  async receive(
    body: Buffer,
    format: OtlpFormat,
    caller: Caller,
    access: Access,
  ): Promise<ExportAnswer> {
    const scopes = readable(() =>
      format === 'protobuf'
        ? decodeProtobufLogs(body, EVALUATION_ATTRIBUTES)
        : decodeJsonLogs(body.toString('utf8'), EVALUATION_ATTRIBUTES),
    );
    const logs = await Promise.all(
      scopes.map(async scope => ({
        logs: scope,
        source: sourceOf(
          scope.attributes,
          await this.#subjects.assign(scope.attributes),
        ),
      })),
    );
    const { facts, recordCount, refusals } = readEvaluations(logs, {
      nowMs: this.#clock.nowMs(),
      maxAheadMs: this.#maxAheadMs,
    });
    if (facts.length > 0) {
      const outcomes = await this.#evidence(facts.map(itemOf), caller, access);
      outcomes.forEach((outcome, i) => refuse(refusals, facts[i], outcome));
    }
    return {
      rejected: refusals.total,
      message: refusals.message(recordCount, 'log records'),
    };
  }
}

/** What is quarantined is kept, and so not refused. */
function refuse(
  refusals: RefusalCounter,
  { recordCount }: EvaluationFact,
  { outcome, code, message }: EvidenceOutcome,
): void {
  if (outcome !== 'refused' && outcome !== 'conflict') return;
  refusals.add(
    code === 'NOT_ALLOWED' ? 'not-allowed' : 'evidence-refused',
    recordCount,
    `${code ?? outcome}: ${message ?? ''}`.slice(0, 200),
  );
}
