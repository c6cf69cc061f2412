import { Clock, Db, readBigint } from '../platform';
import { DeviceGroups } from './core/deviceGroups';
import { DeviceCount } from './core/devices';
import { WINDOW_MS } from './core/fold';
import { HistogramSum } from './core/histogramSum';
import { MAX_POINTS, ReadWindow, SegmentTable } from './core/latency';
import {
  LEVEL_MS,
  LEVELS,
  SPAN_MS,
  Piece,
  piecesOf,
} from './core/levels/level';
import { eachSegment, readMembers } from './core/levels/segments';
import { OVERFLOW_VERSION } from './core/overflow';
import { WindowList } from './core/readWindow';
import { LEAST_GROUP_SIZE } from './core/suppression';
import { WindowValue } from './core/windowValue';
import { LevelReads, SegmentLabels } from './LevelReads';
import { DURATION_METRICS } from './LevelStore';
import { MinuteReads } from './MinuteReads';
import { EMBEDDED, MinimumOf, SeriesReads } from './SeriesReads';
import { Retention } from './settings';
import { readTraffic } from './TrafficReads';
import {
  Level,
  METRICS,
  SeriesFilter,
  SeriesRange,
  TelemetryAnswers,
  Window,
  WindowsQuestion,
} from './types';

/** A read of one stream: which segments, and which minutes. */
type Narrowed = SeriesFilter & { outcome?: 'ok' | 'error' };

export interface TelemetryReadsDeps {
  db: Db;
  /** Both or neither: without them nothing is known to be past its retention. */
  clock?: Clock;
  retention?: Retention;
  /** How many devices groups of the cohorts must have, as known now. Default: five. */
  minimums?: () => Promise<MinimumOf>;
}

/** Reads of the telemetry room: of the levels and of what is on its way into them. */
export class TelemetryReads implements TelemetryAnswers {
  readonly #db: Db;
  readonly #levels: LevelReads;
  readonly #series: SeriesReads;
  readonly #minutes: MinuteReads;
  readonly #minimums: () => Promise<MinimumOf>;

  constructor(deps: TelemetryReadsDeps) {
    this.#db = deps.db;
    this.#levels = new LevelReads(deps);
    this.#series = new SeriesReads({ ...deps, levels: this.#levels });
    this.#minutes = new MinuteReads({ ...deps, levels: this.#levels });
    this.#minimums = deps.minimums ?? (async () => () => LEAST_GROUP_SIZE);
  }

  async series(
    subject: string,
    range: SeriesRange,
    options: { by?: 'version' | 'cohort'; cohort?: string } = {},
  ) {
    return this.#series.series(
      { subject, range, ...options },
      await this.#minimums(),
    );
  }

  async versionBands(subject: string, range: SeriesRange) {
    return this.#series.versionBands(subject, range);
  }

  async windows(filter: SeriesFilter): Promise<Window[]> {
    const list = new WindowList();
    await this.#each(filter, 'minute', (seriesId, window) =>
      list.add(seriesId, window),
    );
    return list.windows();
  }

  async windowsOfEach<Q extends WindowsQuestion>(
    questions: readonly Q[],
    range: { fromMs: number; toMs: number },
    use: (question: Q, windows: Window[]) => void,
  ): Promise<void> {
    return this.#minutes.each(questions, range, use);
  }

  async firstStartMs(question: WindowsQuestion) {
    return this.#minutes.firstStartMs(question);
  }

  async exponential(filter: Narrowed) {
    const sum = new HistogramSum();
    await this.#each(filter, 'day', (_, { startMs, value }) =>
      sum.add(startMs, value),
    );
    return sum.exponential();
  }

  async explicit(filter: SeriesFilter) {
    const sum = new HistogramSum();
    await this.#each(filter, 'day', (_, { startMs, value }) =>
      sum.add(startMs, value),
    );
    return sum.explicit();
  }

  async versions(subject: string, fromMs: number, toMs: number) {
    const byVersion = new Map<
      string,
      {
        version: string;
        digest: string | undefined;
        firstSeenMs: number;
        lastSeenMs: number;
      }
    >();
    for (const streamId of await this.#levels.streamsOf(subject)) {
      const labels = await this.#levels.freshLabelsOf(streamId);
      const wanted = new Map<string, SegmentLabels>();
      for (const one of labels.values()) {
        if (one.lastStartMs >= fromMs && one.version !== OVERFLOW_VERSION)
          wanted.set(`${one.version}|${one.digest ?? ''}`, one);
      }
      if (wanted.size === 0) continue;
      const nameOf = (seriesId: number) => {
        const one = labels.get(seriesId);
        return one && `${one.version}|${one.digest ?? ''}`;
      };
      const edges = await this.#edges(streamId, {
        fromMs,
        toMs,
        names: new Set(wanted.keys()),
        nameOf,
      });
      for (const [name, { firstMs, lastMs }] of edges) {
        const { version, digest } = wanted.get(name)!;
        const known = byVersion.get(name);
        byVersion.set(name, {
          version,
          digest,
          firstSeenMs: Math.min(known?.firstSeenMs ?? firstMs, firstMs),
          lastSeenMs: Math.max(known?.lastSeenMs ?? lastMs, lastMs),
        });
      }
    }
    return [...byVersion.values()].sort(
      (a, b) =>
        a.firstSeenMs - b.firstSeenMs || (a.version < b.version ? -1 : 1),
    );
  }

  async overflow(subject: string, fromMs: number, toMs: number) {
    const rows: { stream_id: unknown; metric: string }[] = await this.#db
      .knex('telemetry_series')
      .join(
        'telemetry_stream',
        'telemetry_stream.stream_id',
        'telemetry_series.stream_id',
      )
      .where('telemetry_stream.subject_ref', subject)
      .andWhere('telemetry_series.version', OVERFLOW_VERSION)
      .andWhere('telemetry_series.last_start_ms', '>=', fromMs)
      .orderBy('telemetry_stream.metric')
      .distinct('telemetry_series.stream_id', 'telemetry_stream.metric');
    const found = [];
    for (const { stream_id, metric } of rows) {
      const streamId = readBigint(stream_id);
      const labels = await this.#levels.freshLabelsOf(streamId);
      const edges = await this.#edges(streamId, {
        fromMs,
        toMs,
        names: new Set([OVERFLOW_VERSION]),
        nameOf: seriesId =>
          labels.get(seriesId)?.version === OVERFLOW_VERSION
            ? OVERFLOW_VERSION
            : undefined,
      });
      const edge = edges.get(OVERFLOW_VERSION);
      if (edge)
        found.push({
          metric,
          firstSeenMs: edge.firstMs,
          lastSeenMs: edge.lastMs,
        });
    }
    return found;
  }

  async latencyPoints(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ) {
    const answer = await this.#series.series(
      {
        subject,
        cohort,
        // One step may be cut at either end.
        range: { fromMs, toMs, stepMs: (toMs - fromMs) / (MAX_POINTS - 1) },
      },
      await this.#minimums(),
    );
    return answer.points.map(point => ({
      startMs: point.startMs,
      count: point.count ?? 0,
      errorCount: point.errorCount ?? 0,
      p50Ms: point.p50Ms,
      p95Ms: point.p95Ms,
      p99Ms: point.p99Ms,
    }));
  }

  async traffic(
    subjects: readonly string[],
    range: { fromMs: number; toMs: number },
  ) {
    return readTraffic(this.#db, subjects, range, await this.#minimums());
  }

  async breakdown(
    subject: string,
    range: { fromMs: number; toMs: number },
    cohort?: string,
  ) {
    return {
      state: 'ready' as const,
      source: EMBEDDED,
      rows: await this.segmentLatency(
        subject,
        range.fromMs,
        range.toMs,
        cohort,
      ),
    };
  }

  async groupOf(filter: SeriesFilter) {
    const devices = new DeviceCount();
    let isOpen = false;
    await this.#each(filter, 'day', (_, { value }) => {
      devices.add(value.devices);
      if (!value.devices) isOpen = true;
    });
    const minimum = (await this.#minimums())(filter.cohort ?? null);
    const deviceCount = isOpen ? undefined : devices.count;
    return {
      deviceCount,
      minimum,
      isSuppressed: deviceCount !== undefined && deviceCount < minimum,
    };
  }

  async groups(filter: SeriesFilter) {
    const groups = new DeviceGroups();
    await this.#each(filter, 'day', (_, window) => groups.add(window));
    return groups.groups(await this.#minimums());
  }

  async segmentLatency(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ) {
    const table = new SegmentTable();
    // The table begins with the whole minute that its range begins in.
    const range = {
      subject,
      fromMs: Math.floor(fromMs / WINDOW_MS) * WINDOW_MS,
      toMs,
      cohort,
    };
    for (const metric of DURATION_METRICS) {
      let isSeen = false;
      await this.#each({ ...range, metric }, 'day', (_, window) => {
        isSeen = true;
        table.addLatency(window);
      });
      if (isSeen) break;
    }
    await this.#each(
      { ...range, metric: METRICS.confidence },
      'day',
      (_, window) => table.addConfidence(window),
    );
    return table.rows(await this.#minimums());
  }

  async intake(sinceMs: number, asOfMs?: number) {
    const { knex } = this.#db;
    const intake = () => {
      const query = knex('telemetry_intake');
      // The bound on the key keeps the read short; the other leaves out a minute that went on after the instant.
      if (asOfMs !== undefined)
        query
          .where('telemetry_intake.start_ms', '<=', asOfMs)
          .andWhere('telemetry_intake.last_at_ms', '<=', asOfMs);
      return query;
    };
    const rows: { outcome: string; points: unknown }[] = await intake()
      .where(
        'telemetry_intake.start_ms',
        '>=',
        Math.floor(sinceMs / WINDOW_MS) * WINDOW_MS,
      )
      .groupBy('telemetry_intake.outcome')
      .select('telemetry_intake.outcome')
      .sum({ points: 'telemetry_intake.points' });
    // The newest minute holds the newest batch, so the key answers without a walk.
    const newest = await intake()
      .orderBy('telemetry_intake.start_ms', 'desc')
      .orderBy('telemetry_intake.last_at_ms', 'desc')
      .first();
    const pointsOf = (isWanted: (outcome: string) => boolean) =>
      rows
        .filter(row => isWanted(row.outcome))
        .reduce((sum, row) => sum + readBigint(row.points), 0);
    return {
      lastBatchAtMs: newest ? readBigint(newest.last_at_ms) : undefined,
      acceptedPoints: pointsOf(outcome => outcome === 'accepted'),
      refusedPoints: pointsOf(outcome => outcome !== 'accepted'),
    };
  }

  /** Hands on the values of the segments that are meant; their `startMs` is that of the row, at most `coarsest`. */
  async #each(
    filter: Narrowed,
    coarsest: Level,
    use: (seriesId: number, window: ReadWindow) => void,
  ): Promise<void> {
    const streamId = await this.#levels.streamOf(filter.subject, filter.metric);
    if (streamId === undefined) return;
    const pieces = piecesOf(filter.fromMs, filter.toMs, coarsest);
    await this.#levels.eachRead(
      streamId,
      pieces,
      ['segments'],
      async ({ rows, windows }) => {
        const labels = await this.#levels.labelsOf(streamId, [
          ...new Set(rows.flatMap(row => readMembers(row.members!))),
          ...windows.map(window => window.seriesId),
        ]);
        const give = (
          seriesId: number,
          startMs: number,
          value: WindowValue,
        ) => {
          const { version, digest, cohort, environment, outcome, outputClass } =
            labels.get(seriesId)!;
          use(seriesId, {
            version,
            digest,
            cohort,
            environment,
            outcome,
            outputClass,
            startMs,
            value,
          });
        };
        const isMeant = (seriesId: number) =>
          labels.has(seriesId) && isOf(labels.get(seriesId)!, filter);
        for (const { startMs, members, segments } of rows)
          eachSegment(
            { members: members!, segments: segments! },
            isMeant,
            (seriesId, value) => give(seriesId, startMs, value),
          );
        for (const { seriesId, startMs, value } of windows)
          if (isMeant(seriesId)) give(seriesId, startMs, value);
      },
    );
  }

  /** First and last minute in which each name has a segment, found from the coarsest rows down. */
  async #edges(
    streamId: number,
    input: {
      fromMs: number;
      toMs: number;
      names: ReadonlySet<string>;
      nameOf(seriesId: number): string | undefined;
    },
  ): Promise<Map<string, { firstMs: number; lastMs: number }>> {
    const { names, nameOf } = input;
    const seen = new Map<string, Piece[]>();
    const note = (name: string | undefined, piece: Piece) => {
      if (name === undefined || !names.has(name)) return;
      const known = seen.get(name) ?? [];
      known.push(piece);
      seen.set(name, known);
    };
    await this.#levels.eachRead(
      streamId,
      piecesOf(input.fromMs, input.toMs, 'day'),
      ['members'],
      async ({ rows, windows }) => {
        for (const { level, startMs, members } of rows) {
          const piece = {
            level,
            fromMs: startMs,
            toMs: startMs + SPAN_MS[level],
          };
          for (const name of new Set(readMembers(members!).map(nameOf)))
            note(name, piece);
        }
        for (const { seriesId, startMs } of windows)
          note(nameOf(seriesId), {
            level: 'minute',
            fromMs: startMs,
            toMs: startMs + LEVEL_MS.minute,
          });
      },
    );
    const edges = new Map<string, { firstMs: number; lastMs: number }>();
    for (const [name, found] of seen) {
      const sorted = found.sort((a, b) => a.fromMs - b.fromMs);
      const inner = (piece: Piece, pick: 'first' | 'last') =>
        this.#edgeWithin(streamId, piece, pick, id => nameOf(id) === name);
      edges.set(name, {
        firstMs: await inner(sorted[0], 'first'),
        lastMs: await inner(sorted[sorted.length - 1], 'last'),
      });
    }
    return edges;
  }

  /** The first or last minute of a row in which a member is meant; the edge of the row where finer rows are gone. */
  async #edgeWithin(
    streamId: number,
    piece: Piece,
    pick: 'first' | 'last',
    isMeant: (seriesId: number) => boolean,
  ): Promise<number> {
    const finer = LEVELS[LEVELS.indexOf(piece.level as Level) - 1];
    if (!finer) return piece.fromMs;
    const { rows } = await this.#levels.read(streamId, [
      { piece: { ...piece, level: finer }, columns: ['members'] },
    ]);
    const starts = rows
      .filter(row => readMembers(row.members!).some(isMeant))
      .map(row => row.startMs);
    if (starts.length === 0)
      return pick === 'first' ? piece.fromMs : piece.toMs - LEVEL_MS.minute;
    const startMs =
      pick === 'first' ? Math.min(...starts) : Math.max(...starts);
    return this.#edgeWithin(
      streamId,
      { level: finer, fromMs: startMs, toMs: startMs + LEVEL_MS[finer] },
      pick,
      isMeant,
    );
  }
}

function isOf(labels: SegmentLabels, filter: Narrowed): boolean {
  return (
    (filter.version === undefined || labels.version === filter.version) &&
    (filter.cohort === undefined ||
      labels.cohort === (filter.cohort ?? undefined)) &&
    (filter.outcome === undefined || labels.outcome === filter.outcome)
  );
}
