import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { DeviceCount } from './core/devices';
import { sameNumbers } from './core/explicit';
import { eachSegment } from './core/levels/segments';
import { decodeValue, WindowValue } from './core/windowValue';
import { MinuteRow, readMinutes, readStreams, streamName } from './minuteRows';
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
  readonly #devices = new DeviceCount();
  /** No need to look on: there are enough, or a window is of no devices at all. */
  #isClear = false;

  constructor(minimum: number) {
    this.#minimum = minimum;
  }

  add({ devices }: WindowValue): void {
    if (this.#isClear) return;
    if (!devices) {
      this.#isClear = true;
      return;
    }
    this.#devices.add(devices);
    this.#isClear = (this.#devices.count ?? 0) >= this.#minimum;
  }

  get isSuppressed(): boolean {
    return !this.#isClear;
  }
}

const ofCohorts = <T>(all: Map<string, T> | undefined): [string, T][] =>
  [...(all ?? [])].filter(([key]) => key !== '');

/** Adds up the windows of one signal, in any order. */
class SignalSum {
  readonly #byCohort: boolean;
  readonly #minimumOf: MinimumOf;
  /** Of the newest window with a histogram; those with others are left out. */
  #boundaries: number[] | undefined;
  #newest = { startMs: -1, seriesId: -1 };
  #newestStartMs: number | undefined;
  /** Histograms by their boundaries; one list of them is the rule. */
  readonly #shapes: { boundaries: number[]; counted: Map<string, number[]> }[] =
    [];
  readonly #classes = new Map<string, Map<string, number>>();
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
    if (this.#newestStartMs === undefined || startMs > this.#newestStartMs)
      this.#newestStartMs = startMs;
    const cohort = this.#byCohort ? label.cohort : undefined;
    if (cohort !== undefined) {
      let group = this.#groups.get(cohort);
      if (!group) {
        group = new GroupCheck(this.#minimumOf(cohort));
        this.#groups.set(cohort, group);
      }
      group.add(value);
    }
    if (value.kind === 'explicit')
      this.#addHistogram(value.explicit, cohort, seriesId, startMs);
    else if (value.kind === 'sum' && label.outputClass !== undefined)
      for (const key of cohort === undefined ? [''] : ['', cohort]) {
        let classes = this.#classes.get(key);
        if (!classes) this.#classes.set(key, (classes = new Map()));
        classes.set(
          label.outputClass,
          (classes.get(label.outputClass) ?? 0) + value.sum,
        );
      }
  }

  #addHistogram(
    histogram: { boundaries: number[]; counts: number[] },
    cohort: string | undefined,
    seriesId: number,
    startMs: number,
  ): void {
    const { boundaries, counts } = histogram;
    if (
      startMs > this.#newest.startMs ||
      (startMs === this.#newest.startMs && seriesId >= this.#newest.seriesId)
    ) {
      this.#newest = { startMs, seriesId };
      this.#boundaries = boundaries;
    }
    const { counted } = this.#shapeOf(boundaries);
    addTo(counted, '', counts);
    if (cohort !== undefined) addTo(counted, cohort, counts);
  }

  #shapeOf(boundaries: number[]) {
    let shape = this.#shapes.find(one =>
      sameNumbers(one.boundaries, boundaries),
    );
    if (!shape) {
      shape = { boundaries, counted: new Map() };
      this.#shapes.push(shape);
    }
    // Values of one row share the list, and need not be compared again.
    shape.boundaries = boundaries;
    return shape;
  }

  read(): Signal {
    const numeric = this.#boundaries && this.#shapeOf(this.#boundaries).counted;
    return {
      newestStartMs: this.#newestStartMs,
      boundaries: this.#boundaries,
      counts: numeric?.get(''),
      cohortCounts: new Map(ofCohorts(numeric)),
      classes: this.#classes.get('') ?? new Map(),
      cohortClasses: new Map(ofCohorts(this.#classes)),
      suppressed: new Set(
        [...this.#groups]
          .filter(([, group]) => group.isSuppressed)
          .map(([cohort]) => cohort),
      ),
    };
  }
}

function addTo(
  sums: Map<string, number[]>,
  key: string,
  counts: number[],
): void {
  const known = sums.get(key);
  if (!known) {
    sums.set(key, counts.slice());
    return;
  }
  for (let i = 0; i < counts.length; i += 1) known[i] += counts[i];
}

/** Reads the windows of many signals in a few statements. */
export class SignalReads implements SignalReader {
  readonly #db: Db;
  readonly #minimums: () => Promise<MinimumOf>;
  /** By stream, then by series. Equal labels are one object. */
  readonly #labels = new Map<number, Map<number, Label>>();
  #seriesKept = 0;
  readonly #shared = new Map<string, Label>();

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
    const rows = await readMinutes(this.#db, sums.keys(), range);
    const unknown = new Set<number>();
    // Labels of a series that began since they were read are asked for once more.
    const later = rows.filter(row => !this.#add(sums, row, unknown));
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
    if (!labels) {
      unknown.add(streamId);
      return false;
    }
    const startMs = readBigint(row.start_ms);
    const values: [number, Label, WindowValue][] = [];
    let isKnown = true;
    const take = (seriesId: number, valueOf: () => WindowValue) => {
      const label = labels.get(seriesId);
      if (label) values.push([seriesId, label, valueOf()]);
      else isKnown = false;
    };
    if (row.value !== null)
      take(readBigint(row.series_id), () => decodeValue(row.kind!, row.value!));
    else
      eachSegment(
        { members: row.members!, segments: row.segments! },
        () => true,
        (seriesId, value) => take(seriesId, () => value),
      );
    if (!isKnown) {
      unknown.add(streamId);
      return false;
    }
    for (const sum of sums.get(streamId)!)
      for (const [seriesId, label, value] of values)
        sum.add(label, seriesId, startMs, value);
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
