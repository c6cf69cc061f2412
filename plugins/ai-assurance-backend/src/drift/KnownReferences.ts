import { Reference } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, PreparedRead, readPrepared } from '../platform';
import { Histogram } from './core/histogram';
import { packCounts } from './core/packedCounts';
import { DriftStore, StoredReference } from './DriftStore';

/** A reference to be judged by. Nothing of it may be changed. */
export interface KnownReference extends Reference, Histogram {
  /** Its window of one cohort; `undefined` where it has none apart. */
  binsOf(cohort: string): ArrayLike<number> | undefined;
}

interface NewestRow {
  subject: string;
  feature: string;
  id: string;
}

const newestText = (from: string, upTo: string) =>
  `SELECT r.subject, r.feature, r.id FROM ${from} AND r.approved_at_ms <= ${upTo} AND NOT EXISTS (
      SELECT 1 FROM drift_reference newer WHERE newer.subject = r.subject AND newer.feature = r.feature
        AND newer.approved_at_ms <= ${upTo}
        AND (newer.approved_at_ms > r.approved_at_ms OR (newer.approved_at_ms = r.approved_at_ms AND newer.id > r.id)))`;
const newestRead: PreparedRead = {
  sqlite: `WITH asked(subjects, up_to) AS (VALUES (?, ?)) ${newestText(
    'asked CROSS JOIN json_each(asked.subjects) AS refs CROSS JOIN drift_reference r WHERE r.subject = refs.value',
    'asked.up_to',
  )}`,
  postgres: newestText(
    'drift_reference r WHERE r.subject = ANY($1::text[])',
    '$2',
  ),
};

/** Bytes of references that are kept: those of some fifteen thousand signals with twenty cohorts each. */
const mostBytes = 64 * 1024 * 1024;
/** What was not asked for in this time makes room. */
const keepMs = 15 * 60_000;
const mostLists = 10_000;

/** Lists that many references have alike, each once: what is worked out of one is then worked out for all. */
class Shared<T> {
  readonly #lists = new Map<string, T>();

  of(list: readonly unknown[], make: () => T): T {
    const text = JSON.stringify(list);
    let known = this.#lists.get(text);
    if (known === undefined) {
      if (this.#lists.size >= mostLists) this.#lists.clear();
      this.#lists.set(text, (known = make()));
    }
    return known;
  }
}

interface Kept {
  reference: KnownReference;
  bytes: number;
  /** When it was asked for last. */
  usedAtMs: number;
}

/**
 * The newest references of signals, as an evaluation needs them. Which one is the newest is asked each time; what it holds
 * never changes, so it is read once and then kept, packed: to read those of thousands of signals anew every minute would
 * take longer than to compare with them.
 */
export class KnownReferences {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #mostBytes: number;
  /** By id, those that were asked for longest ago first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  readonly #boundaries = new Shared<number[]>();
  readonly #cohorts = new Shared<ReadonlyMap<string, number>>();

  constructor(deps: { db: Db; store: DriftStore; mostBytes?: number }) {
    this.#db = deps.db;
    this.#store = deps.store;
    this.#mostBytes = deps.mostBytes ?? mostBytes;
  }

  /** Those that were the newest at an instant, by subject and feature. */
  async newestOf(
    subjects: readonly string[],
    asOfMs: number,
  ): Promise<Map<string, Map<string, KnownReference>>> {
    const rows = await readPrepared<NewestRow>(this.#db.knex, newestRead, [
      [...new Set(subjects)],
      asOfMs,
    ]);
    const byId = new Map<string, KnownReference>();
    const unknown: string[] = [];
    for (const { id } of rows) {
      const kept = this.#use(id, asOfMs);
      if (kept) byId.set(id, kept);
      else unknown.push(id);
    }
    for (const stored of await this.#store.referencesById(unknown))
      byId.set(stored.referenceId, this.#keep(stored, asOfMs));
    const found = new Map<string, Map<string, KnownReference>>();
    for (const { subject, feature, id } of rows) {
      const reference = byId.get(id);
      if (!reference) continue;
      let ofSubject = found.get(subject);
      if (!ofSubject) found.set(subject, (ofSubject = new Map()));
      ofSubject.set(feature, reference);
    }
    return found;
  }

  #use(id: string, atMs: number): KnownReference | undefined {
    const kept = this.#kept.get(id);
    if (!kept) return undefined;
    kept.usedAtMs = atMs;
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    return kept.reference;
  }

  #keep(stored: StoredReference, atMs: number): KnownReference {
    // Who asked at the same time may have read it as well.
    const known = this.#use(stored.referenceId, atMs);
    if (known) return known;
    const { reference, bytes } = this.#packed(stored);
    for (const [id, { usedAtMs, bytes: freed }] of this.#kept) {
      if (this.#bytes + bytes <= this.#mostBytes || usedAtMs > atMs - keepMs)
        break;
      this.#kept.delete(id);
      this.#bytes -= freed;
    }
    if (this.#bytes + bytes <= this.#mostBytes) {
      this.#kept.set(stored.referenceId, {
        reference,
        bytes,
        usedAtMs: atMs,
      });
      this.#bytes += bytes;
    }
    return reference;
  }

  #packed({ cohortBins, reason: _reason, ...stored }: StoredReference): {
    reference: KnownReference;
    bytes: number;
  } {
    const boundaries = this.#boundaries.of(
      stored.boundaries,
      () => stored.boundaries,
    );
    const names = Object.keys(cohortBins);
    const lists = Object.values(cohortBins);
    const packed = packCounts(lists);
    const own = { ...stored, boundaries };
    // About what objects, texts and plain lists take beside the packed ones.
    const ownBytes = 1_000 + 24 * stored.bins.length;
    if (!packed)
      return {
        reference: {
          ...own,
          binsOf: cohort =>
            Object.hasOwn(cohortBins, cohort) ? cohortBins[cohort] : undefined,
        },
        bytes: ownBytes + 8 * lists.reduce((sum, list) => sum + list.length, 0),
      };
    const places = this.#cohorts.of(
      names,
      () => new Map(names.map((name, i) => [name, i])),
    );
    const length = lists.length === 0 ? 0 : lists[0].length;
    return {
      reference: {
        ...own,
        binsOf(cohort) {
          const place = places.get(cohort);
          return place === undefined
            ? undefined
            : packed.subarray(place * length, (place + 1) * length);
        },
      },
      bytes: ownBytes + packed.byteLength,
    };
  }
}
