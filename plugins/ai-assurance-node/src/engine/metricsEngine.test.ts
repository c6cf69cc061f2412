import { CollectorError } from '../collector';
import { StandIn, startStandIn, StandInAnswer } from '../bench/standIn';
import { createMetricsEngine } from './metricsEngine';
import { MetricsEngine } from './types';

const atMs = 1_795_353_000_123;
const { signal } = new AbortController();

describe('a client of a Prometheus-compatible engine', () => {
  let answer: StandInAnswer;
  let standIn: StandIn;
  let engine: MetricsEngine;

  beforeAll(async () => {
    standIn = await startStandIn(() => answer);
    engine = createMetricsEngine(
      {
        name: 'Prometheus',
        baseUrl: `${standIn.baseUrl}/prom/`,
        headers: { authorization: 'Bearer secret' },
        timeoutMs: 5000,
        maxBytes: 100_000,
      },
      { maxSamples: 3 },
    );
  });
  afterAll(() => standIn.close());

  const success = (data: any, more: object = {}): StandInAnswer => ({
    json: { status: 'success', data, ...more },
  });
  const vector = (result: any[], more: object = {}) =>
    success({ resultType: 'vector', result }, more);
  const asked = () => engine.instant({ query: 'up', atMs, signal });
  const codeOf = async (promise: Promise<unknown>) =>
    promise.then(
      () => 'no error',
      error => (error instanceof CollectorError ? error.code : String(error)),
    );

  it('asks for a moment by POST and reads a vector', async () => {
    answer = vector([
      { metric: { __name__: 'up', job: 'a' }, value: [1_795_353_000.123, '1'] },
      { metric: {}, value: [1_795_353_000.123, '-2.5e-3'] },
    ]);
    expect(await engine.instant({ query: 'a + b', atMs, signal })).toEqual({
      type: 'vector',
      series: [
        { labels: { __name__: 'up', job: 'a' }, samples: [{ atMs, value: 1 }] },
        { labels: {}, samples: [{ atMs, value: -0.0025 }] },
      ],
      asked:
        'POST /prom/api/v1/query?query=a+%2B+b&time=1795353000.123&timeout=5000ms',
    });
    const request = standIn.requests[standIn.requests.length - 1];
    expect(request.headers.authorization).toBe('Bearer secret');
    expect(request.headers['content-type']).toBe(
      'application/x-www-form-urlencoded;charset=UTF-8',
    );
    expect(request.body).toBe(
      'query=a+%2B+b&time=1795353000.123&timeout=5000ms',
    );
  });

  it('asks for a range and reads a matrix', async () => {
    answer = success({
      resultType: 'matrix',
      result: [
        {
          metric: { v: '1' },
          values: [
            [1, 'NaN'],
            [2, '+Inf'],
            [3, '-Inf'],
          ],
        },
      ],
    });
    const range = await engine.range({
      query: 'up',
      startMs: 1000,
      endMs: 3000,
      stepMs: 1000,
      signal,
    });
    expect(range.type).toBe('matrix');
    expect(range.series[0].samples).toEqual([
      { atMs: 1000, value: Number.NaN },
      { atMs: 2000, value: Number.POSITIVE_INFINITY },
      { atMs: 3000, value: Number.NEGATIVE_INFINITY },
    ]);
    expect(range.asked).toBe(
      'POST /prom/api/v1/query_range?query=up&start=1.000&end=3.000&step=1.000&timeout=5000ms',
    );
  });

  it('reads a scalar, and an empty vector as what it is', async () => {
    answer = success({ resultType: 'scalar', result: [1, '42'] });
    expect((await asked()).series).toEqual([
      { labels: {}, samples: [{ atMs: 1000, value: 42 }] },
    ]);
    answer = vector([], { infos: ['might not be a counter'] });
    expect((await asked()).series).toEqual([]);
  });

  it.each<[string, StandInAnswer, string]>([
    [
      'warnings',
      vector([], { warnings: ['a store is gone'] }),
      'partial-answer',
    ],
    ['isPartial', vector([], { isPartial: true }), 'partial-answer'],
    [
      'a refused query',
      {
        status: 400,
        json: { status: 'error', errorType: 'bad_data', error: 'parse error' },
      },
      'misconfigured',
    ],
    [
      'a query that cannot be executed',
      {
        status: 422,
        json: {
          status: 'error',
          errorType: 'execution',
          error: 'many-to-many',
        },
      },
      'misconfigured',
    ],
    [
      'a query that took too long',
      {
        status: 422,
        json: { status: 'error', errorType: 'timeout', error: 'timed out' },
      },
      'timeout',
    ],
    [
      'success with status 400',
      { ...vector([]), status: 400 },
      'malformed-answer',
    ],
    [
      'a string',
      success({ resultType: 'string', result: [1, 'x'] }),
      'malformed-answer',
    ],
    ['no data', { json: { status: 'success' } }, 'malformed-answer'],
    [
      'a value that is no number',
      vector([{ metric: {}, value: [1, '1,5'] }]),
      'malformed-answer',
    ],
    [
      'a value that is empty',
      vector([{ metric: {}, value: [1, ''] }]),
      'malformed-answer',
    ],
    [
      'a value that is not text',
      vector([{ metric: {}, value: [1, 1] }]),
      'malformed-answer',
    ],
    [
      'a label that is no text',
      vector([{ metric: { a: 1 }, value: [1, '1'] }]),
      'malformed-answer',
    ],
    [
      'a native histogram',
      vector([{ metric: {}, histogram: [1, {}] }]),
      'misconfigured',
    ],
    [
      'more samples than allowed',
      vector(Array(4).fill({ metric: {}, value: [1, '1'] })),
      'too-large',
    ],
  ])('refuses %s by its code', async (_, given, code) => {
    answer = given;
    expect(await codeOf(asked())).toBe(code);
  });

  it.each([
    [1000, 0, 1000],
    [0, 1000, 0],
    [0, 11_001, 1],
  ])(
    'asks for no range from %p to %p by %p',
    async (startMs, endMs, stepMs) => {
      const before = standIn.requests.length;
      const range = engine.range({
        query: 'up',
        startMs,
        endMs,
        stepMs,
        signal,
      });
      expect(await codeOf(range)).toBe('misconfigured');
      expect(standIn.requests.length).toBe(before);
    },
  );
});
