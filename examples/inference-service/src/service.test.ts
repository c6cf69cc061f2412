import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import {
  DEFAULT_TRAINING,
  DigitReader,
  digitAt,
  LoadedModel,
  makeModels,
  openRuntime,
  PLAIN_WORK,
  readScenario,
  Runtime,
  Scenario,
} from '@ai-assurance/example-digit-reader';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { Load } from './load';
import { createService } from './service';
import { AnsweredRequest, openServiceMetrics } from './serviceMetrics';

jest.setTimeout(60_000);

const scenario = (service: object = {}): Scenario =>
  readScenario({
    name: 'test',
    says: 'For a test.',
    input: { transform: 'none' },
    devices: { version2Shares: { flagship: 0, 'mid-range': 0, 'low-end': 0 } },
    service,
  });

let reader: DigitReader;
let runtime: Runtime;
let model: LoadedModel;
let server: Server;
let url: string;
let playing: Scenario;
let answered: AnsweredRequest[];
let outputs: number[];
let said: string[];

beforeAll(async () => {
  reader = makeModels({ ...DEFAULT_TRAINING, epochs: 2, hiddenUnits: 32 }, 0);
  runtime = openRuntime();
  model = await runtime.load(reader.versions[0].bytes);
});
afterAll(() => runtime.close());

beforeEach(async () => {
  playing = scenario();
  answered = [];
  outputs = [];
  said = [];
  const metrics = {
    request: (one: AnsweredRequest) => void answered.push(one),
    output: (digit: number) => void outputs.push(digit),
    close: async () => undefined,
  };
  server = createServer(
    createService({
      live: () => ({
        version: '1',
        digest: reader.versions[0].digest,
        model,
        metrics,
        work: PLAIN_WORK,
      }),
      scenario: () => playing,
      say: line => said.push(line),
    }),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/digits`;
});
afterEach(() => new Promise(resolve => server.close(resolve)));

const ask = async (body: string, address = url) => {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body,
  });
  return { status: response.status, body: await response.json() };
};
const pixelsOf = (index: number) =>
  Array.from(digitAt(reader.heldOut, index), level => level / 255);

describe('the inference service', () => {
  it('reads digits as the model does, and times each request', async () => {
    const readings = await model.read(
      [digitAt(reader.heldOut, 0), digitAt(reader.heldOut, 1)],
      { capture: { scale: 1, denoisePasses: 0 } },
    );
    for (const [index, reading] of readings.entries()) {
      expect(await ask(JSON.stringify({ pixels: pixelsOf(index) }))).toEqual({
        status: 200,
        body: {
          digit: reading.digit,
          confidence: reading.confidence,
          version: '1',
        },
      });
    }
    expect(outputs).toEqual(readings.map(reading => reading.digit));
    expect(answered.map(({ seconds, ...rest }) => rest)).toEqual(
      new Array(2).fill({
        method: 'POST',
        route: '/v1/digits',
        statusCode: 200,
      }),
    );
    expect(answered.every(({ seconds }) => seconds > 0 && seconds < 10)).toBe(
      true,
    );
  });

  const bad = new Array<unknown>(784).fill(0);
  bad[3] = 1.5;
  it.each([
    [
      'no pixels',
      '{}',
      'BAD_PIXELS',
      'The body must be an object with pixels, an array of 784 numbers',
    ],
    [
      'too few pixels',
      '{"pixels":[0,1]}',
      'BAD_PIXELS',
      'pixels must have 784 numbers, 28 rows of 28; there are 2',
    ],
    [
      'a pixel out of range',
      JSON.stringify({ pixels: bad }),
      'BAD_PIXELS',
      'pixels[3] must be a number from 0 (paper) to 1 (ink), not 1.5',
    ],
    [
      'broken JSON',
      '{"pixels',
      'BAD_BODY',
      'Unterminated string in JSON at position 8 (line 1 column 9)',
    ],
  ])(
    'refuses %s with a reason and counts it as the client’s mistake',
    async (_, body, code, message) => {
      expect(await ask(body)).toEqual({
        status: 400,
        body: { error: { code, message } },
      });
      expect(answered.map(one => one.statusCode)).toEqual([400]);
      expect(outputs).toEqual([]);
    },
  );

  it('answers 500 without details when the model fails, and says why in the log', async () => {
    await model.release();
    try {
      expect(await ask(JSON.stringify({ pixels: pixelsOf(0) }))).toEqual({
        status: 500,
        body: {
          error: {
            code: 'READING_FAILED',
            message: 'The digit could not be read',
          },
        },
      });
      expect(said).toEqual(['A request failed: This model is not loaded']);
      expect(answered.map(one => one.statusCode)).toEqual([500]);
    } finally {
      model = await runtime.load(reader.versions[0].bytes);
    }
  });

  it('does not put foreign paths into its metrics', async () => {
    const { status } = await ask('{}', url.replace('digits', 'people/17'));
    expect([status, answered[0].route]).toEqual([404, 'unknown']);
  });

  it('serves the runbooks that the catalog links to, as text', async () => {
    const answer = await fetch(
      url.replace('/v1/digits', '/runbooks/digit-api.md'),
    );
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ]);
    expect((await answer.text()).split('\n')[0]).toBe('# Runbook: Digit API');
  });

  it('does the extra work that a bad set-up asks for', async () => {
    const read = jest.spyOn(model, 'read');
    playing = scenario({ repeats: 12, captureScale: 24, denoisePasses: 4 });
    expect((await ask(JSON.stringify({ pixels: pixelsOf(0) }))).status).toBe(
      200,
    );
    expect(read.mock.calls.map(([, options]) => options)).toEqual([
      { capture: { scale: 24, denoisePasses: 4 }, repeats: 12 },
    ]);
    read.mockRestore();
  });
});

describe('the load', () => {
  it('sends held-out digits and counts what comes back, every fifth malformed when the scenario says so', async () => {
    playing = scenario({ malformedShare: 0.2 });
    const load = new Load({ url, reader, scenario: () => playing });
    for (let request = 0; request < 20; request++) await load.send();
    const tally = load.takeTally();
    expect([
      tally.sent,
      tally.refused,
      tally.failed,
      tally.right + tally.wrong,
    ]).toEqual([20, 4, 0, 16]);
    expect(tally.right).toBeGreaterThan(10);
    expect(load.takeTally()).toEqual({
      sent: 0,
      right: 0,
      wrong: 0,
      refused: 0,
      failed: 0,
      held: 0,
    });
  });

  it('counts a service that is gone as failed', async () => {
    const gone = createServer();
    await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise(resolve => gone.close(resolve));
    const load = new Load({
      url: `http://127.0.0.1:${port}/v1/digits`,
      reader,
      scenario: () => playing,
    });
    await load.send();
    expect(load.takeTally().failed).toBe(1);
  });
});

describe('the service’s metrics', () => {
  it('name the service, the model and the outcome of requests', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const batches: Parameters<typeof exporter.export>[0][] = [];
    const keep = exporter.export.bind(exporter);
    exporter.export = (batch, done) => {
      batches.push(batch);
      keep(batch, done);
    };
    const metrics = openServiceMetrics(
      { version: '1', digest: reader.versions[0].digest },
      exporter,
      3_600_000,
    );
    metrics.request({
      seconds: 0.01,
      method: 'POST',
      route: '/v1/digits',
      statusCode: 200,
    });
    metrics.request({
      seconds: 0.02,
      method: 'POST',
      route: '/v1/digits',
      statusCode: 400,
    });
    metrics.request({
      seconds: 0.03,
      method: 'POST',
      route: '/v1/digits',
      statusCode: 500,
    });
    metrics.output(7, 0.97, 0.13);
    await metrics.close();
    const [{ resource, scopeMetrics }] = batches;
    expect(resource.attributes).toEqual({
      'service.name': 'digit-api',
      'service.version': '1.0.0',
      'service.instance.id': 'digit-api-1',
      'deployment.environment.name': 'demo',
      'ai_assurance.subject': 'component:default/digit-api',
      'ai_assurance.model.version': '1',
      'ai_assurance.model.digest': reader.versions[0].digest,
    });
    const [duration, brightness, confidence, outputClass] =
      scopeMetrics[0].metrics;
    expect(duration.dataPoints.map(point => point.attributes)).toEqual([
      {
        'http.request.method': 'POST',
        'http.route': '/v1/digits',
        'http.response.status_code': 200,
      },
      {
        'http.request.method': 'POST',
        'http.route': '/v1/digits',
        'http.response.status_code': 400,
      },
      {
        'http.request.method': 'POST',
        'http.route': '/v1/digits',
        'http.response.status_code': 500,
        'error.type': '500',
      },
    ]);
    // 0.13 lies in the eleventh bin of an eightieth each.
    expect(
      (
        brightness.dataPoints[0].value as { buckets: { counts: number[] } }
      ).buckets.counts.indexOf(1),
    ).toBe(10);
    expect(
      (confidence.dataPoints[0].value as { buckets: { counts: number[] } })
        .buckets.counts,
    ).toEqual([...new Array(19).fill(0), 1]);
    expect(outputClass.dataPoints.map(point => point.attributes)).toEqual([
      { 'ai_assurance.class': '7' },
    ]);
  });
});
