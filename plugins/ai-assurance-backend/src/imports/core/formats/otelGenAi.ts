import {
  AnyImportedFact,
  evidenceOfGenAiEvaluations,
  GEN_AI_EVALUATION_EVENT,
  GenAiEvaluation,
  readGenAiEvaluation,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { z } from 'zod';
import { digestOfValue, parseJsonReport, readPart, refuse } from '../parts';

/** The end of the year 9999: no instant that can be written lies behind it. */
const lastMs = 253_402_300_800_000;

// OTLP/JSON of logs (opentelemetry-proto 1.x), as the Collector's file exporter writes it.
const valueSchema = z.looseObject({
  stringValue: z.string().optional(),
  doubleValue: z.number().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
});
const attributesSchema = z
  .array(z.looseObject({ key: z.string(), value: valueSchema.optional() }))
  .default([]);
const recordSchema = z.looseObject({
  timeUnixNano: z.union([z.string(), z.number()]).optional(),
  observedTimeUnixNano: z.union([z.string(), z.number()]).optional(),
  eventName: z.string().optional(),
  attributes: attributesSchema,
});
const logsSchema = z.looseObject({
  resourceLogs: z.array(
    z.looseObject({
      scopeLogs: z.array(
        z.looseObject({
          scope: z
            .looseObject({
              name: z.string().optional(),
              version: z.string().optional(),
            })
            .optional(),
          logRecords: z.array(recordSchema).default([]),
        }),
      ),
    }),
  ),
});

function attributesOf(
  attributes: z.output<typeof attributesSchema>,
): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value?.stringValue ??
        value?.doubleValue ??
        (value?.intValue === undefined ? undefined : Number(value.intValue)),
    ]),
  );
}

export const otelGenAiImporter: ReportImporter = {
  id: 'otel-genai',
  title: 'OpenTelemetry gen_ai.evaluation.result events (OTLP JSON)',
  version: '1',
  tool: 'opentelemetry',
  fileEndings: ['.json'],
  read(report, stated) {
    const value = parseJsonReport(report.text, 'logs as OTLP JSON');
    if (
      typeof value !== 'object' ||
      value === null ||
      !('resourceLogs' in value)
    )
      return refuse(
        'NOT_RECOGNISED',
        'These are no logs as OTLP JSON: there is no “resourceLogs”.',
      );
    const { resourceLogs } = readPart(logsSchema, value, '');
    const byScope = new Map<
      string,
      { name?: string; version?: string; found: GenAiEvaluation[] }
    >();
    let otherCount = 0;
    resourceLogs.forEach(({ scopeLogs }, r) =>
      scopeLogs.forEach(({ scope, logRecords }, s) =>
        logRecords.forEach((record, l) => {
          const attributes = attributesOf(record.attributes);
          const name = record.eventName ?? attributes['event.name'];
          if (name !== GEN_AI_EVALUATION_EVENT) {
            otherCount += 1;
            return;
          }
          const place = `resourceLogs.${r}.scopeLogs.${s}.logRecords.${l}`;
          const nanos = Number(
            record.timeUnixNano ?? record.observedTimeUnixNano ?? 0,
          );
          const timeMs = Math.floor(nanos / 1e6);
          if (!(timeMs > 0 && timeMs < lastMs))
            refuse('BROKEN_REPORT', `${place}.timeUnixNano: is no instant`);
          const reading = readGenAiEvaluation(attributes, timeMs);
          if (!reading.ok) {
            refuse('BROKEN_REPORT', `${place}: ${reading.message}`);
            return;
          }
          const key = JSON.stringify([scope?.name, scope?.version]);
          const known = byScope.get(key) ?? { ...scope, found: [] };
          known.found.push(reading.evaluation);
          byScope.set(key, known);
        }),
      ),
    );
    const facts = [...byScope.values()].flatMap(({ name, version, found }) => {
      const times = found.map(({ timeMs }) => timeMs);
      return evidenceOfGenAiEvaluations(found, {
        ...stated,
        windowStartMs: times.reduce((a, b) => Math.min(a, b)),
        // Half-open: the last event lies within.
        windowEndMs: times.reduce((a, b) => Math.max(a, b)) + 1,
        ...(name && { scope: { name, version } }),
      }).map((fact): AnyImportedFact => {
        const { windowStart, windowEnd, sampleCount } = fact.envelope;
        return {
          type: fact.type,
          key: digestOfValue(fact.id).slice(7, 23),
          timeMs: fact.timeMs,
          envelope: {
            ...(windowStart && { windowStart }),
            ...(windowEnd && { windowEnd }),
            ...(sampleCount !== undefined && { sampleCount }),
          },
          payload: {
            ...fact.payload,
            datasetId: stated.datasetId ?? null,
            datasetDigest: stated.datasetDigest ?? null,
            reportDigest: report.digest,
          },
        };
      });
    });
    if (facts.length === 0)
      return refuse(
        'NOTHING_TO_IMPORT',
        `The logs hold no event ${GEN_AI_EVALUATION_EVENT} with a result.`,
      );
    return {
      facts,
      notes:
        otherCount > 0
          ? [`Not taken over: ${otherCount} other log records.`]
          : [],
    };
  },
};
