import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DEFAULT_TRAINING,
  DigitReader,
  makeModels,
  openRuntime,
  BRIGHTNESS_EDGES,
  CONFIDENCE_EDGES,
  readScenario,
  Runtime,
  Scenario,
} from '@ai-assurance/example-digit-reader';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { parse } from 'yaml';
import { PROFILES } from './classes';
import { Device } from './device';
import { DeviceMetrics, openDeviceMetrics } from './deviceMetrics';
import { EDGE_MODEL } from './fleet';

jest.setTimeout(60_000);

const scenarioNamed = (name: string): Scenario =>
  readScenario(
    parse(readFileSync(join(__dirname, `../scenarios/${name}.yaml`), 'utf8')),
  );

let reader: DigitReader;
let runtime: Runtime;
beforeAll(() => {
  // How well it reads does not matter here.
  reader = makeModels(
    { ...DEFAULT_TRAINING, hiddenUnits: 16, epochs: 1 },
    1_700_000_000_000,
  );
  runtime = openRuntime(PROFILES['low-end'].runtime);
});
afterAll(() => runtime.close());

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
      brightness: () => undefined,
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
      'ai_assurance.input.brightness',
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
    ).toEqual(new Array(7).fill(AggregationTemporality.DELTA));
    const duration = byName.get('ai_assurance.inference.duration')!
      .dataPoints[0].value as { scale: number; count: number };
    expect(duration.count).toBe(20);
    expect(Number.isInteger(duration.scale)).toBe(true);
    const brightness = byName.get('ai_assurance.input.brightness')!
      .dataPoints[0].value as {
      buckets: { boundaries: number[]; counts: number[] };
    };
    expect(brightness.buckets.boundaries).toEqual(BRIGHTNESS_EDGES);
    expect(brightness.buckets.counts.reduce((a, b) => a + b, 0)).toBe(20);
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
