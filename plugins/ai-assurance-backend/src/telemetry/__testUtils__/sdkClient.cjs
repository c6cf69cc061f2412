// The official OpenTelemetry SDK as a client in a process of its own: its exporters load their transport by a dynamic
// import, which Jest cannot follow. Usage: node sdkClient.cjs <url> <protobuf|gzip|json> <authorization> <delta|cumulative>.
// With cumulative everything is recorded twice, with an export in between.
const {
  OTLPMetricExporter: JsonExporter,
} = require('@opentelemetry/exporter-metrics-otlp-http');
const {
  OTLPMetricExporter: ProtobufExporter,
} = require('@opentelemetry/exporter-metrics-otlp-proto');
const { diag, DiagConsoleLogger, DiagLogLevel } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} = require('@opentelemetry/sdk-metrics');

const [url, format, authorization, temporality] = process.argv.slice(2);
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);

const options = {
  url,
  headers: { authorization },
  temporalityPreference:
    temporality === 'cumulative'
      ? AggregationTemporality.CUMULATIVE
      : AggregationTemporality.DELTA,
};
const exporter =
  format === 'json'
    ? new JsonExporter(options)
    : new ProtobufExporter({
        ...options,
        compression: format === 'gzip' ? 'gzip' : 'none',
      });
const provider = new MeterProvider({
  resource: resourceFromAttributes({
    'ai_assurance.subject': 'resource:default/reader',
    'ai_assurance.model.version': '2.1.0',
    'ai_assurance.model.digest': `sha256:${'b'.repeat(64)}`,
    'ai_assurance.device.class': 'mid',
    'service.instance.id': 'device-4711',
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
      instrumentName: 'ai_assurance.inference.duration',
      aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
    },
  ],
});
const meter = provider.getMeter('client');
const duration = meter.createHistogram('ai_assurance.inference.duration', {
  unit: 's',
});
const confidence = meter.createHistogram('ai_assurance.output.confidence', {
  advice: { explicitBucketBoundaries: [0.5, 0.9] },
});
const sessions = meter.createCounter('ai_assurance.sessions');
const memory = meter.createGauge('ai_assurance.process.memory.peak');

function record() {
  [0.01, 0.02, 0.03, 0.2].forEach(seconds => duration.record(seconds));
  [0.4, 0.95, 0.99].forEach(value =>
    confidence.record(value, { 'ai_assurance.class': '7' }),
  );
  sessions.add(5, { 'ai_assurance.outcome': 'ok' });
  sessions.add(1, { 'ai_assurance.outcome': 'crashed' });
  memory.record(1234);
}

async function main() {
  record();
  if (temporality === 'cumulative') {
    await provider.forceFlush();
    record();
  }
  await provider.shutdown();
}

main();
