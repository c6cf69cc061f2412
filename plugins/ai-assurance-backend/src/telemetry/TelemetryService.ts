import { hash } from 'node:crypto';
import { SubjectAnswers } from '../cohorts';
import { Clock } from '../platform';
import { BatchWriter } from './batchWriter';
import { fold } from './core/fold';
import { ExportAnswer, OtlpFormat } from './core/otlp/answer';
import { decodeJson } from './core/otlp/decodeJson';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { OtlpRequest } from './core/otlp/request';
import { TelemetrySettings } from './settings';

/** A body that could not be read at all; the message says where reading stopped. */
export class UnreadableBody extends Error {}

/** Use cases of the intake. */
export class TelemetryService {
  readonly #clock: Clock;
  readonly #subjects: SubjectAnswers;
  readonly #settings: TelemetrySettings;
  readonly #writer: BatchWriter;

  constructor(deps: {
    clock: Clock;
    subjects: SubjectAnswers;
    settings: TelemetrySettings;
    writer: BatchWriter;
  }) {
    this.#clock = deps.clock;
    this.#subjects = deps.subjects;
    this.#settings = deps.settings;
    this.#writer = deps.writer;
  }

  /**
   * Takes one OTLP request: windows and counters are committed before this returns. Safe to repeat with the same bytes.
   * Throws {@link UnreadableBody} when the body cannot be decoded, and what the catalog throws while no subject is known.
   */
  async receive(body: Buffer, format: OtlpFormat): Promise<ExportAnswer> {
    const nowMs = this.#clock.nowMs();
    const request = decode(body, format);
    const assignments = await Promise.all(
      request.resources.map(resource =>
        this.#subjects.assign(resource.attributes),
      ),
    );
    const { windows, pointCount, refusals } = fold(request, assignments, {
      nowMs,
      maxAheadMs: this.#settings.maxClockAheadMs,
      retentionMs: this.#settings.retentionMs,
    });
    const rejectedPoints = refusals.total;
    const message = refusals.message(pointCount);
    const outcome = await this.#writer.write({
      digest: hash('sha256', body),
      receivedAtMs: nowMs,
      windows,
      acceptedPoints: pointCount - rejectedPoints,
      refusals: refusals.counts(),
      message,
    });
    return outcome.isRepeat
      ? { rejectedPoints: outcome.rejectedPoints, message: outcome.message }
      : { rejectedPoints, message };
  }
}

function decode(body: Buffer, format: OtlpFormat): OtlpRequest {
  try {
    return format === 'protobuf'
      ? decodeProtobuf(body)
      : decodeJson(body.toString('utf8'));
  } catch (error) {
    throw new UnreadableBody(`The body is ${(error as Error).message}`);
  }
}
