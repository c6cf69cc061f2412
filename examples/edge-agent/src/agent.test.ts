import { createServer, Server } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_TRAINING,
  DEVICE_CLASSES,
  DigitReader,
  evaluate,
  makeModels,
  openRuntime,
  PortalGate,
  portalSettings,
  readScenario,
  Runtime,
  Scenario,
  seeded,
} from '@ai-assurance/example-digit-reader';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { parse } from 'yaml';
import { PROFILES } from './classes';
import { Device } from './device';
import {
  CONFIDENCE_EDGES,
  DeviceMetrics,
  guarded,
  openDeviceMetrics,
} from './deviceMetrics';
import { keptEvidence, pushEvidence } from './evidence';
import { EDGE_MODEL, versionFor } from './fleet';

jest.setTimeout(60_000);

const MADE_AT_MS = 1_700_000_000_000;
const SCENARIOS = join(__dirname, '../scenarios');
const scenarioNamed = (name: string): Scenario =>
  readScenario(parse(readFileSync(join(SCENARIOS, `${name}.yaml`), 'utf8')));

let reader: DigitReader;
let runtime: Runtime;
beforeAll(() => {
  reader = makeModels(DEFAULT_TRAINING, MADE_AT_MS);
  runtime = openRuntime(PROFILES['low-end'].runtime);
});
afterAll(() => runtime.close());

describe('scenario files', () => {
  it('can all be played and are named after their files', () => {
    const names = readdirSync(SCENARIOS).map(file => file.replace('.yaml', ''));
    expect(names.sort()).toEqual([
      'clean',
      'crash',
      'dim',
      'malformed',
      'noise',
      'rolled-out',
      'shift',
      'slow',
    ]);
    expect(names.map(name => scenarioNamed(name).name)).toEqual(names);
  });

  it('put version 2 on the canary class first, in groups large enough to be reported', () => {
    const clean = scenarioNamed('clean');
    const counts = DEVICE_CLASSES.map(
      deviceClass =>
        Array.from({ length: 10 }, (_, index) =>
          versionFor(clean, deviceClass, index),
        ).filter(version => version === '2').length,
    );
    expect(counts).toEqual([0, 5, 10]);
  });
});

describe('drift of the confidence histogram', () => {
  const binned = (shares: number[]) => {
    const bins = new Array<number>(CONFIDENCE_EDGES.length + 1).fill(0);
    for (const share of shares)
      bins[CONFIDENCE_EDGES.filter(edge => share > edge).length] += 1;
    return bins;
  };
  // Population stability index; half a count in each bin keeps the logarithm of an empty bin finite.
  const stabilityIndex = (reference: number[], current: number[]) => {
    const share = (bins: number[]) => {
      const total = bins.reduce((sum, count) => sum + count + 0.5, 0);
      return bins.map(count => (count + 0.5) / total);
    };
    const [before, now] = [share(reference), share(current)];
    return before.reduce(
      (sum, value, bin) =>
        sum + (now[bin] - value) * Math.log(now[bin] / value),
      0,
    );
  };
  const confidences = async (name: string, precision: string) => {
    const model = await runtime.load(
      reader.versions.find(version => version.precision === precision)!.bytes,
    );
    const { readings } = await evaluate(
      model,
      reader.heldOut,
      scenarioNamed(name).input,
    );
    await model.release();
    return readings.map(reading => reading.confidence);
  };

  it.each(['float32', 'int8'])(
    'is far beyond 0.25 for %s when the light, the grain or the position changes',
    async precision => {
      const clean = binned(await confidences('clean', precision));
      for (const name of ['dim', 'noise', 'shift']) {
        const index = stabilityIndex(
          clean,
          binned(await confidences(name, precision)),
        );
        expect({ name, index: index > 0.5 }).toEqual({ name, index: true });
      }
    },
  );

  it('stays under 0.05 between two draws of 2,000 clean readings, also across versions', async () => {
    const whole = await confidences('clean', 'float32');
    const small = await confidences('clean', 'int8');
    const next = seeded(5);
    const draw = (shares: number[]) =>
      binned(
        Array.from(
          { length: 2000 },
          () => shares[Math.floor(next() * shares.length)],
        ),
      );
    for (let round = 0; round < 20; round++) {
      expect(stabilityIndex(draw(whole), draw(whole))).toBeLessThan(0.05);
      expect(stabilityIndex(draw(whole), draw(small))).toBeLessThan(0.05);
    }
  });
});

describe('a device', () => {
  const counting = () => {
    const said = {
      ok: 0,
      failed: 0,
      crashed: 0,
      sessions: 0,
      readings: 0,
      classes: new Array<number>(10).fill(0),
      peak: 0,
      fastest: Infinity,
    };
    const metrics: DeviceMetrics = {
      loadAttempt: outcome => {
        said[outcome] += 1;
      },
      loadDuration: seconds => {
        said.fastest = Math.min(said.fastest, seconds);
      },
      inference: seconds => {
        said.readings += 1;
        said.fastest = Math.min(said.fastest, seconds);
      },
      confidence: () => undefined,
      outputClass: digit => {
        said.classes[digit] += 1;
      },
      session: outcome => {
        said.sessions += 1;
        if (outcome === 'crashed') said.crashed += 1;
      },
      peakMemory: bytes => {
        said.peak = Math.max(said.peak, bytes);
      },
      close: async () => undefined,
    };
    return { said, metrics };
  };
  const play = async (
    device: Device,
    metrics: DeviceMetrics,
    scenario: Scenario,
  ) =>
    device.session({
      reader,
      runtime,
      profile: {
        ...PROFILES['low-end'],
        capture: { scale: 2, denoisePasses: 1 },
      },
      metrics,
      scenario,
    });

  it('fails to load a bundle that arrived cut, downloads it again and works', async () => {
    const { said, metrics } = counting();
    const device = new Device(reader.versions[1], {
      firstDigit: 0,
      arrivesCut: true,
    });
    const first = await play(device, metrics, scenarioNamed('clean'));
    const second = await play(device, metrics, scenarioNamed('clean'));
    expect([first.outcome, first.failedLoads, first.readCount]).toEqual([
      'ok',
      1,
      20,
    ]);
    expect(first.why).toContain('protobuf parsing failed');
    expect([second.outcome, second.failedLoads, second.readCount]).toEqual([
      'ok',
      0,
      20,
    ]);
    expect([
      said.ok,
      said.failed,
      said.sessions,
      said.crashed,
      said.readings,
    ]).toEqual([2, 1, 2, 0, 40]);
    expect(said.classes.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(said.fastest).toBeGreaterThan(0);
    expect(said.peak).toBeGreaterThan(16 * 1024 * 1024);
  });

  it('reports a session as crashed when a frame arrives cut, and only that one', async () => {
    const { said, metrics } = counting();
    const device = new Device(reader.versions[0], {
      firstDigit: 1990,
      arrivesCut: false,
    });
    const outcomes: string[] = [];
    for (let session = 0; session < 5; session++)
      outcomes.push(
        (await play(device, metrics, scenarioNamed('crash'))).outcome,
      );
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'crashed', 'ok']);
    expect([said.sessions, said.crashed]).toEqual([5, 1]);
  });

  it('reports as a resource of its own, in delta, with the buckets that were agreed', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const version = reader.versions[1];
    const metrics = openDeviceMetrics(
      {
        instanceId: 'demo-low-end-01',
        deviceClass: 'low-end',
        deviceModel: 'demo-low-a',
        subject: EDGE_MODEL,
        version: '2',
        digest: version.digest,
      },
      exporter,
      3_600_000,
    );
    // Closing the SDK's meters empties this exporter, so the last batch is caught on its way in.
    const batches: Parameters<typeof exporter.export>[0][] = [];
    const keep = exporter.export.bind(exporter);
    exporter.export = (batch, done) => {
      batches.push(batch);
      keep(batch, done);
    };
    await play(
      new Device(version, { firstDigit: 0, arrivesCut: true }),
      metrics,
      scenarioNamed('clean'),
    );
    await metrics.close();

    const [{ resource, scopeMetrics }] = batches;
    expect(resource.attributes).toEqual({
      'service.name': 'digit-reader-app',
      'service.version': '3.2.0',
      'service.instance.id': 'demo-low-end-01',
      'deployment.environment.name': 'demo',
      'ai_assurance.subject': 'resource:default/digit-reader-edge',
      'ai_assurance.model.version': '2',
      'ai_assurance.model.digest': version.digest,
      'ai_assurance.device.class': 'low-end',
      'device.model.identifier': 'demo-low-a',
      'os.name': 'Android',
      'os.version': '13',
    });
    const byName = new Map(
      scopeMetrics[0].metrics.map(metric => [metric.descriptor.name, metric]),
    );
    expect([...byName.keys()].sort()).toEqual([
      'ai_assurance.inference.duration',
      'ai_assurance.model.load.attempts',
      'ai_assurance.model.load.duration',
      'ai_assurance.output.class',
      'ai_assurance.output.confidence',
      'ai_assurance.process.memory.peak',
      'ai_assurance.sessions',
    ]);
    expect(
      [...byName.values()]
        .filter(
          metric =>
            metric.descriptor.name !== 'ai_assurance.process.memory.peak',
        )
        .map(metric => metric.aggregationTemporality),
    ).toEqual(new Array(6).fill(AggregationTemporality.DELTA));
    const duration = byName.get('ai_assurance.inference.duration')!
      .dataPoints[0].value as { scale: number; count: number };
    expect(duration.count).toBe(20);
    expect(Number.isInteger(duration.scale)).toBe(true);
    const confidence = byName.get('ai_assurance.output.confidence')!
      .dataPoints[0].value as {
      buckets: { boundaries: number[]; counts: number[] };
    };
    expect(confidence.buckets.boundaries).toEqual(CONFIDENCE_EDGES);
    expect(confidence.buckets.counts).toHaveLength(20);
    const attempts = byName
      .get('ai_assurance.model.load.attempts')!
      .dataPoints.map(point => [
        point.attributes['ai_assurance.outcome'],
        point.value,
      ]);
    expect(attempts).toEqual([
      ['failed', 1],
      ['ok', 1],
    ]);
  });
});

describe('reporting', () => {
  let server: Server;
  let answers: { status: number; body: unknown }[];
  let asked: {
    url: string;
    type: string | undefined;
    token: string | undefined;
    body: string;
  }[];
  let url: string;
  beforeEach(async () => {
    answers = [];
    asked = [];
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', part => parts.push(part));
      request.on('end', () => {
        asked.push({
          url: request.url!,
          type: request.headers['content-type'],
          token: request.headers.authorization,
          body: Buffer.concat(parts).toString(),
        });
        const answer = answers.shift()!;
        response
          .writeHead(answer.status, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${
      (server.address() as AddressInfo).port
    }/api/ai-assurance`;
  });
  afterEach(() => new Promise(resolve => server.close(resolve)));
  const settings = () =>
    portalSettings(
      { AI_ASSURANCE_URL: url, AI_ASSURANCE_TOKEN: 'a-token' },
      '',
    );

  it('states what each version is and how it did, with ids that a restart repeats', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'evidence-'));
    try {
      let nowMs = MADE_AT_MS + 1000;
      const first = await keptEvidence(reader, directory, () => (nowMs += 10));
      const again = await keptEvidence(reader, directory, () => (nowMs += 10));
      expect(again).toEqual(JSON.parse(JSON.stringify(first)));
      type Item = {
        id: string;
        type: string;
        subject: string;
        data: {
          envelope: Record<string, unknown>;
          payload: Record<string, unknown>;
        };
      };
      const items = again as Item[];
      expect(
        items.map(
          item =>
            `${item.type} ${item.subject} ${item.data.envelope.subjectVersion}`,
        ),
      ).toEqual([
        'io.ai-assurance.artifact.v1 resource:default/digit-reader-edge 1',
        'io.ai-assurance.evaluation.v1 resource:default/digit-reader-edge 1',
        'io.ai-assurance.artifact.v1 resource:default/digit-reader 1',
        'io.ai-assurance.evaluation.v1 resource:default/digit-reader 1',
        'io.ai-assurance.artifact.v1 resource:default/digit-reader-edge 2',
        'io.ai-assurance.evaluation.v1 resource:default/digit-reader-edge 2',
      ]);
      expect(new Set(items.map(item => item.id)).size).toBe(6);
      expect(items[4].data.payload.digest).toBe(reader.versions[1].digest);
      const { value, successCount, totalCount, datasetDigest } =
        items[5].data.payload;
      expect(value).toBe((successCount as number) / (totalCount as number));
      expect([totalCount, datasetDigest]).toEqual([2000, reader.heldOutDigest]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('pushes evidence as a batch of CloudEvents with the token', async () => {
    answers = [
      {
        status: 200,
        body: {
          results: [
            { index: 0, outcome: 'accepted' },
            { index: 1, outcome: 'already-known' },
          ],
          acceptedCount: 1,
        },
      },
    ];
    expect(await pushEvidence([{ id: 'a' }, { id: 'b' }], settings())).toEqual({
      done: true,
      acceptedCount: 1,
      knownCount: 1,
    });
    expect(asked).toEqual([
      {
        url: '/api/ai-assurance/evidence',
        type: 'application/cloudevents-batch+json; charset=utf-8',
        token: 'Bearer a-token',
        body: '[{"id":"a"},{"id":"b"}]',
      },
    ]);
  });

  it('tries again after a refusal, which may be about a subject not read yet, but not after a conflict', async () => {
    const refused = {
      index: 0,
      outcome: 'refused',
      code: 'UNKNOWN_SUBJECT',
      message: 'There is no such entity',
    };
    const conflict = {
      index: 1,
      outcome: 'conflict',
      code: 'EVIDENCE_CONFLICT',
    };
    answers = [
      { status: 200, body: { results: [refused, conflict] } },
      { status: 200, body: { results: [conflict] } },
    ];
    expect(await pushEvidence([], settings())).toEqual({
      done: false,
      retry: true,
      why: 'item 0 refused: UNKNOWN_SUBJECT There is no such entity; item 1 conflict: EVIDENCE_CONFLICT',
    });
    expect(await pushEvidence([], settings())).toEqual({
      done: false,
      retry: false,
      why: 'item 1 conflict: EVIDENCE_CONFLICT',
    });
  });

  it('says that the token is wrong, and that nobody is there', async () => {
    answers = [{ status: 401, body: {} }];
    expect(await pushEvidence([], settings())).toEqual({
      done: false,
      retry: true,
      why: 'the portal refuses the token (401): AI_ASSURANCE_TOKEN must hold a token that its app-config knows (backend.auth.externalAccess)',
    });
    const gone = createServer();
    await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise(resolve => gone.close(resolve));
    const nobody = portalSettings(
      { AI_ASSURANCE_URL: `http://127.0.0.1:${port}/api` },
      '',
    );
    expect(await pushEvidence([], nobody)).toEqual({
      done: false,
      retry: true,
      why: 'the portal cannot be reached: ECONNREFUSED',
    });
  });

  it('sends no metrics while the portal is given a rest, and tells the SDK nothing of it', async () => {
    const lines: string[] = [];
    let nowMs = 0;
    const gate = new PortalGate(
      line => lines.push(line),
      () => nowMs,
    );
    let tries = 0;
    let works = false;
    const exporter = guarded(
      {
        export: (_, done) => {
          tries += 1;
          done(
            works
              ? { code: 0 }
              : {
                  code: 1,
                  error: Object.assign(new Error('Unauthorized'), {
                    code: 401,
                  }),
                },
          );
        },
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
      gate,
    );
    const codes: number[] = [];
    const send = () =>
      exporter.export({} as never, result => codes.push(result.code));
    send();
    send();
    expect(tries).toBe(1);
    nowMs = 5_000;
    works = true;
    send();
    expect(tries).toBe(2);
    expect(codes).toEqual([0, 0, 0]);
    expect(lines).toEqual([
      'Metrics were not delivered: the portal refuses the token (401): AI_ASSURANCE_TOKEN must hold a token that its app-config knows (backend.auth.externalAccess). Trying again in 5 s.',
      'The portal takes metrics again; 2 batches were lost meanwhile',
    ]);
  });
});
