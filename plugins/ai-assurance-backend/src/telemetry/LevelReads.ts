import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { Piece, Span, SPAN_CODES, SPAN_MS, SPANS } from './core/levels/level';
import { decodeValue, WindowValue } from './core/windowValue';
import { SeriesRow } from './tables';

/** Rows of minutes fetched at once: memory does not grow with the range. */
const maxMinutesAtOnce = 360;
const maxStreamsKept = 2000;

/** What a segment is called. */
export interface SegmentLabels {
  kind: string;
  version: string;
  digest: string | undefined;
  cohort: string | undefined;
  environment: string | undefined;
  outcome: 'ok' | 'error';
  outputClass: string | undefined;
  lastStartMs: number;
}

/** Columns of a level’s row that a reader can ask for. */
export type LevelColumn =
  | 'members'
  | 'headline'
  | 'total'
  | 'versions'
  | 'cohorts'
  | 'segments';

/** A row of a level, with the columns that were asked for; others are `undefined`. */
export interface ReadRow {
  level: Span;
  startMs: number;
  members: Uint8Array | undefined;
  headline: Uint8Array | undefined;
  total: Uint8Array | undefined;
  versions: Uint8Array | undefined;
  cohorts: Uint8Array | undefined;
  segments: Uint8Array | undefined;
}

/** A window that has not been moved into the levels yet. */
export interface ReadWindowRow {
  seriesId: number;
  startMs: number;
  outcome: 'ok' | 'error';
  value: WindowValue;
}

interface UnionRow {
  level: number;
  start_ms: unknown;
  series_id: unknown;
  kind: string | null;
  outcome: string | null;
  members: Uint8Array | null;
  headline: Uint8Array | null;
  total: Uint8Array | null;
  versions: Uint8Array | null;
  cohorts: Uint8Array | null;
  segments: Uint8Array | null;
}

const spanByCode = new Map(SPANS.map(span => [SPAN_CODES[span], span]));

const levelColumns: readonly LevelColumn[] = [
  'members',
  'headline',
  'total',
  'versions',
  'cohorts',
  'segments',
];

/** The statements of this process. A chart has at most eleven pieces, and few sets of columns are ever asked for. */
const unionReads = new Map<string, PreparedRead>();

/** Rows of levels and windows that are still to be moved, for pieces with these columns; see {@link LevelReads.read}. */
function unionRead(columnsOf: LevelColumn[][]): PreparedRead {
  const asked = columnsOf.map(columns =>
    levelColumns.map(
      name =>
        columns.includes(name) ||
        (name === 'members' && columns.includes('segments')),
    ),
  );
  const shape = asked.map(columns => columns.map(Number).join('')).join('-');
  let read = unionReads.get(shape);
  if (!read) {
    read = {
      name: `ai-assurance-levels-${shape}`,
      postgres: unionText(asked, 'CAST(NULL AS bytea)', number => `$${number}`),
      sqlite: unionText(asked, 'NULL', () => '?'),
    };
    unionReads.set(shape, read);
  }
  return read;
}

function unionText(
  asked: boolean[][],
  nothing: string,
  place: (number: number) => string,
): string {
  let count = 0;
  const next = () => place((count += 1));
  const arms = asked.map(
    columns =>
      `SELECT l.level, l.start_ms, CAST(NULL AS bigint) AS series_id, CAST(NULL AS varchar) AS kind,
        CAST(NULL AS varchar) AS outcome, ${levelColumns
          .map((name, i) =>
            columns[i] ? `l.${name}` : `${nothing} AS ${name}`,
          )
          .join(', ')}
        FROM telemetry_level l
        WHERE l.stream_id = ${next()} AND l.level = ${next()} AND l.start_ms >= ${next()} AND l.start_ms < ${next()}`,
  );
  const value =
    nothing === 'NULL'
      ? 'CAST(w.value AS BLOB)'
      : `convert_to(w.value, 'UTF8')`;
  return `${arms.join('\nUNION ALL\n')}
      UNION ALL
      SELECT -1, w.start_ms, s.series_id, s.kind, s.outcome, ${`${nothing}, `.repeat(
        5,
      )}${value}
        FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
        WHERE s.stream_id = ${next()} AND w.start_ms >= ${next()} AND w.start_ms < ${next()}`;
}

/** Reads rows of levels and the windows that are on their way into them. */
export class LevelReads {
  readonly #db: Db;
  /** Streams never change their id, and series never their labels. */
  readonly #streams = new Map<string, number>();
  readonly #labels = new Map<number, Map<number, SegmentLabels>>();

  constructor(deps: { db: Db }) {
    this.#db = deps.db;
  }

  /** The stream of a metric of a subject; `undefined` while it has none. */
  async streamOf(subject: string, metric: string): Promise<number | undefined> {
    const key = `${subject}|${metric}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const row: { stream_id: unknown } | undefined = await this.#db
      .knex('telemetry_stream')
      .select('telemetry_stream.stream_id')
      .where({ subject_ref: subject, metric })
      .first();
    if (!row) return undefined;
    const streamId = readBigint(row.stream_id);
    keep(this.#streams, key, streamId);
    return streamId;
  }

  /** All streams of a subject. */
  async streamsOf(subject: string): Promise<number[]> {
    const rows: { stream_id: unknown }[] = await this.#db
      .knex('telemetry_stream')
      .select('telemetry_stream.stream_id')
      .where({ subject_ref: subject });
    return rows.map(row => readBigint(row.stream_id));
  }

  /** Labels of the series of a stream, read anew when `needed` has one that is not known yet. */
  async labelsOf(
    streamId: number,
    needed: Iterable<number>,
  ): Promise<Map<number, SegmentLabels>> {
    const known = this.#labels.get(streamId);
    if (known && [...needed].every(id => known.has(id))) return known;
    const labels = await this.freshLabelsOf(streamId);
    keep(this.#labels, streamId, labels);
    return labels;
  }

  async freshLabelsOf(streamId: number): Promise<Map<number, SegmentLabels>> {
    const rows: SeriesRow[] = await this.#db
      .knex('telemetry_series')
      .select('telemetry_series.*')
      .where('telemetry_series.stream_id', streamId);
    return new Map(
      rows.map(row => [
        readBigint(row.series_id),
        {
          kind: row.kind,
          version: row.version,
          digest: row.digest || undefined,
          cohort: row.cohort_ref || undefined,
          environment: row.environment || undefined,
          outcome: row.outcome as 'ok' | 'error',
          outputClass: row.output_class || undefined,
          lastStartMs: readBigint(row.last_start_ms),
        },
      ]),
    );
  }

  /**
   * The rows of the pieces and the windows that are still to be moved, in one statement: a window that is moved meanwhile is
   * in one of them, and only there.
   */
  async read(
    streamId: number,
    pieces: { piece: Piece; columns: LevelColumn[] }[],
  ): Promise<{ rows: ReadRow[]; windows: ReadWindowRow[] }> {
    if (pieces.length === 0) return { rows: [], windows: [] };
    const values = pieces.flatMap(({ piece }) => [
      streamId,
      SPAN_CODES[piece.level],
      piece.fromMs,
      piece.toMs,
    ]);
    values.push(
      streamId,
      pieces[0].piece.fromMs,
      pieces[pieces.length - 1].piece.toMs,
    );
    const rows = await readPrepared<UnionRow>(
      this.#db.knex,
      unionRead(pieces.map(({ columns }) => columns)),
      values,
    );
    const read: ReadRow[] = [];
    const windows: ReadWindowRow[] = [];
    for (const row of rows) {
      if (row.level >= 0) {
        read.push({
          level: spanByCode.get(row.level)!,
          startMs: readBigint(row.start_ms),
          members: row.members ?? undefined,
          headline: row.headline ?? undefined,
          total: row.total ?? undefined,
          versions: row.versions ?? undefined,
          cohorts: row.cohorts ?? undefined,
          segments: row.segments ?? undefined,
        });
        continue;
      }
      windows.push({
        seriesId: readBigint(row.series_id),
        startMs: readBigint(row.start_ms),
        outcome: row.outcome as 'ok' | 'error',
        value: decodeValue(
          row.kind!,
          Buffer.from(row.segments!).toString('utf8'),
        ),
      });
    }
    return { rows: read, windows };
  }

  /** Reads pieces one after the other, long stretches of minutes in parts. */
  async eachRead(
    streamId: number,
    pieces: Piece[],
    columns: LevelColumn[],
    use: (read: { rows: ReadRow[]; windows: ReadWindowRow[] }) => Promise<void>,
  ): Promise<void> {
    const parts = pieces.flatMap(piece => {
      if (piece.level !== 'minute') return [piece];
      const partMs = maxMinutesAtOnce * SPAN_MS.minute;
      const cut: Piece[] = [];
      for (let fromMs = piece.fromMs; fromMs < piece.toMs; fromMs += partMs)
        cut.push({
          level: 'minute',
          fromMs,
          toMs: Math.min(fromMs + partMs, piece.toMs),
        });
      return cut;
    });
    // Short reads go in one statement.
    if (parts.length <= 5) {
      await use(
        await this.read(
          streamId,
          parts.map(piece => ({ piece, columns })),
        ),
      );
      return;
    }
    for (const piece of parts)
      await use(await this.read(streamId, [{ piece, columns }]));
  }
}

/** Keeps an answer; the oldest makes room. */
function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maxStreamsKept) map.delete(oldest);
}
