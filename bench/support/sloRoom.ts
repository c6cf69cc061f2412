// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { createLedger } from '../../plugins/ai-assurance-backend/src/ledger';
import {
  createOutbox,
  openDatabase,
  readBigint,
  systemChance,
  ulidIds,
} from '../../plugins/ai-assurance-backend/src/platform';
import { createSlo } from '../../plugins/ai-assurance-backend/src/slo';
import { CurrentObjectives } from '../../plugins/ai-assurance-backend/src/slo/CurrentObjectives';
import { SeriesStore } from '../../plugins/ai-assurance-backend/src/slo/SeriesStore';
import { createTelemetry } from '../../plugins/ai-assurance-backend/src/telemetry';
import { SubjectRecord } from '../../plugins/ai-assurance-backend/src/cohorts';
import {
  createAccess,
  createBinder,
} from '../../plugins/ai-assurance-backend/src/platform';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import express, { Router } from 'express';
import { Knex } from 'knex';
import { AddressInfo } from 'node:net';
import { newSigningKey } from './ledger';
import { oneTextReader } from './oneTextReader';

const metric = 'http.server.request.duration';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const refOf = (index: number) =>
  `component:default/service-${String(index).padStart(5, '0')}`;

function documentsOf(thresholds: number[]): string {
  return thresholds
    .flatMap(thresholdMs =>
      [28, 30].map(
        days => `apiVersion: openslo/v1
kind: SLO
metadata: { name: within-${thresholdMs}-over-${days} }
spec:
  service: service
  indicator:
    spec:
      ratioMetric:
        good: { metricSource: { type: ai-assurance, spec: { metric: ${metric}, thresholdMs: ${thresholdMs} } } }
        total: { metricSource: { type: ai-assurance, spec: { metric: ${metric} } } }
  timeWindow: [{ duration: ${days}d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.95 }]
`,
      ),
    )
    .join('---\n');
}

/** The room of objectives with telemetry, ledger and outbox, all real, on one database. */
export async function openSloRoom(
  knex: Knex,
  options: { subjectCount: number; thresholds: number[]; startMs: number },
) {
  const { subjectCount, thresholds } = options;
  let nowMs = options.startMs;
  const clock = { nowMs: () => nowMs };
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const logger = mockServices.rootLogger({ level: 'warn' });
  const config = mockServices.rootConfig({
    data: { aiAssurance: { ledger: { signingKey: newSigningKey() } } },
  });
  const outbox = createOutbox(db, clock);
  const records = Array.from(
    { length: subjectCount },
    (_, index): SubjectRecord => ({
      entityRef: refOf(index),
      kind: 'ai-service',
      title: `Service ${index}`,
      ownerRef: 'group:default/vision-team',
      tier: 1,
      riskTier: 'limited',
      annotations: {
        'ai-assurance.io/slo': `https://example.com/${index}/slo.yaml`,
      },
      location: 'url:https://example.com/catalog-info.yaml',
      spec: {},
      relations: {},
    }),
  );
  const byRef = new Map(records.map(record => [record.entityRef, record]));
  const subjects = {
    list: async () => records,
    get: async (ref: string) => byRef.get(ref),
    assign: async (attributes: Record<string, string>) => ({
      subjectRef: attributes['ai_assurance.subject'],
      cohortRef: undefined,
    }),
  };
  const text = documentsOf(thresholds);
  const urlReader = oneTextReader(text);
  const telemetry = createTelemetry({
    db,
    clock,
    chance: systemChance,
    logger,
    config,
    subjects,
  });
  const { ledger, answers: ledgerAnswers } = await createLedger({
    db,
    clock,
    chance: systemChance,
    outbox,
    config,
    logger,
  });
  const room = await createSlo({
    db,
    clock,
    ids: ulidIds(clock, systemChance),
    outbox,
    ledger,
    ledgerAnswers,
    logger,
    config,
    subjects,
    telemetry: telemetry.answers,
    urlReader,
    notifications: { send: async () => {} },
  });
  const router = Router();
  telemetry.registerRoutes(
    createBinder(
      router,
      mockServices.httpAuth({ pluginId: 'ai-assurance' }),
      clock,
    ),
    createAccess(mockServices.permissions()),
  );
  const series = new SeriesStore(db);

  /** One minute of a hundred requests of each subject, one of them slow, through the real receiver. */
  const push = async (startMs: number) => {
    const server = express().use(router).listen(0);
    try {
      const { port } = server.address() as AddressInfo;
      for (let from = 0; from < subjectCount; from += 100) {
        const together = records.slice(from, from + 100);
        const response = await fetch(
          `http://127.0.0.1:${port}/otlp/v1/metrics`,
          {
            method: 'POST',
            headers: {
              authorization: mockCredentials.service.header(),
              'content-type': 'application/json',
            },
            body: JSON.stringify({
              resourceMetrics: together.map(record => ({
                resource: {
                  attributes: [
                    ['ai_assurance.subject', record.entityRef],
                    ['ai_assurance.model.version', '1.0.0'],
                  ].map(([key, stringValue]) => ({
                    key,
                    value: { stringValue },
                  })),
                },
                scopeMetrics: [
                  {
                    metrics: [
                      {
                        name: metric,
                        unit: 's',
                        histogram: {
                          aggregationTemporality: 1,
                          dataPoints: [
                            {
                              startTimeUnixNano: `${startMs}000000`,
                              timeUnixNano: `${startMs + 30_000}000000`,
                              count: '100',
                              sum: 5,
                              explicitBounds: [0.05, 0.1, 0.15, 0.25, 0.5],
                              bucketCounts: ['98', '1', '0', '0', '0', '1'],
                            },
                          ],
                        },
                      },
                    ],
                  },
                ],
              })),
            }),
          },
        );
        if (!response.ok) throw new Error(await response.text());
      }
    } finally {
      server.close();
    }
  };

  return {
    push,
    async evaluate(atMs: number) {
      nowMs = atMs;
      await room.tasks[0].run();
    },
    /** Reads the sums at both ends of all windows, as an evaluation does that knows none of them, and nothing else. */
    async readSums(atMs: number) {
      const endMs = Math.floor(atMs / minuteMs) * minuteMs;
      const back = [
        0,
        5 * minuteMs,
        30 * minuteMs,
        hourMs,
        2 * hourMs,
        6 * hourMs,
        dayMs,
        3 * dayMs,
        28 * dayMs,
        30 * dayMs,
      ];
      const hours = [
        ...new Set(back.map(ms => Math.floor((endMs - ms) / hourMs) * hourMs)),
      ];
      const lines = (await series.seriesOf(records.map(one => one.entityRef)))
        .filter(one => one.segment === '')
        .map(one => one.seriesId);
      for (let i = 0; i < lines.length; i += 250) {
        await series.hoursOfEach(
          lines
            .slice(i, i + 250)
            .map(seriesId => ({ seriesId, hoursMs: new Set(hours) })),
        );
      }
    },
    async check() {
      const judged = [
        ...(
          await new CurrentObjectives(db).ofEach(
            records.map(one => one.entityRef),
          )
        ).values(),
      ].flat();
      const head = await ledgerAnswers.head();
      return {
        judgedCount: judged.length,
        passedCount: judged.filter(one => one.verdict.status === 'pass').length,
        /** Events in the window of the objective that has fewest. */
        totalCount: Math.min(...judged.map(one => one.totalCount)),
        evidenceCount: head ? readBigint(head.size) : 0,
      };
    },
  };
}

export type SloRoom = Awaited<ReturnType<typeof openSloRoom>>;
