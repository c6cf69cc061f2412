import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { DeviceCount, DeviceSketch, SKETCH_SIZE } from './core/devices';
import { sameNumbers } from './core/explicit';
import { readMembers, SegmentReader } from './core/levels/segments';
import { HistogramReader } from './core/levels/valueBytes';
import { decodeValue, WindowValue } from './core/windowValue';
import {
  eachMinute,
  keptRow,
  MinuteRow,
  readStreams,
  streamName,
} from './minuteRows';
import { MinimumOf } from './SeriesReads';
import { Signal, SignalQuestion, SignalReader } from './types';

/** Series whose labels are kept: they never change. */
const mostSeriesKept = 500_000;

interface Label {
  cohort: string | undefined;
  outputClass: string | undefined;
}

interface SeriesLabelRow {
  stream_id: unknown;
  series_id: unknown;
  cohort_ref: string;
  output_class: string;
}

const labelsRead: PreparedRead = {
  sqlite: `SELECT s.stream_id, s.series_id, s.cohort_ref, s.output_class FROM telemetry_series s
    WHERE s.stream_id IN (SELECT value FROM json_each(?))`,
  postgres: `SELECT s.stream_id, s.series_id, s.cohort_ref, s.output_class FROM telemetry_series s
    WHERE s.stream_id = ANY($1::bigint[])`,
};

/** Whether a cohort is of enough devices, found with as little counting as that takes. */
class GroupCheck {
  readonly #minimum: number;
  #devices: DeviceCount | undefined;
  /** No need to look on: there are enough, or a window is of no devices at all. */
  #isClear = false;

  constructor(minimum: number) {
    this.#minimum = minimum;
  }

  /** The devices of a histogram, as few of which are read as it takes. */
  addOf(histogram: HistogramReader): void {
    if (this.#isClear) return;
    // So many on one day alone are enough. Only below the size of a sketch are there as many devices as hashes.
    const { hashCount } = histogram;
    if (hashCount >= this.#minimum && hashCount < SKETCH_SIZE)
      this.#isClear = true;
    else this.add(histogram.devices());
  }

  add(devices: DeviceSketch[] | undefined): void {
    if (this.#isClear) return;
    if (!devices) {
      this.#isClear = true;
      return;
    }
    this.#devices ??= new DeviceCount();
    this.#devices.add(devices);
    this.#isClear = (this.#devices.count ?? 0) >= this.#minimum;
  }

  get isSuppressed(): boolean {
    return !this.#isClear;
  }
}

/** Histograms of equal boundaries, added up. */
interface CountedShape {
  boundaries: number[];
  counts: number[] | undefined;
  cohorts: Map<string, number[]>;
}

/** Adds up the windows of one signal, in any order. */
class SignalSum {
  readonly #byCohort: boolean;
  readonly #minimumOf: MinimumOf;
  /** Of the newest window with a histogram; those with others are left out. */
  #boundaries: number[] | undefined;
  readonly #newest = { startMs: -1, seriesId: -1 };
  #newestStartMs: number | undefined;
  /** Histograms by their boundaries; one list of them is the rule. */
  readonly #shapes: CountedShape[] = [];
  readonly #classes = new Map<string, number>();
  readonly #cohortClasses = new Map<string, Map<string, number>>();
  readonly #groups = new Map<string, GroupCheck>();

  constructor(byCohort: boolean, minimumOf: MinimumOf) {
    this.#byCohort = byCohort;
    this.#minimumOf = minimumOf;
  }

  add(
    label: Label,
    seriesId: number,
    startMs: number,
    value: WindowValue,
  ): void {
    const cohort = this.#see(label, startMs);
    if (cohort !== undefined) this.#groupOf(cohort).add(value.devices);
    if (value.kind === 'explicit') {
      const { boundaries, counts } = value.explicit;
      this.#count(boundaries, counts, cohort, seriesId, startMs);
    } else if (value.kind === 'sum' && label.outputClass !== undefined) {
      addClass(this.#classes, label.outputClass, value.sum);
      if (cohort === undefined) return;
      let classes = this.#cohortClasses.get(cohort);
      if (!classes) this.#cohortClasses.set(cohort, (classes = new Map()));
      addClass(classes, label.outputClass, value.sum);
    }
  }

  addHistogram(
    label: Label,
    seriesId: number,
    startMs: number,
    histogram: HistogramReader,
  ): void {
    const cohort = this.#see(label, startMs);
    if (cohort !== undefined) this.#groupOf(cohort).addOf(histogram);
    const { boundaries, counts } = histogram;
    this.#count(boundaries, counts, cohort, seriesId, startMs);
  }

  /** The cohort that a window counts for. */
  #see(label: Label, startMs: number): string | undefined {
    if (this.#newestStartMs === undefined || startMs > this.#newestStartMs)
      this.#newestStartMs = startMs;
    return this.#byCohort ? label.cohort : undefined;
  }

  #groupOf(cohort: string): GroupCheck {
    let group = this.#groups.get(cohort);
    if (!group) {
      group = new GroupCheck(this.#minimumOf(cohort));
      this.#groups.set(cohort, group);
    }
    return group;
  }

  #count(
    boundaries: number[],
    counts: number[],
    cohort: string | undefined,
    seriesId: number,
    startMs: number,
  ): void {
    if (
      startMs > this.#newest.startMs ||
      (startMs === this.#newest.startMs && seriesId >= this.#newest.seriesId)
    ) {
      this.#newest.startMs = startMs;
      this.#newest.seriesId = seriesId;
      this.#boundaries = boundaries;
    }
    const shape = this.#shapeOf(boundaries);
    if (shape.counts) addTo(shape.counts, counts);
    else shape.counts = counts.slice();
    if (cohort === undefined) return;
    const known = shape.cohorts.get(cohort);
    if (known) addTo(known, counts);
    else shape.cohorts.set(cohort, counts.slice());
  }

  #shapeOf(boundaries: number[]): CountedShape {
    for (const shape of this.#shapes)
      if (sameNumbers(shape.boundaries, boundaries)) {
        // Values of one row share the list, and need not be compared again.
        shape.boundaries = boundaries;
        return shape;
      }
    const shape = { boundaries, counts: undefined, cohorts: new Map() };
    this.#shapes.push(shape);
    return shape;
  }

  /** Once, after the last was added: nothing is copied. */
  read(): Signal {
    const numeric = this.#boundaries && this.#shapeOf(this.#boundaries);
    const suppressed = new Set<string>();
    for (const [cohort, group] of this.#groups)
      if (group.isSuppressed) suppressed.add(cohort);
    return {
      newestStartMs: this.#newestStartMs,
      boundaries: this.#boundaries,
      counts: numeric?.counts,
      cohortCounts: numeric?.cohorts ?? new Map(),
      classes: this.#classes,
      cohortClasses: this.#cohortClasses,
      suppressed,
    };
  }
}

function addClass(
  classes: Map<string, number>,
  outputClass: string,
  sum: number,
): void {
  classes.set(outputClass, (classes.get(outputClass) ?? 0) + sum);
}

function addTo(sums: number[], counts: number[]): void {
  for (let i = 0; i < counts.length; i += 1) sums[i] += counts[i];
}

/** Reads the windows of many signals in a few statements. */
export class SignalReads implements SignalReader {
  readonly #db: Db;
  readonly #minimums: () => Promise<MinimumOf>;
  /** By stream, then by series. Equal labels are one object. */
  readonly #labels = new Map<number, Map<number, Label>>();
  #seriesKept = 0;
  readonly #shared = new Map<string, Label>();
  readonly #segments = new SegmentReader();

  constructor(deps: { db: Db; minimums: () => Promise<MinimumOf> }) {
    this.#db = deps.db;
    this.#minimums = deps.minimums;
  }

  async signals(
    questions: readonly SignalQuestion[],
    range: { fromMs: number; toMs: number },
  ): Promise<(Signal | undefined)[]> {
    if (questions.length === 0) return [];
    const minimumOf = await this.#minimums();
    const streams = await readStreams(
      this.#db,
      questions.map(({ subject }) => subject),
    );
    const sums = new Map<number, SignalSum[]>();
    const asked = questions.map(question => {
      const streamId = streams.get(streamName(question));
      if (streamId === undefined) return undefined;
      const sum = new SignalSum(question.byCohort, minimumOf);
      const same = sums.get(streamId);
      if (same) same.push(sum);
      else sums.set(streamId, [sum]);
      return sum;
    });
    if (sums.size > 0) await this.#addMinutes(sums, range);
    return asked.map(sum => sum?.read());
  }

  async #addMinutes(
    sums: ReadonlyMap<number, SignalSum[]>,
    range: { fromMs: number; toMs: number },
  ): Promise<void> {
    // What was never read is asked for ahead, so that no row has to be put by.
    const unread = [...sums.keys()].filter(id => !this.#labels.has(id));
    if (unread.length > 0) await this.#readLabels(unread);
    const unknown = new Set<number>();
    const later: MinuteRow[] = [];
    await eachMinute(this.#db, sums.keys(), range, row => {
      if (!this.#add(sums, row, unknown)) later.push(keptRow(row));
    });
    // Labels of a series that began since they were read are asked for once more.
    if (later.length === 0) return;
    await this.#readLabels([...unknown]);
    for (const row of later) this.#add(sums, row, unknown);
  }

  /** False where a label is not known yet; nothing was added then. */
  #add(
    sums: ReadonlyMap<number, SignalSum[]>,
    row: MinuteRow,
    unknown: Set<number>,
  ): boolean {
    const streamId = readBigint(row.stream_id);
    const labels = this.#labels.get(streamId);
    const ids = row.members
      ? readMembers(row.members)
      : [readBigint(row.series_id)];
    if (!labels || !ids.every(id => labels.has(id))) {
      unknown.add(streamId);
      return false;
    }
    const startMs = readBigint(row.start_ms);
    const ofStream = sums.get(streamId)!;
    const other = (id: number, value: WindowValue) => {
      for (const sum of ofStream) sum.add(labels.get(id)!, id, startMs, value);
    };
    if (!row.members) other(ids[0], decodeValue(row.kind!, row.value!));
    else
      this.#segments.each(row.segments!, ids, {
        histogram(id, histogram) {
          for (const sum of ofStream)
            sum.addHistogram(labels.get(id)!, id, startMs, histogram);
        },
        other,
      });
    return true;
  }

  async #readLabels(streamIds: number[]): Promise<void> {
    const rows = await readPrepared<SeriesLabelRow>(this.#db.knex, labelsRead, [
      streamIds,
    ]);
    for (const streamId of streamIds) {
      this.#seriesKept -= this.#labels.get(streamId)?.size ?? 0;
      this.#labels.delete(streamId);
      this.#labels.set(streamId, new Map());
    }
    for (const row of rows) {
      this.#labels
        .get(readBigint(row.stream_id))!
        .set(readBigint(row.series_id), this.#labelOf(row));
      this.#seriesKept += 1;
    }
    // The streams that were read longest ago make room; never those that were asked for now.
    for (const [streamId, labels] of this.#labels) {
      if (this.#seriesKept <= mostSeriesKept || streamIds.includes(streamId))
        break;
      this.#labels.delete(streamId);
      this.#seriesKept -= labels.size;
    }
  }

  #labelOf(row: SeriesLabelRow): Label {
    const name = `${row.cohort_ref}|${row.output_class}`;
    const known = this.#shared.get(name);
    if (known) return known;
    if (this.#shared.size > mostSeriesKept) this.#shared.clear();
    const label = {
      cohort: row.cohort_ref || undefined,
      outputClass: row.output_class || undefined,
    };
    this.#shared.set(name, label);
    return label;
  }
}
