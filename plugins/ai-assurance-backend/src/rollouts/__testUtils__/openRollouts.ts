import { mockCredentials } from '@backstage/backend-test-utils';
import { Knex } from 'knex';
import request from 'supertest';
import {
  digestA,
  edgeModel,
  minuteMs,
  openHouse,
  serve,
} from '../../tests/__testUtils__/house';
import { createTelemetry, METRICS } from '../../telemetry';
import { createRollouts, RolloutDeps } from '../createRollouts';

export interface Report {
  deviceClass: string;
  version: string;
  digest: string;
  sessions: number;
  crashed?: number;
  loads?: number;
  failed?: number;
  /** Inferences of 10 ms; where they are told nothing else is. */
  inferences?: number;
  atMs?: number;
}

/** One export of one device, as OTLP JSON. */
function exportOf(report: Report, atMs: number): object {
  const text = (key: string, stringValue: string) => ({
    key,
    value: { stringValue },
  });
  const sum = (name: string, counts: Record<string, number>) => ({
    name,
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: Object.entries(counts).map(([outcome, asInt]) => ({
        timeUnixNano: `${atMs}000000`,
        asInt: String(asInt),
        attributes: [text('ai_assurance.outcome', outcome)],
      })),
    },
  });
  const { sessions, crashed = 0, loads = sessions, failed = 0 } = report;
  return {
    resource: {
      attributes: [
        text('ai_assurance.subject', edgeModel),
        text('ai_assurance.model.version', report.version),
        text('ai_assurance.model.digest', report.digest),
        text('ai_assurance.device.class', report.deviceClass),
      ],
    },
    scopeMetrics: [
      {
        metrics:
          report.inferences === undefined
            ? [
                sum(METRICS.sessions, { ok: sessions - crashed, crashed }),
                sum(METRICS.loadAttempts, { ok: loads - failed, failed }),
              ]
            : [
                {
                  name: METRICS.inferenceDuration,
                  unit: 's',
                  histogram: {
                    aggregationTemporality: 1,
                    dataPoints: [
                      {
                        startTimeUnixNano: `${atMs - 30_000}000000`,
                        timeUnixNano: `${atMs}000000`,
                        count: String(report.inferences),
                        sum: report.inferences * 0.01,
                        explicitBounds: [0.1],
                        bucketCounts: [String(report.inferences), '0'],
                      },
                    ],
                  },
                },
              ],
      },
    ],
  };
}

/** The room on a real database with telemetry of its own; `deps` stand in for rooms below. */
export async function openRollouts(
  knex: Knex,
  deps: Pick<Partial<RolloutDeps>, 'slo'> = {},
) {
  const house = await openHouse(knex);
  const telemetry = createTelemetry(house);
  const rollouts = createRollouts({
    ...house,
    ...deps,
    telemetry: telemetry.answers,
  });
  const { server } = await serve([telemetry], {
    'user:default/mira': ['ai-assurance.telemetry.write'],
  });
  const send = async (...reports: Report[]) => {
    const resourceMetrics = reports.map(report =>
      exportOf(report, report.atMs ?? house.clock.nowMs() - minuteMs),
    );
    const answer = await request(server)
      .post('/api/ai-assurance/otlp/v1/metrics')
      .set('authorization', mockCredentials.user.header('user:default/mira'))
      .send({ resourceMetrics });
    expect([answer.status, answer.body]).toEqual([200, {}]);
  };
  return {
    house,
    rollouts,
    telemetry,
    send,
    observe: () => rollouts.tasks[0].run(),
  };
}

/** Reports of low-end phones. */
export const low = (
  sessions: number,
  change: Partial<Report> = {},
): Report => ({
  ...{
    deviceClass: 'low-end',
    version: '1',
    digest: digestA,
    sessions,
    ...change,
  },
});
/** Reports of flagships. */
export const high = (sessions: number, change: Partial<Report> = {}) =>
  low(sessions, { deviceClass: 'flagship', ...change });
