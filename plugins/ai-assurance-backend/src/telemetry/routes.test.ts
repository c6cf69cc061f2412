import { mockCredentials } from '@backstage/backend-test-utils';
import request from 'supertest';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../platform';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { METRICS } from './types';
import {
  digest,
  jsonBody,
  nowMs,
  path,
  point,
  sendWithSdk,
  startServer,
} from './__testUtils__/server';

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
