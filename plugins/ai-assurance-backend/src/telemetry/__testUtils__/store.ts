import {
  mockServices,
  TestDatabases,
  TestDatabaseId,
} from '@backstage/backend-test-utils';
import { openDatabase } from '../../platform';
import { EMPTY_EXPONENTIAL } from '../core/exponential';
import { FoldedWindow } from '../core/fold';
import { RefusalCounter, RefusalReason } from '../core/refusal';
import { TelemetryReads } from '../TelemetryReads';
import { FoldedBatch, TelemetryStore } from '../TelemetryStore';
import { METRICS } from '../types';

export const nowMs = 1_700_000_040_000; // a whole minute
export const subject = 'resource:default/reader';
export const phones = 'resource:default/phones';
export const digest = `sha256:${'a'.repeat(64)}`;

export const window = (over: Partial<FoldedWindow> = {}): FoldedWindow => ({
  subject,
  metric: METRICS.sessions,
  startMs: nowMs,
  version: '1',
  digest,
  cohort: phones,
  outcome: 'ok',
  outputClass: undefined,
  shape: '',
  value: { kind: 'sum', sum: 1 },
  ...over,
});
export const explicit = (
  counts: number[],
  boundaries: number[],
  over: Partial<FoldedWindow> = {},
): FoldedWindow => {
  const count = counts.reduce((a, b) => a + b, 0);
  return window({
    metric: METRICS.confidence,
    shape: boundaries.join(','),
    value: {
      kind: 'explicit',
      explicit: { boundaries, counts, count, sum: count / 2 },
    },
    ...over,
  });
};
export const latency = (
  count: number,
  offset: number,
  over: Partial<FoldedWindow> = {},
): FoldedWindow =>
  window({
    metric: METRICS.inferenceDuration,
    value: {
      kind: 'exponential',
      exponential: {
        ...EMPTY_EXPONENTIAL,
        scale: 0,
        positiveOffset: offset,
        positiveCounts: [count],
        count,
        sum: count,
      },
    },
    ...over,
  });

let batchNumber = 0;
export const batch = (
  windows: FoldedWindow[],
  over: Partial<FoldedBatch> = {},
): FoldedBatch => {
  batchNumber += 1;
  return {
    digest: `batch-${batchNumber}`,
    receivedAtMs: nowMs + 5,
    keyHash: undefined,
    windows,
    cumulative: [],
    pointCount: windows.length,
    refusals: new RefusalCounter(),
    ...over,
  };
};

/** A store on an empty database of the given kind, with its reads. */
export async function setUpStore(
  databases: TestDatabases,
  id: TestDatabaseId,
  maxSegments = 500,
) {
  const knex = await databases.init(id);
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const store = new TelemetryStore({
    maxSegments,
    maxCumulativeStreams: 3,
  });
  const record = async (
    windows: FoldedWindow[],
    over: Partial<FoldedBatch> = {},
  ) => {
    const [outcome] = await db.transaction(tx =>
      store.record(tx, [batch(windows, over)]),
    );
    return outcome;
  };
  const range = { subject, fromMs: nowMs, toMs: nowMs + 60_000 };
  return { db, store, record, reads: new TelemetryReads({ db }), range };
}

/** Refusals of these reasons, so many of each. */
export function refused(
  counts: Partial<Record<RefusalReason, number>>,
): RefusalCounter {
  const counter = new RefusalCounter();
  for (const [reason, count] of Object.entries(counts))
    counter.add(reason as RefusalReason, count, 'metric "a"');
  return counter;
}
