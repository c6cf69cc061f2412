import { fixedClock } from '@ai-assurance/test-kit';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import Router from 'express-promise-router';
import { execFile } from 'node:child_process';
import { ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import request from 'supertest';
import { gzipSync } from 'node:zlib';
import { createCohorts } from '../cohorts';
import {
  Db,
  createAccess,
  createBinder,
  openDatabase,
  readMachines,
  systemChance,
  systemClock,
} from '../platform';
import { createTelemetry, Telemetry } from './createTelemetry';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { METRICS } from './types';

const path = '/api/ai-assurance/otlp/v1/metrics';
const digest = `sha256:${'b'.repeat(64)}`;

const entity = (name: string, type: string, spec: object): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name, namespace: 'default' },
  spec: { type, ...spec },
});
const entities = [
  entity('reader', 'edge-model', { targetsCohorts: ['phones'] }),
  entity('phones', 'device-cohort', {
    selector: { 'ai_assurance.device.class': ['mid'] },
  }),
];

/** The telemetry room behind the real HTTP server, as the plugin wires it. */
async function startServer(
  options: {
    nowMs?: number;
    allow?: boolean;
    catalogFails?: boolean;
    config?: object;
    machines?: object[];
    /** Stands between the room and its transactions. */
    around?(work: () => Promise<unknown>): Promise<unknown>;
  } = {},
) {
  let telemetry!: Telemetry;
  let db!: Db;
  const clock =
    options.nowMs === undefined ? systemClock : fixedClock(options.nowMs);
  const plugin = createBackendPlugin({
    pluginId: 'ai-assurance',
    register(env) {
      env.registerInit({
        deps: {
          database: coreServices.database,
          config: coreServices.rootConfig,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
          auth: coreServices.auth,
          logger: coreServices.logger,
          catalog: catalogServiceRef,
        },
        async init({
          database,
          config,
          httpAuth,
          httpRouter,
          permissions,
          auth,
          logger,
          catalog,
        }) {
          const subjects = createCohorts({
            catalog,
            auth,
            clock,
            logger,
          }).answers;
          const opened = await openDatabase(database);
          db = {
            ...opened,
            transaction: work =>
              (options.around
                ? options.around(() => opened.transaction(work))
                : opened.transaction(work)) as ReturnType<typeof work>,
          };
          telemetry = createTelemetry({
            db,
            clock,
            chance: systemChance,
            logger,
            config,
            subjects,
          });
          const router = Router();
          telemetry.registerRoutes(
            createBinder(router, httpAuth),
            createAccess(
              permissions,
              options.machines && readMachines(config, subjects),
            ),
          );
          httpRouter.use(router);
        },
      });
    },
  });
  const catalog = catalogServiceMock.mock({
    getEntities: async () => {
      if (options.catalogFails) throw new Error('down');
      return { items: entities };
    },
  });
  const { server } = await startTestBackend({
    features: [
      plugin,
      catalog.factory,
      mockServices.rootConfig.factory({
        data: {
          aiAssurance: {
            telemetry: options.config ?? {},
            ...(options.machines ? { machines: options.machines } : {}),
          },
        },
      }),
      mockServices.permissions.mock({
        authorize: async asked =>
          asked.map(() => ({
            result:
              options.allow === false
                ? AuthorizeResult.DENY
                : AuthorizeResult.ALLOW,
          })),
      }).factory,
    ],
  });
  return {
    server,
    telemetry,
    db,
    url: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
  };
}

/** Sends one batch with the official SDK from a process of its own; answers what the SDK complained about. */
async function sendWithSdk(
  url: string,
  format: string,
  temporality: 'delta' | 'cumulative' = 'delta',
): Promise<string> {
  const client = resolve(__dirname, '__testUtils__/sdkClient.cjs');
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [client, url, format, mockCredentials.service.header(), temporality],
    { env: { PATH: process.env.PATH } },
  );
  return stdout + stderr;
}

const point = (over: object = {}) => ({
  asInt: '1',
  timeUnixNano: '1700000000000000000',
  ...over,
});
const jsonBody = (points: object[], subject = 'resource:default/reader') => ({
  resourceMetrics: [
    {
      resource: {
        attributes: [
          { key: 'ai_assurance.subject', value: { stringValue: subject } },
        ],
      },
      scopeMetrics: [
        {
          metrics: [
            {
              name: METRICS.sessions,
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: points,
              },
            },
          ],
        },
      ],
    },
  ],
});
const nowMs = 1_700_000_000_000;

jest.setTimeout(60_000);

describe('POST /otlp/v1/metrics', () => {
  const headers = { authorization: mockCredentials.service.header() };
  it.each(['protobuf', 'gzip', 'json'])(
    'takes what the official SDK sends as %s',
    async format => {
      const { url, telemetry } = await startServer();
      expect(await sendWithSdk(url, format)).toBe('');

      const toMs = systemClock.nowMs() + 60_000;
      const range = {
        subject: 'resource:default/reader',
        fromMs: toMs - 600_000,
        toMs,
      };
      const cohort = 'resource:default/phones';
      expect(
        await telemetry.answers.exponential({
          ...range,
          metric: METRICS.inferenceDuration,
        }),
      ).toMatchObject({ count: 4, min: 0.01, max: 0.2 });
      expect(
        (
          await telemetry.answers.explicit({
            ...range,
            metric: METRICS.confidence,
            cohort,
          })
        )?.histogram,
      ).toMatchObject({
        boundaries: [0.5, 0.9],
        counts: [1, 0, 2],
      });
      const sessions = await telemetry.answers.windows({
        ...range,
        metric: METRICS.sessions,
      });
      expect(
        sessions
          .map(w => [w.outcome, w.sum, w.version, w.digest, w.cohort])
          .sort(),
      ).toEqual([
        ['error', 1, '2.1.0', digest, cohort],
        ['ok', 5, '2.1.0', digest, cohort],
      ]);
      expect(
        (
          await telemetry.answers.windows({
            ...range,
            metric: METRICS.peakMemory,
          })
        ).map(w => w.gauge?.max),
      ).toEqual([1234]);
      expect(
        (
          await telemetry.answers.windows({
            ...range,
            metric: METRICS.confidence,
          })
        ).map(w => w.outputClass),
      ).toEqual(['7']);
      expect(await telemetry.answers.intake(range.fromMs)).toMatchObject({
        acceptedPoints: 5,
        refusedPoints: 0,
      });
    },
  );

  it('stores no id of a device', async () => {
    const { server, db } = await startServer({ nowMs });
    const body = jsonBody([point()]);
    body.resourceMetrics[0].resource.attributes.push({
      key: 'ai_assurance.device.class',
      value: { stringValue: 'mid' },
    });
    body.resourceMetrics[0].resource.attributes.push({
      key: 'service.instance.id',
      value: { stringValue: 'device-4711' },
    });
    await request(server).post(path).send(body).expect(200);
    const cumulative: any = structuredClone(body);
    const [metric] = cumulative.resourceMetrics[0].scopeMetrics[0].metrics;
    metric.sum.aggregationTemporality = 2;
    metric.sum.dataPoints[0].startTimeUnixNano = '1699999999000000000';
    await request(server).post(path).send(cumulative).expect(200);
    const counts: Record<string, number> = {
      stream: 1,
      series: 1,
      window: 1,
      intake: 1,
      batch: 2,
      batch_key: 0,
      cumulative: 1,
      salt: 2,
      level: 0,
    };
    const found: Record<string, number> = {};
    for (const table of Object.keys(counts)) {
      const rows = await db.knex(`telemetry_${table}`);
      found[table] = rows.length;
      expect(JSON.stringify(rows)).not.toContain('4711');
    }
    expect(found).toEqual(counts);
    const [{ value }] = await db.knex('telemetry_window').select('value');
    expect(JSON.parse(value)[0]).toBe(2);
    expect(Object.values(JSON.parse(value)[1].d)).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}$/),
    ]);
  });

  it('refuses single points, tells how many and why, and keeps the rest', async () => {
    const { server, telemetry } = await startServer({ nowMs });
    const answer = await request(server)
      .post(path)
      .send(jsonBody([point(), point({ timeUnixNano: '1700000300001000000' })]))
      .expect(200);
    expect(answer.body).toEqual({
      partialSuccess: {
        rejectedDataPoints: '1',
        errorMessage:
          '1 of 2 points refused. 1 × clock-ahead: the time lies too far ahead of the server’s clock (first: metric "ai_assurance.sessions" at 1700000300001 ms)',
      },
    });
    expect(await telemetry.answers.intake(nowMs)).toEqual({
      lastBatchAtMs: nowMs,
      acceptedPoints: 1,
      refusedPoints: 1,
    });
  });

  it('refuses the points of an unknown subject by name', async () => {
    const { server } = await startServer({ nowMs });
    const answer = await request(server)
      .post(path)
      .send(jsonBody([point()], 'resource:default/stranger'))
      .expect(200);
    expect(answer.body.partialSuccess).toEqual({
      rejectedDataPoints: '1',
      errorMessage:
        '1 of 1 points refused. 1 × unknown-subject: the subject is no AI service or model of the catalog (first: "resource:default/stranger")',
    });
  });

  it('is not changed by the same body sent again', async () => {
    const { server, telemetry } = await startServer({ nowMs });
    for (let i = 0; i < 2; i += 1)
      expect(
        (
          await request(server)
            .post(path)
            .send(jsonBody([point()]))
            .expect(200)
        ).body,
      ).toEqual({});
    const windows = await telemetry.answers.windows({
      subject: 'resource:default/reader',
      metric: METRICS.sessions,
      fromMs: 0,
      toMs: nowMs + 1,
    });
    expect(windows.map(w => w.sum)).toEqual([1]);
  });

  it('answers a cut-off protobuf body with 400 and a Status that names the byte, and keeps nothing', async () => {
    const { server, telemetry } = await startServer({ nowMs });
    const whole = Buffer.from([10, 6, 18, 4, 18, 2, 10, 0]);
    expect(decodeProtobuf(whole).sources.length).toBe(1);
    const answer = await request(server)
      .post(path)
      .set('content-type', 'application/x-protobuf')
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response
          .on('data', chunk => chunks.push(chunk))
          .on('end', () => done(null, Buffer.concat(chunks)));
      })
      .send(whole.subarray(0, 5))
      .expect(400)
      .expect('content-type', 'application/x-protobuf');
    expect(answer.body.subarray(0, 3)).toEqual(Buffer.from([8, 3, 18]));
    expect(answer.body.subarray(4).toString('utf8')).toBe(
      'The body is not a readable OTLP metrics request: a message of 6 bytes is cut off, 3 are left, at byte 2 of 5',
    );
    expect(await telemetry.answers.intake(0)).toEqual({
      lastBatchAtMs: undefined,
      acceptedPoints: 0,
      refusedPoints: 0,
    });
  });

  it.each([
    [
      'JSON that is cut off',
      400,
      { 'content-type': 'application/json' },
      '{"resourceMetrics": [',
      3,
      /^The body is not a readable OTLP metrics request: /,
    ],
    [
      'gzip that is none',
      400,
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      '{}',
      3,
      /^The body is not readable gzip: /,
    ],
    [
      'another content encoding',
      415,
      { 'content-type': 'application/json', 'content-encoding': 'br' },
      '{}',
      3,
      /^Only gzip or no content encoding is read/,
    ],
    [
      'another media type',
      415,
      { 'content-type': 'text/plain' },
      '{}',
      3,
      /^Send application\/x-protobuf or application\/json, not text\/plain\.$/,
    ],
  ])('answers %s with %d', async (_, status, given, body, code, message) => {
    const { server } = await startServer({ nowMs });
    const answer = await request(server)
      .post(path)
      .set(given)
      .serialize(text => text)
      .send(body)
      .expect(status);
    expect(answer.body.code).toBe(code);
    expect(answer.body.message).toMatch(message);
  });

  it('refuses a body of 20 MB, announced or not, and serves the next request', async () => {
    const { server, url } = await startServer({ nowMs });
    const large = Buffer.alloc(20 * 1024 * 1024, 32);
    const send = (body: BodyInit, more: object = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        ...more,
      });
    const announced = await send(large);
    expect([announced.status, await announced.json()]).toEqual([
      413,
      {
        code: 8,
        message:
          'The body is larger than 8 MiB (after decompression). Send smaller batches.',
      },
    ]);
    const streamed = await send(new Blob([large]).stream(), { duplex: 'half' });
    expect(streamed.status).toBe(413);
    await request(server)
      .post(path)
      .send(jsonBody([point()]))
      .expect(200);
  });

  it('cuts off a gzip bomb at the limit', async () => {
    const { server } = await startServer({ nowMs });
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const answer = await request(server)
      .post(path)
      .set({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .serialize(body => body)
      .send(bomb)
      .expect(413);
    expect(answer.body.code).toBe(8);
  });

  it('takes a limit from the configuration, and refuses to start with one that makes no sense', async () => {
    const { server } = await startServer({
      nowMs,
      config: { maxBodyBytes: 20 },
    });
    expect(
      (
        await request(server)
          .post(path)
          .send(jsonBody([point()]))
          .expect(413)
      ).body.message,
    ).toMatch(/larger than .* MiB/);
    await expect(startServer({ config: { maxSegments: 0 } })).rejects.toThrow(
      /aiAssurance\.telemetry\.maxSegments must be above zero, but is 0/,
    );
  });

  it('answers 401 without credentials and 403 without the permission', async () => {
    const allowed = await startServer({ nowMs });
    await request(allowed.server)
      .post(path)
      .set('authorization', mockCredentials.none.header())
      .send({})
      .expect(401);
    const denied = await startServer({ nowMs, allow: false });
    const answer = await request(denied.server)
      .post(path)
      .send(jsonBody([point()]))
      .expect(403);
    expect(answer.body).toEqual({
      code: 7,
      message:
        'You need the permission ai-assurance.telemetry.write. Ask an administrator of AI Assurance for the role that carries it.',
    });
    expect((await denied.telemetry.answers.intake(0)).acceptedPoints).toBe(0);
  });

  it('takes points about the subjects that the token reaches, and refuses those about others', async () => {
    const machine = (subjects: string[]) => [
      { subject: 'external:test-service', contributor: { subjects } },
    ];
    const reaching = await startServer({
      nowMs,
      machines: machine(['resource:default/reader']),
    });
    expect(
      (
        await request(reaching.server)
          .post(path)
          .set(headers)
          .send(jsonBody([point()]))
          .expect(200)
      ).body,
    ).toEqual({});
    const other = await startServer({
      nowMs,
      machines: machine(['resource:default/other']),
    });
    const answer = await request(other.server)
      .post(path)
      .set(headers)
      .send(jsonBody([point()]))
      .expect(200);
    expect(answer.body.partialSuccess).toEqual({
      rejectedDataPoints: '1',
      errorMessage:
        '1 of 1 points refused. 1 × not-allowed: the token may not push about this subject; list it in aiAssurance.machines (first: "resource:default/reader")',
    });
    const unlisted = await startServer({ nowMs, machines: [] });
    expect(
      (
        await request(unlisted.server)
          .post(path)
          .set(headers)
          .send(jsonBody([point()]))
          .expect(200)
      ).body.partialSuccess.rejectedDataPoints,
    ).toBe('1');
  });

  it('answers a batch id with the same body as before, and with another by 409', async () => {
    const { server, telemetry } = await startServer({ nowMs });
    const send = (points: object[], batchId: string) =>
      request(server)
        .post(path)
        .set('idempotency-key', batchId)
        .send(jsonBody(points));
    await send([point()], 'batch-1').expect(200);
    await send([point()], 'batch-1').expect(200);
    const conflict = await send([point({ asInt: '2' })], 'batch-1').expect(409);
    expect(conflict.body).toEqual({
      code: 6,
      message:
        'The batch id "batch-1" came with another body before. Give every batch an id of its own, and a repeated batch the same.',
    });
    await send([point({ asInt: '2' })], 'batch-2').expect(200);
    await send([point()], 'two words').expect(400);
    const windows = await telemetry.answers.windows({
      subject: 'resource:default/reader',
      metric: METRICS.sessions,
      fromMs: 0,
      toMs: nowMs + 1,
    });
    expect(windows.map(w => w.sum)).toEqual([3]);
  });

  /** A server whose first transaction after `hold` waits until `release`. */
  async function startHeldServer() {
    let enter!: () => void;
    let release!: () => void;
    const entered = new Promise<void>(resolve_ => {
      enter = resolve_;
    });
    const released = new Promise<void>(resolve_ => {
      release = resolve_;
    });
    let isHeld = false;
    const started = await startServer({
      config: { maxWaitingRequests: 1 },
      around: async work => {
        if (isHeld) {
          enter();
          await released;
        }
        return work();
      },
    });
    const send = (value: number) =>
      fetch(started.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(
          jsonBody([
            point({
              asInt: String(value),
              timeUnixNano: `${systemClock.nowMs()}000000`,
            }),
          ]),
        ),
      });
    /** A request that is being written and will be until `release`. */
    const hold = async () => {
      isHeld = true;
      const held = send(10);
      await entered;
      return held;
    };
    return {
      ...started,
      send,
      hold: () => {
        const held = hold();
        return { entered, held };
      },
      release: () => {
        isHeld = false;
        release();
      },
    };
  }

  it('asks to come back later while too much waits, and takes everything then', async () => {
    const { telemetry, send, hold, release } = await startHeldServer();
    expect((await send(1)).status).toBe(200);
    const { entered, held } = hold();
    await entered;
    const busy = await send(100);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await busy.json()).toEqual({
      code: 8,
      message:
        '1 requests are waiting to be written. Send this one again later.',
    });
    release();
    expect((await held).status).toBe(200);
    expect((await send(100)).status).toBe(200);
    const toMs = systemClock.nowMs() + 60_000;
    const windows = await telemetry.answers.windows({
      subject: 'resource:default/reader',
      metric: METRICS.sessions,
      fromMs: toMs - 600_000,
      toMs,
    });
    expect(windows.reduce((sum, w) => sum + w.sum, 0)).toBe(111);
  });

  it('loses nothing of the official SDK that was asked to come back later', async () => {
    const { server, url, telemetry, hold, release } = await startHeldServer();
    const { entered, held } = hold();
    await entered;
    const statuses: number[] = [];
    server.on('request', (_: unknown, response: ServerResponse) => {
      response.on('finish', () => {
        statuses.push(response.statusCode);
        if (response.statusCode === 429) release();
      });
    });
    expect(await sendWithSdk(url, 'json')).toBe('');
    expect(statuses.filter(status => status === 429)).toEqual([429]);
    expect((await held).status).toBe(200);
    expect(
      (await telemetry.answers.intake(systemClock.nowMs() - 600_000))
        .acceptedPoints,
    ).toBe(6);
  });

  it('loses nothing of the official SDK while the store is away', async () => {
    let failures = 1;
    const { url, telemetry } = await startServer({
      around: async work => {
        if (failures === 0) return work();
        failures -= 1;
        throw Object.assign(new Error('connect ECONNREFUSED'), {
          code: 'ECONNREFUSED',
        });
      },
    });
    expect(await sendWithSdk(url, 'protobuf')).toBe('');
    expect(failures).toBe(0);
    expect(
      (await telemetry.answers.intake(systemClock.nowMs() - 600_000))
        .acceptedPoints,
    ).toBe(5);
  });

  it('takes cumulative points of the official SDK and counts each event once', async () => {
    const { url, telemetry } = await startServer();
    expect(await sendWithSdk(url, 'protobuf', 'cumulative')).toBe('');
    const toMs = systemClock.nowMs() + 60_000;
    const range = {
      subject: 'resource:default/reader',
      fromMs: toMs - 600_000,
      toMs,
    };
    const sums = async (metric: string) =>
      (await telemetry.answers.windows({ ...range, metric })).reduce(
        (sum, w) => sum + w.sum,
        0,
      );
    // Twice what a single export holds, since the client records everything twice and exports in between.
    expect(await sums(METRICS.sessions)).toBe(12);
    expect(
      (
        await telemetry.answers.exponential({
          ...range,
          metric: METRICS.inferenceDuration,
        })
      )?.count,
    ).toBe(8);
    expect(
      (
        await telemetry.answers.explicit({
          ...range,
          metric: METRICS.confidence,
        })
      )?.histogram.counts,
    ).toEqual([2, 0, 4]);
  });

  it('says that the store is away, and takes the same afterwards', async () => {
    let isAway = true;
    const { server, telemetry } = await startServer({
      nowMs,
      around: async work => {
        if (isAway)
          throw Object.assign(new Error('connect ECONNREFUSED'), {
            code: 'ECONNREFUSED',
          });
        return work();
      },
    });
    const answer = await request(server)
      .post(path)
      .send(jsonBody([point()]))
      .expect(503)
      .expect('retry-after', '5');
    expect(answer.body).toEqual({
      code: 14,
      message:
        'The database cannot be written just now, so nothing of this was taken. Send it again later.',
    });
    isAway = false;
    await request(server)
      .post(path)
      .send(jsonBody([point()]))
      .expect(200);
    expect((await telemetry.answers.intake(nowMs)).acceptedPoints).toBe(1);
  });

  it('asks to try again while the catalog has not answered', async () => {
    const { server } = await startServer({ nowMs, catalogFails: true });
    const answer = await request(server)
      .post(path)
      .send(jsonBody([point()]))
      .expect(503)
      .expect('retry-after', '10');
    expect(answer.body.code).toBe(14);
  });
});
