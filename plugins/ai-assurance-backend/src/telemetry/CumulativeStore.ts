import { insertRows, readBigint, Tx } from '../platform';
import { inChunks } from './inChunks';
import { CumulativePoint, FoldedWindow } from './core/fold';
import { RefusalReason } from './core/refusal';
import { advance, CumulativeState, weighted } from './core/toDelta';
import { decodeValue, encodeValue } from './core/windowValue';
import { CumulativeRow } from './tables';

/** A cumulative point whose stream is named by its salted hash. */
export interface HashedPoint extends Omit<CumulativePoint, 'identity'> {
  identityHash: string;
}

/** What a point of a batch added, or why it was refused; neither when it changed nothing. */
export interface Added<Batch> {
  batch: Batch;
  point: HashedPoint;
  window?: FoldedWindow;
  refused?: RefusalReason;
}

/**
 * Keeps how far each cumulative stream has been counted, so that a restart or another replica goes on from there. The caller
 * MUST hold the rows of the streams (metric of a subject) that the points belong to.
 */
export class CumulativeStore {
  readonly #maxStreams: number;

  constructor(options: { maxStreams: number }) {
    this.#maxStreams = options.maxStreams;
  }

  /** Turns points into what they add, in the order of their times, and remembers how far each stream is. */
  async advance<Batch extends { receivedAtMs: number }>(
    tx: Tx,
    points: { batch: Batch; point: HashedPoint; streamId: number }[],
  ): Promise<Added<Batch>[]> {
    if (points.length === 0) return [];
    const known = await this.#read(tx, points);
    const room = await this.#room(tx, points, known);
    const changed = new Map<
      string,
      { streamId: number; state: CumulativeState; seenAtMs: number }
    >();
    const ordered = [...points].sort(
      (a, b) => a.point.state.timeMs - b.point.state.timeMs,
    );
    const added = ordered.map(({ batch, point, streamId }): Added<Batch> => {
      const { identityHash } = point;
      const before =
        changed.get(identityHash)?.state ?? known.get(identityHash);
      if (!before) {
        const left = room.get(streamId) ?? 0;
        if (left <= 0) return { batch, point, refused: 'too-many-streams' };
      }
      const step = advance(before, point.state);
      if (step.became === 'refused')
        return { batch, point, refused: step.reason };
      if (step.became === 'unchanged') return { batch, point };
      if (!before) room.set(streamId, room.get(streamId)! - 1);
      changed.set(identityHash, {
        streamId,
        state: step.state,
        seenAtMs: batch.receivedAtMs,
      });
      if (step.became === 'baseline') return { batch, point };
      const value = weighted(step.delta, point.weight);
      if (point.device) {
        const { day, hash } = point.device;
        value.devices = [{ day, hashes: [hash] }];
      }
      return { batch, point, window: { ...point.window, value } };
    });
    await insertRows(
      tx,
      'telemetry_cumulative',
      [...changed].map(([identity, { streamId, state, seenAtMs }]) => ({
        identity,
        stream_id: streamId,
        counted_from_ms: state.startMs,
        counted_to_ms: state.timeMs,
        kind: state.value.kind,
        value: encodeValue(state.value),
        seen_at_ms: seenAtMs,
      })),
      `ON CONFLICT (identity) DO UPDATE SET counted_from_ms = excluded.counted_from_ms, counted_to_ms = excluded.counted_to_ms,
        kind = excluded.kind, value = excluded.value, seen_at_ms = excluded.seen_at_ms`,
    );
    return added;
  }

  async #read(
    tx: Tx,
    points: { point: HashedPoint }[],
  ): Promise<Map<string, CumulativeState>> {
    const identities = [
      ...new Set(points.map(({ point }) => point.identityHash)),
    ];
    const known = new Map<string, CumulativeState>();
    await inChunks(identities, async chunk => {
      const rows: CumulativeRow[] = await tx('telemetry_cumulative')
        .select('telemetry_cumulative.*')
        .whereIn('telemetry_cumulative.identity', chunk);
      for (const row of rows) {
        known.set(row.identity, {
          startMs: readBigint(row.counted_from_ms),
          timeMs: readBigint(row.counted_to_ms),
          value: decodeValue(row.kind, row.value),
        });
      }
    });
    return known;
  }

  /** How many more cumulative streams each metric may have, of those that new ones would join. */
  async #room(
    tx: Tx,
    points: { point: HashedPoint; streamId: number }[],
    known: Map<string, CumulativeState>,
  ): Promise<Map<number, number>> {
    const streamIds = [
      ...new Set(
        points
          .filter(({ point }) => !known.has(point.identityHash))
          .map(({ streamId }) => streamId),
      ),
    ];
    const room = new Map(streamIds.map(id => [id, this.#maxStreams]));
    await inChunks(streamIds, async chunk => {
      const rows: { stream_id: unknown; streams: unknown }[] = await tx(
        'telemetry_cumulative',
      )
        .whereIn('telemetry_cumulative.stream_id', chunk)
        .groupBy('telemetry_cumulative.stream_id')
        .select('telemetry_cumulative.stream_id')
        .count({ streams: '*' });
      for (const row of rows) {
        room.set(
          readBigint(row.stream_id),
          this.#maxStreams - readBigint(row.streams),
        );
      }
    });
    return room;
  }
}
