import { hash } from 'node:crypto';
import { ConflictError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Clock, withCode } from '../platform';
import { BatchWriter } from './batchWriter';
import { Folded, Folder } from './core/fold';
import { ExportAnswer, OtlpFormat } from './core/otlp/answer';
import { decodeJson } from './core/otlp/decodeJson';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { OtlpRequest } from './core/otlp/request';
import { quoted } from './core/refusal';
import { Refused } from './core/source';
import { KnownSources } from './KnownSources';
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
  readonly #sources: KnownSources;
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
    this.#sources = new KnownSources(deps);
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
    const placed = await this.#sources.place(request, nowMs);
    const subjects = new Set<string>();
    for (const { source } of placed)
      if (!('refused' in source)) subjects.add(source.subject);
    const unreached = new Map<string, Refused>();
    for (const ref of subjects) {
      if (!(await sender.reaches(ref)))
        unreached.set(ref, { refused: 'not-allowed', example: quoted(ref) });
    }
    const folder = new Folder({
      nowMs,
      maxAheadMs: this.#settings.maxClockAheadMs,
      retentionMs: this.#settings.retentionMs,
    });
    // From here to the end nothing waits, so that one request's points are folded in one go.
    return readable(() => {
      for (const { otlp, source, device } of placed) {
        const refused =
          'refused' in source ? undefined : unreached.get(source.subject);
        folder.source(refused ?? source, () => otlp.identity(), device);
        otlp.each(folder);
      }
      return folder.finish();
    });
  }
}

function decode(body: Buffer, format: OtlpFormat): OtlpRequest {
  return format === 'protobuf' ? decodeProtobuf(body) : decodeJson(body);
}
