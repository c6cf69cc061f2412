import { mockCredentials } from '@backstage/backend-test-utils';
import { ServerResponse } from 'node:http';
import request from 'supertest';
import { systemClock } from '../platform';
import { METRICS } from './types';
import {
  jsonBody,
  nowMs,
  path,
  point,
  sendWithSdk,
  startServer,
} from './__testUtils__/server';

jest.setTimeout(60_000);

describe('what becomes of telemetry once it is sent', () => {
  const headers = { authorization: mockCredentials.service.header() };
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
});
