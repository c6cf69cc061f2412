import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import express from 'express';
import Router from 'express-promise-router';
import { Knex } from 'knex';
import request from 'supertest';
import { createActions } from '../../actions';
import { createApprovals } from '../../approvals';
import { createAudit } from '../../audit';
import { createDrift } from '../../drift';
import { createIncidents } from '../../incidents';
import { createOverview } from '../../overview';
import { createAccess, createBinder } from '../../platform';
import { createRollouts } from '../../rollouts';
import { createScorecards } from '../../scorecards';
import { openHouse } from './house';
import { createSlo } from '../../slo';
import { createTelemetry, METRICS } from '../../telemetry';

const base = '/api/ai-assurance';

/** One minute of one segment, as an OpenTelemetry SDK would tell it. */
export interface Told {
  atMs: number;
  subject: string;
  version: string;
  digest: string;
  deviceClass?: string;
  /** Requests that took 100 ms, and 200 ms. */
  requests?: [number, number];
  sessions?: { ok: number; crashed: number };
  /** Outputs by confidence: up to 0.25, 0.5, 0.75, above. */
  confidence?: number[];
}

const text = (key: string, stringValue: string) => ({
  key,
  value: { stringValue },
});

function metricsOf(told: Told): object[] {
  const timeUnixNano = `${told.atMs + 30_000}000000`;
  const startTimeUnixNano = `${told.atMs}000000`;
  const histogram = (name: string, bounds: number[], counts: number[]) => ({
    name,
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        {
          startTimeUnixNano,
          timeUnixNano,
          count: String(counts.reduce((a, b) => a + b, 0)),
          sum: 1,
          explicitBounds: bounds,
          bucketCounts: counts.map(String),
        },
      ],
    },
  });
  const sum = (name: string, counts: Record<string, number>) => ({
    name,
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: Object.entries(counts).map(([outcome, asInt]) => ({
        startTimeUnixNano,
        timeUnixNano,
        asInt: String(asInt),
        attributes: [text('ai_assurance.outcome', outcome)],
      })),
    },
  });
  const { requests, sessions, confidence } = told;
  return [
    ...(requests ? [histogram(METRICS.httpDuration, [0.15], requests)] : []),
    ...(sessions
      ? [
          sum(METRICS.sessions, sessions),
          sum(METRICS.loadAttempts, { ok: sessions.ok }),
        ]
      : []),
    ...(confidence
      ? [histogram(METRICS.confidence, [0.25, 0.5, 0.75], confidence)]
      : []),
  ];
}

/** All rooms of the plugin on a real database, behind their real routes, on a clock that a test moves. */
export async function openPortal(
  knex: Knex,
  options: {
    entities: Entity[];
    config: object;
    files: Record<string, string>;
  },
) {
  const { files } = options;
  const house = await openHouse(knex, options);
  const telemetry = createTelemetry(house);
  const measured = { ...house, telemetry: telemetry.answers };
  const slo = await createSlo({
    notifications: { send: async () => {} },
    ...measured,
    urlReader: mockServices.urlReader.mock({
      readUrl: async url => {
        if (files[url] === undefined) throw new Error(`${url}: 404 Not Found`);
        return { buffer: async () => Buffer.from(files[url]) };
      },
    }),
  });
  const drift = createDrift({
    ...measured,
    signals: telemetry.signals,
    urlReader: mockServices.urlReader.mock(),
  });
  const scorecards = createScorecards(house);
  const approvals = createApprovals({
    ...house,
    scorecards: scorecards.answers,
  });
  const rollouts = createRollouts(measured);
  const incidents = createIncidents(house);
  const actions = createActions({
    ...measured,
    slo: slo.answers,
    managers: [],
  });
  const audit = createAudit({ ...house, keys: house.ledgerRoom.keys });
  const access = createAccess(
    mockServices.permissions({ result: AuthorizeResult.ALLOW }),
  );
  const overview = createOverview({
    clock: house.clock,
    access,
    subjects: house.subjects,
    telemetry: telemetry.answers,
    telemetryRetentionMs: telemetry.retentionMs,
    ledger: house.ledgerAnswers,
    slo: slo.answers,
    drift: drift.answers,
    scorecards: scorecards.answers,
    approvals: approvals.answers,
    rollouts: rollouts.answers,
    incidents: incidents.answers,
    actions: actions.answers,
  });
  const router = Router();
  const binder = createBinder(
    router,
    mockServices.httpAuth({ pluginId: 'ai-assurance' }),
    house.clock,
  );
  for (const room of [
    house.ledgerRoom,
    telemetry,
    drift,
    scorecards,
    incidents,
    approvals,
    actions,
    audit,
    overview,
  ])
    room.registerRoutes(binder, access);
  const app = express().use(base, router).use(mockErrorHandler());

  const as = (name: string) =>
    mockCredentials.user.header(`user:default/${name}`);
  return {
    house,
    files,
    /** Reads as a member of the model team. */
    get: (path: string, query: object = {}) =>
      request(app)
        .get(base + path)
        .query(query)
        .set('authorization', as('mira')),
    post: async (path: string, body: object, name: string) => {
      const answer = await request(app)
        .post(base + path)
        .set('authorization', as(name))
        .send(body);
      if (answer.status >= 300)
        throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    /** Sends telemetry and demands that all of it is taken. */
    tell: async (...told: Told[]) => {
      const answer = await request(app)
        .post(`${base}/otlp/v1/metrics`)
        .set('authorization', mockCredentials.service.header())
        .send({
          resourceMetrics: told.map(minute => ({
            resource: {
              attributes: [
                text('ai_assurance.subject', minute.subject),
                text('ai_assurance.model.version', minute.version),
                text('ai_assurance.model.digest', minute.digest),
                ...(minute.deviceClass
                  ? [text('ai_assurance.device.class', minute.deviceClass)]
                  : []),
              ],
            },
            scopeMetrics: [{ metrics: metricsOf(minute) }],
          })),
        });
      if (answer.status !== 200 || answer.body.partialSuccess)
        throw new Error(`Refused: ${JSON.stringify(answer.body)}`);
    },
    /** What the clocks of the plugin do, once each and in order. */
    tick: async () => {
      for (const room of [slo, drift, rollouts, approvals])
        for (const task of room.tasks) await task.run();
      await scorecards.judge();
    },
  };
}

export type Portal = Awaited<ReturnType<typeof openPortal>>;
