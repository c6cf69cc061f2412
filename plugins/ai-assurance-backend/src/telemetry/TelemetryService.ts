import { hash } from 'node:crypto';
import { SubjectAnswers } from '../cohorts';
import { Clock, Db } from '../platform';
import { fold } from './core/fold';
import { ExportAnswer, OtlpFormat } from './core/otlp/answer';
import { decodeJson } from './core/otlp/decodeJson';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { OtlpRequest } from './core/otlp/request';
import { TelemetrySettings } from './settings';
import { TelemetryStore } from './TelemetryStore';

/** A body that could not be read at all; the message says where reading stopped. */
export class UnreadableBody extends Error {}

/** Use cases of the intake. */
export class TelemetryService {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #subjects: SubjectAnswers;
  readonly #settings: TelemetrySettings;
  readonly #store: TelemetryStore;

  constructor(deps: {
    db: Db;
    clock: Clock;
    subjects: SubjectAnswers;
    settings: TelemetrySettings;
    store: TelemetryStore;
  }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#subjects = deps.subjects;
    this.#settings = deps.settings;
    this.#store = deps.store;
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
    const outcome = await this.#db.transaction(tx =>
      this.#store.record(tx, {
        digest: hash('sha256', body),
        receivedAtMs: nowMs,
        windows,
        acceptedPoints: pointCount - rejectedPoints,
        refusals: refusals.counts(),
        message,
      }),
    );
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
