import { SubjectAnswers } from '../cohorts';
import { DeviceHash } from './core/accumulate';
import { ByBytes } from './core/otlp/byBytes';
import { OtlpRequest, OtlpSource } from './core/otlp/request';
import { deviceOf, Refused, Source, sourceOf } from './core/source';
import { readable } from './readable';
import { Salts } from './Salts';

/** How many sources are known at once: of a larger fleet some are read anew. */
const SOURCES_KEPT = 4096;
/** How long anything is known of a source without reading it anew, in milliseconds. */
const KEPT_MS = 10 * 60_000;
/** How long the catalog is taken at its word, in milliseconds: it is asked for a batch, not for each device in each batch. */
const ASSIGNED_MS = 1000;

/** A source of a request: where its points belong and which device it names, or why they are refused. */
export interface PlacedSource {
  otlp: OtlpSource;
  source: Source | Refused;
  device: DeviceHash | undefined;
}

interface Known {
  attributes: Record<string, string>;
  assignedAtMs: number;
  source: Source | Refused;
  /** The name of the device, and what the salt of the day made of it. */
  device: string | undefined;
  hash: DeviceHash | undefined;
}

/**
 * Finds where the sources of a request belong. Devices send the same resource with every batch: what was read of it is kept in
 * memory by its bytes; the first request after ten minutes, or on another day, forgets all of it.
 */
export class KnownSources {
  readonly #subjects: Pick<SubjectAnswers, 'assign'>;
  readonly #salts: Pick<Salts, 'deviceHasher'>;
  #known = new ByBytes<Known>(SOURCES_KEPT);
  #sinceMs = 0;
  #day = 0;

  constructor(deps: {
    subjects: Pick<SubjectAnswers, 'assign'>;
    salts: Pick<Salts, 'deviceHasher'>;
  }) {
    this.#subjects = deps.subjects;
    this.#salts = deps.salts;
  }

  /**
   * Answers each source in its place. Throws `UnreadableBody` when attributes cannot be read, and what the catalog throws while
   * no subject is known.
   */
  async place(request: OtlpRequest, nowMs: number): Promise<PlacedSource[]> {
    const salt = await this.#salts.deviceHasher(nowMs);
    this.#forget(nowMs, salt.day);
    const known = readable(() => request.sources.map(otlp => this.#of(otlp)));
    const stale = known.filter(
      one => Math.abs(nowMs - one.assignedAtMs) >= ASSIGNED_MS,
    );
    if (stale.length > 0) {
      // Asked together, so that a catalog that is being read answers all of them.
      const assigned = await Promise.all(
        stale.map(({ attributes }) => this.#subjects.assign(attributes)),
      );
      stale.forEach((one, i) => {
        one.source = sourceOf(one.attributes, assigned[i]);
        one.assignedAtMs = nowMs;
      });
    }
    return known.map((one, i): PlacedSource => {
      const { source, device } = one;
      if (device === undefined || 'refused' in source || !source.cohort)
        return { otlp: request.sources[i], source, device: undefined };
      if (one.hash?.day !== salt.day) one.hash = salt.hash(device);
      return { otlp: request.sources[i], source, device: one.hash };
    });
  }

  #forget(nowMs: number, day: number): void {
    if (day === this.#day && Math.abs(nowMs - this.#sinceMs) < KEPT_MS) return;
    this.#known = new ByBytes(SOURCES_KEPT);
    this.#sinceMs = nowMs;
    this.#day = day;
  }

  #of(otlp: OtlpSource): Known {
    const stretch = otlp.stretch();
    const known =
      stretch && this.#known.find(stretch.view, stretch.from, stretch.end);
    if (known) return known;
    const { attributes } = otlp;
    const own: Known = {
      attributes,
      assignedAtMs: -Infinity,
      source: { refused: 'no-subject', example: '' },
      device: deviceOf(attributes),
      hash: undefined,
    };
    if (stretch)
      this.#known.keepCopy(stretch.view, stretch.from, stretch.end, own);
    return own;
  }
}
