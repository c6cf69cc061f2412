import { hash } from 'node:crypto';
import { ConflictError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Clock, withCode } from '../platform';
import { BatchWriter } from './batchWriter';
import { Folded, Folder } from './core/fold';
import { ExportAnswer, OtlpFormat } from './core/otlp/answer';
import { decodeJson } from './core/otlp/decodeJson';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { OtlpRequest, OtlpSource } from './core/otlp/request';
import { quoted } from './core/refusal';
import { deviceOf, Refused, Source, sourceOf } from './core/source';
import { readable } from './readable';
import { Salts } from './Salts';
import { TelemetrySettings } from './settings';

/** Who sends telemetry. */
export interface TelemetrySender {
  /** `service:<subject>` of a token, or a person's entity ref. */
  caller: string;
  /** Whether the sender may push about a subject. */
  reaches(subjectRef: string): Promise<boolean>;
  /** The id that it gave this batch. */
  batchId?: string;
}

/** Use cases of the intake. */
export class TelemetryService {
  readonly #clock: Clock;
  readonly #subjects: SubjectAnswers;
  readonly #settings: TelemetrySettings;
  readonly #salts: Salts;
  readonly #writer: BatchWriter;

  constructor(deps: {
    clock: Clock;
    subjects: SubjectAnswers;
    settings: TelemetrySettings;
    salts: Salts;
    writer: BatchWriter;
  }) {
    this.#clock = deps.clock;
    this.#subjects = deps.subjects;
    this.#settings = deps.settings;
    this.#salts = deps.salts;
    this.#writer = deps.writer;
  }

  /**
   * Takes one OTLP request: windows and counters are committed before this returns. Safe to repeat with the same bytes, and
   * with the same batch id. Throws `UnreadableBody` when the body cannot be decoded, `BATCH_ID_TAKEN` (409) when the
   * id came with another body before, and what the catalog throws while no subject is known.
   */
  async receive(
    body: Buffer,
    format: OtlpFormat,
    sender: TelemetrySender,
  ): Promise<ExportAnswer> {
    const nowMs = this.#clock.nowMs();
    const request = readable(() => decode(body, format));
    const folded = await this.#fold(request, sender, nowMs);
    const { batchId } = sender;
    const cumulative = folded.cumulative;
    const hashStream =
      cumulative.length > 0 ? await this.#salts.streamHasher() : undefined;
    const outcome = await this.#writer.write({
      digest: hash('sha256', body),
      keyHash:
        batchId === undefined
          ? undefined
          : hash('sha256', `${sender.caller}\n${batchId}`),
      receivedAtMs: nowMs,
      windows: folded.windows,
      cumulative: cumulative.map(({ identity, ...point }) => ({
        ...point,
        identityHash: hashStream!(identity),
      })),
      pointCount: folded.pointCount,
      refusals: folded.refusals,
    });
    if (outcome.became === 'conflict') {
      throw withCode(
        new ConflictError(
          `The batch id ${quoted(
            batchId!,
          )} came with another body before. Give every batch an id of its own, and a repeated batch the same.`,
        ),
        'BATCH_ID_TAKEN',
      );
    }
    return { rejected: outcome.rejectedPoints, message: outcome.message };
  }

  async #fold(
    request: OtlpRequest,
    sender: TelemetrySender,
    nowMs: number,
  ): Promise<Folded> {
    const sources = await this.#sourcesOf(request, sender);
    const hashDevice = sources.some(
      ({ source }) => !('refused' in source) && source.cohort !== undefined,
    )
      ? await this.#salts.deviceHasher(nowMs)
      : undefined;
    const folder = new Folder({
      nowMs,
      maxAheadMs: this.#settings.maxClockAheadMs,
      retentionMs: this.#settings.retentionMs,
    });
    // From here to the end nothing waits, so that one request's points are folded in one go.
    return readable(() => {
      for (const { otlp, source } of sources) {
        const isOfCohort = !('refused' in source) && source.cohort;
        const device = isOfCohort ? deviceOf(otlp.attributes) : undefined;
        folder.source(
          source,
          otlp.identity,
          device === undefined ? undefined : hashDevice!(device),
        );
        otlp.each(folder);
      }
      return folder.finish();
    });
  }

  async #sourcesOf(
    request: OtlpRequest,
    sender: TelemetrySender,
  ): Promise<{ otlp: OtlpSource; source: Source | Refused }[]> {
    const assignments = await Promise.all(
      request.sources.map(({ attributes }) =>
        this.#subjects.assign(attributes),
      ),
    );
    const subjects = [
      ...new Set(assignments.flatMap(assigned => assigned?.subjectRef ?? [])),
    ];
    const reached = new Map(
      await Promise.all(
        subjects.map(
          async ref => [ref, await sender.reaches(ref)] as [string, boolean],
        ),
      ),
    );
    return request.sources.map((otlp, i) => {
      const assigned = assignments[i];
      if (assigned && !reached.get(assigned.subjectRef))
        return {
          otlp,
          source: {
            refused: 'not-allowed',
            example: quoted(assigned.subjectRef),
          },
        };
      return { otlp, source: sourceOf(otlp.attributes, assigned) };
    });
  }
}

function decode(body: Buffer, format: OtlpFormat): OtlpRequest {
  return format === 'protobuf'
    ? decodeProtobuf(body)
    : decodeJson(body.toString('utf8'));
}
