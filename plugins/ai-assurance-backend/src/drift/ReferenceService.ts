import {
  BodyOf,
  Reference,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { canonicalize, sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Ledger } from '../ledger';
import { Caller, Clock, Db, Ids, Outbox, withCode } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { features } from './core/features';
import { Histogram } from './core/judgeDrift';
import { referenceWindowDraft } from './drafts';
import { DriftStore, StoredReference } from './DriftStore';
import { DriftSettings } from './settings';

const minuteMs = 60_000;
const longestRangeMs = 7 * 24 * 3_600_000;
const mostListed = 200;

/** Digest of the canonical form: the same histogram has the same digest wherever it is computed. */
export function histogramDigest({ boundaries, bins }: Histogram): string {
  return `sha256:${toHex(sha256(utf8(canonicalize({ boundaries, bins }))))}`;
}

function wire({ boundaries, bins, reason, ...reference }: StoredReference) {
  return reference satisfies Reference;
}

export class ReferenceService {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #subjects: SubjectAnswers;
  readonly #telemetry: TelemetryAnswers;
  readonly #settings: DriftSettings;

  constructor(options: {
    db: Db;
    store: DriftStore;
    clock: Clock;
    ids: Ids;
    outbox: Outbox;
    ledger: Ledger;
    subjects: SubjectAnswers;
    telemetry: TelemetryAnswers;
    settings: DriftSettings;
  }) {
    this.#db = options.db;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#outbox = options.outbox;
    this.#ledger = options.ledger;
    this.#subjects = options.subjects;
    this.#telemetry = options.telemetry;
    this.#settings = options.settings;
  }

  /** Newest first; with `asOfMs` those that were approved by then. */
  async list(subject: string, asOfMs?: number): Promise<Reference[]> {
    return (
      await this.#store.references(subject, mostListed, undefined, asOfMs)
    ).map(wire);
  }

  /**
   * Approves a past range of outputs as the reference that later windows are compared with; the newest counts. The range
   * shrinks to the whole minutes within it, because telemetry has no finer ones. Not safe to repeat: each call makes a
   * reference of its own.
   */
  async approve(
    asked: BodyOf<'approveReference'>,
    caller: Caller,
  ): Promise<Reference> {
    const nowMs = this.#clock.nowMs();
    if (!caller.isUser) {
      throw withCode(
        new NotAllowedError(
          'A reference is approved by a person, who answers for it; a machine cannot.',
        ),
        'PERSON_NEEDED',
      );
    }
    const metric = features[asked.feature]?.metric;
    if (!metric) {
      throw withCode(
        new InputError(
          `body.feature: ${
            asked.feature
          } is not watched; choose one of ${Object.keys(features).join(', ')}`,
        ),
        'UNKNOWN_FEATURE',
      );
    }
    if (!(await this.#subjects.get(asked.subject))) {
      throw withCode(
        new NotFoundError(
          `${asked.subject} is no subject of AI Assurance in the catalog`,
        ),
        'UNKNOWN_SUBJECT',
      );
    }
    const range = this.#rangeOf(asked, nowMs);
    const histogram = await this.#measure(asked, metric, range);
    const reference: StoredReference = {
      referenceId: this.#ids.next('ref'),
      subject: asked.subject,
      feature: asked.feature,
      ...range,
      ...histogram,
      totalCount: histogram.bins.reduce((sum, bin) => sum + bin, 0),
      histogramDigest: histogramDigest(histogram),
      approvedBy: caller.ref,
      approvedAtMs: nowMs,
      expiresAtMs: nowMs + this.#settings.referenceLifetimeMs,
      reason: asked.reason,
    };
    await this.#db.transaction(async tx => {
      await this.#store.insertReference(tx, reference);
      await this.#outbox.queue(tx, {
        topic: 'drift.reference-approved',
        subjects: [reference.subject],
      });
      await this.#ledger.append(tx, [referenceWindowDraft(reference)]);
    });
    return wire(reference);
  }

  #rangeOf(
    asked: { fromMs: number; toMs: number },
    nowMs: number,
  ): { fromMs: number; toMs: number } {
    const refuse = (why: string) => {
      throw withCode(new InputError(why), 'BAD_RANGE');
    };
    const fromMs = Math.ceil(asked.fromMs / minuteMs) * minuteMs;
    const toMs = Math.floor(asked.toMs / minuteMs) * minuteMs;
    if (asked.toMs > nowMs) {
      refuse(
        'body.toMs: lies in the future; a reference is a range that is over',
      );
    }
    if (fromMs >= toMs) {
      refuse('body.fromMs: the range holds no whole minute');
    }
    if (toMs - fromMs > longestRangeMs) {
      refuse('body.fromMs: the range is longer than 7 days');
    }
    return { fromMs, toMs };
  }

  async #measure(
    asked: { subject: string; feature: string },
    metric: string,
    range: { fromMs: number; toMs: number },
  ): Promise<Histogram> {
    const merged = await this.#telemetry.explicit({
      subject: asked.subject,
      metric,
      ...range,
    });
    const count = merged?.histogram.count ?? 0;
    const { minimumCount } = this.#settings;
    if (merged && merged.leftOutCount > 0) {
      throw withCode(
        new InputError(
          `The bins of ${metric} changed within the range (one-minute windows with others than the newest: ${merged.leftOutCount}): choose a range after the change`,
        ),
        'MIXED_BINS',
      );
    }
    if (!merged || count < minimumCount) {
      throw withCode(
        new InputError(
          `${asked.subject} reported ${count} outputs (${metric}) in the range; a reference needs at least ${minimumCount}`,
        ),
        'INSUFFICIENT_SAMPLE',
      );
    }
    return {
      boundaries: merged.histogram.boundaries,
      bins: merged.histogram.counts,
    };
  }
}
