import { Knex } from 'knex';
import { SloAnswers } from '../../slo';
import { TelemetryAnswers } from '../../telemetry';
import {
  digestA,
  digestB,
  minuteMs,
  openHouse,
  startMs,
} from '../../tests/__testUtils__/house';
import { OrderStore } from '../OrderStore';
import { RollbackService } from '../RollbackService';
import { RollbackWay } from '../types';

const versions = [
  {
    version: '6',
    digest: digestA,
    firstSeenMs: startMs - 100 * minuteMs,
    lastSeenMs: startMs - 20 * minuteMs,
  },
  {
    version: '7',
    digest: digestB,
    firstSeenMs: startMs - 20 * minuteMs,
    lastSeenMs: startMs,
  },
];

/** Telemetry as far as the room asks it: versions, and who serves now. */
const telemetry = {
  versions: async () => versions,
  versionBands: async () => ({
    state: 'ready' as const,
    source: 'embedded',
    fromMs: 0,
    toMs: 1,
    stepMs: minuteMs,
    leftOutCount: 0,
    bands: [
      {
        version: '7',
        digest: digestB,
        fromMs: 0,
        toMs: 1,
        count: 900,
        shareRatio: 0.9,
        shares: [0.9],
      },
      {
        version: '5',
        digest: undefined,
        fromMs: 0,
        toMs: 1,
        count: 100,
        shareRatio: 0.1,
        shares: [0.1],
      },
    ],
  }),
} as unknown as TelemetryAnswers;

/** Objectives that all say the same. */
export const sloSaying = (status: 'pass' | 'fail') =>
  ({
    objectives: async () => [
      {
        sloName: 'digit-api-latency',
        verdict: {
          status,
          reason: 'burning',
          facts: { evidenceId: '5' },
        },
      },
    ],
  } as unknown as SloAnswers);

/** The room on a real database and ledger, with the ways that orders may go. */
export async function openRollbacks(
  knex: Knex,
  ways: RollbackWay[],
  change: { slo?: SloAnswers; telemetry?: TelemetryAnswers } = {},
) {
  const house = await openHouse(knex);
  const store = new OrderStore(house.db);
  const rollback = new RollbackService({
    ...house,
    telemetry: change.telemetry ?? telemetry,
    slo: change.slo ?? sloSaying('fail'),
    store,
    ways,
  });
  return { house, store, rollback };
}

/** What a caller orders, unless a test says otherwise. */
export const body = {
  fromVersion: '7',
  toVersion: '6',
  reason: 'Latency burns since version 7',
  requestId: 'req_1',
};
