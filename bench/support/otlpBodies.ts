import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

const classes = ['flagship', 'mid-range', 'low-end'];
const confidenceBoundaries = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/** What one device reports in one interval, recorded and encoded by the official SDK. */
async function deviceBatch(
  device: number,
): Promise<{ bytes: Uint8Array; pointCount: number }> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'ai_assurance.subject': 'resource:default/digit-reader-edge',
      'ai_assurance.model.version': `1.${device % 2}.0`,
      'ai_assurance.model.digest': `sha256:${String(device % 2).repeat(64)}`,
      'ai_assurance.device.class': classes[device % classes.length],
      'service.instance.id': `device-${device}`,
      'os.name': 'Android',
      'os.version': '15',
    }),
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: 3_600_000,
      }),
    ],
    views: [
      {
        instrumentType: InstrumentType.HISTOGRAM,
        instrumentName: 'ai_assurance.*.duration',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  const meter = provider.getMeter('bench');
  const duration = meter.createHistogram('ai_assurance.inference.duration', {
    unit: 's',
  });
  const confidence = meter.createHistogram('ai_assurance.output.confidence', {
    advice: { explicitBucketBoundaries: confidenceBoundaries },
  });
  const outputs = meter.createCounter('ai_assurance.output.class');
  // The values only have to spread over buckets and classes as a device's would; nothing is claimed about them.
  for (let i = 0; i < 200; i += 1) {
    duration.record(0.004 * (1 + ((i * 37 + device * 11) % 100) / 20));
    const outputClass = { 'ai_assurance.class': String((i * 7 + device) % 10) };
    confidence.record(((i * 53 + device * 29) % 1000) / 1000, outputClass);
    outputs.add(1, outputClass);
  }
  meter
    .createHistogram('ai_assurance.model.load.duration', { unit: 's' })
    .record(0.2 + device / 100);
  meter
    .createCounter('ai_assurance.model.load.attempts')
    .add(1, { 'ai_assurance.outcome': 'ok' });
  const sessions = meter.createCounter('ai_assurance.sessions');
  sessions.add(19, { 'ai_assurance.outcome': 'ok' });
  sessions.add(1, { 'ai_assurance.outcome': 'crashed' });
  meter
    .createGauge('ai_assurance.process.memory.peak', { unit: 'By' })
    .record(5e7 + device * 1e5);
  await provider.forceFlush();
  const [batch] = exporter.getMetrics();
  await provider.shutdown();
  const pointCount = batch.scopeMetrics
    .flatMap(scope => scope.metrics)
    .reduce((sum, metric) => sum + metric.dataPoints.length, 0);
  return {
    bytes: ProtobufMetricsSerializer.serializeRequest(batch)!,
    pointCount,
  };
}

/**
 * OTLP bodies as a gateway would forward them: several devices in one request. No two are equal, since a body that was
 * sent before is answered from memory: the device's instance id is numbered afresh in each.
 */
export async function otlpBodies(
  deviceCount: number,
): Promise<{ pointCount: number; byteCount: number; next: () => Buffer }> {
  const devices = [];
  for (let device = 0; device < deviceCount; device += 1)
    devices.push(await deviceBatch(device + 1000));
  // Repeated fields of a message may be joined byte by byte: many exports become one.
  const template = Buffer.concat(devices.map(device => device.bytes));
  const mark = Buffer.from('device-1000');
  const at = template.indexOf(mark);
  let number = 0;
  return {
    pointCount: devices.reduce((sum, device) => sum + device.pointCount, 0),
    byteCount: template.length,
    next: () => {
      const body = Buffer.from(template);
      number += 1;
      body.write(number.toString(36).padStart(mark.length, '0'), at, 'latin1');
      return body;
    },
  };
}
