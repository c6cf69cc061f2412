import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { eachSegment, readMembers } from './core/levels/segments';
import { WindowList } from './core/readWindow';
import { decodeValue, WindowValue } from './core/windowValue';
import { LevelReads } from './LevelReads';
import { MinuteRow, readMinutes, readStreams, streamName } from './minuteRows';
import { Window, WindowsQuestion } from './types';

const mostStreamsKept = 100_000;

const firstRead: PreparedRead = {
  sqlite: `SELECT (SELECT min(l.start_ms) FROM telemetry_level l WHERE l.stream_id = ?1 AND l.level = 0) AS moved_ms,
      (SELECT min(w.start_ms) FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
        WHERE s.stream_id = ?1) AS waiting_ms`,
  postgres: `SELECT (SELECT min(l.start_ms) FROM telemetry_level l WHERE l.stream_id = $1 AND l.level = 0) AS moved_ms,
      (SELECT min(w.start_ms) FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
        WHERE s.stream_id = $1) AS waiting_ms`,
};

/** Reads the minutes of many streams in one statement. */
export class MinuteReads {
  readonly #db: Db;
  readonly #levels: LevelReads;
  /** Streams never change their id. */
  readonly #streams = new Map<string, number>();

  constructor(deps: { db: Db; levels: LevelReads }) {
    this.#db = deps.db;
    this.#levels = deps.levels;
  }

  /** Hands on the windows of each question, one after the other; of what was never reported, none. */
  async each<Q extends WindowsQuestion>(
    questions: readonly Q[],
    range: { fromMs: number; toMs: number },
    use: (question: Q, windows: Window[]) => void,
  ): Promise<void> {
    const streams = await this.#streamsOf(questions);
    const rows = await readMinutes(
      this.#db,
      streams.filter(id => id !== undefined),
      range,
    );
    const byStream = new Map<number, MinuteRow[]>();
    for (const row of rows) {
      const streamId = readBigint(row.stream_id);
      const known = byStream.get(streamId);
      if (known) known.push(row);
      else byStream.set(streamId, [row]);
    }
    for (const [i, question] of questions.entries()) {
      const streamId = streams[i];
      use(
        question,
        streamId === undefined
          ? []
          : await this.#windowsOf(streamId, byStream.get(streamId) ?? []),
      );
    }
  }

  /** Start of the oldest window that is kept; `undefined` where there is none. */
  async firstStartMs(question: WindowsQuestion): Promise<number | undefined> {
    const [streamId] = await this.#streamsOf([question]);
    if (streamId === undefined) return undefined;
    const [row] = await readPrepared<{
      moved_ms: unknown;
      waiting_ms: unknown;
    }>(this.#db.knex, firstRead, [streamId]);
    const starts = [row.moved_ms, row.waiting_ms].flatMap(ms =>
      ms === null ? [] : [readBigint(ms)],
    );
    return starts.length > 0 ? Math.min(...starts) : undefined;
  }

  async #windowsOf(streamId: number, rows: MinuteRow[]): Promise<Window[]> {
    const labels = await this.#levels.labelsOf(
      streamId,
      new Set(
        rows.flatMap(row =>
          row.members ? readMembers(row.members) : [readBigint(row.series_id)],
        ),
      ),
    );
    const list = new WindowList();
    const add = (seriesId: number, startMs: number, value: WindowValue) => {
      const { kind, lastStartMs, ...segment } = labels.get(seriesId)!;
      list.add(seriesId, { ...segment, startMs, value });
    };
    for (const {
      start_ms,
      members,
      segments,
      series_id,
      kind,
      value,
    } of rows) {
      const startMs = readBigint(start_ms);
      if (members)
        eachSegment(
          { members, segments: segments! },
          seriesId => labels.has(seriesId),
          (seriesId, read) => add(seriesId, startMs, read),
        );
      else add(readBigint(series_id), startMs, decodeValue(kind!, value!));
    }
    return list.windows();
  }

  async #streamsOf(
    questions: readonly WindowsQuestion[],
  ): Promise<(number | undefined)[]> {
    const known = this.#streams;
    let asked = questions.filter(question => !known.has(streamName(question)));
    if (asked.length > 0) {
      if (known.size + asked.length > mostStreamsKept) {
        // What is forgotten is asked for again, or it would look like what was never reported.
        known.clear();
        asked = [...questions];
      }
      const read = await readStreams(
        this.#db,
        asked.map(({ subject }) => subject),
      );
      for (const [name, streamId] of read) known.set(name, streamId);
    }
    return questions.map(question => known.get(streamName(question)));
  }
}
