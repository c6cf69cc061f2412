import {
  VerdictStatus,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  codeOfLabel,
  CollectContext,
  CollectedFact,
  instantOf,
  MetricsEngine,
  Period,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { COLLECTOR_VERSION } from '../version';
import { eachPeriod, periodsToAsk } from './periods';
import { QueryReader } from './QueryReader';
import { countOf, readValue } from './readValue';
import { QualityQuery, templateReader, windowMsOf } from './settings';

const type = 'io.ai-assurance.quality-report.v1';

/** What was measured of a stretch of data, beside the limits that the config sets. */
export function qualityReportReader(
  settings: QualityQuery,
  path: string,
): QueryReader {
  const read = templateReader(path, settings.window);
  const rowCount =
    settings.rowCount === undefined
      ? undefined
      : read(settings.rowCount, 'rowCount');
  const checks = settings.checks.map((check, at) => ({
    ...check,
    template: read(check.value, `checks[${at}].value`),
  }));
  const windowMs = windowMsOf(settings.window);
  const settleMs = settings.settleSeconds * 1000;
  /** A period and its settling after it could have been replaced, the next run is late, and the report is stale. */
  const expiryMs = (period: Period) => period.endMs + 2 * windowMs + settleMs;

  const report = async (
    engine: MetricsEngine,
    { subject, signal }: CollectContext,
    period: Period,
  ): Promise<CollectedFact<typeof type>> => {
    const asking = { engine, subject, atMs: period.endMs, signal };
    const rows =
      rowCount &&
      countOf('rowCount', await readValue('rowCount', rowCount, asking));
    const judged = [];
    for (const { template, check, aspect, feature, unit, min, max } of checks) {
      const value = (await readValue(check, template, asking)) + 0;
      judged.push({
        check,
        aspect,
        feature: feature ?? null,
        value,
        limit: max ?? min ?? null,
        unit,
        failedCount: null,
        totalCount: null,
        ...judge(value, { min, max }),
      });
    }
    const status = worstOf(judged.map(one => one.status));
    return {
      type,
      id: `quality:${codeOfLabel(subject.entityRef)}:${settings.window}:${
        period.id
      }`,
      subject: subject.entityRef,
      timeMs: period.endMs,
      envelope: {
        sourceSystem: 'prometheus',
        asked: `At ${instantOf(period.endMs)}: ${checks
          .map(({ template }) => template.fill(subject))
          .join('; ')}`.slice(0, 2000),
        windowStart: instantOf(period.startMs),
        windowEnd: instantOf(period.endMs),
        expiresAt: instantOf(expiryMs(period)),
        ...(rows !== undefined && { sampleCount: rows }),
      },
      payload: {
        datasetId: settings.datasetId,
        datasetDigest: null,
        tool: { id: 'ai-assurance.prometheus', version: COLLECTOR_VERSION },
        rowCount: rows ?? null,
        checks: judged,
        status,
        reason: judged.find(one => one.status === status)!.reason,
      },
    };
  };

  return {
    templates: [
      ...(rowCount ? [rowCount] : []),
      ...checks.map(check => check.template),
    ],
    collect: (engine, context) =>
      eachPeriod(
        context,
        // A report that would be stale at once says nothing.
        periodsToAsk(context, windowMs, settleMs).filter(
          period => expiryMs(period) > context.nowMs,
        ),
        period => report(engine, context, period),
      ),
  };
}

function judge(
  value: number,
  { min, max }: { min: number | undefined; max: number | undefined },
): { status: VerdictStatus; reason: string } {
  if (min === undefined && max === undefined)
    return { status: 'inconclusive', reason: 'NO_LIMIT' };
  return value <= (max ?? Infinity) && value >= (min ?? -Infinity)
    ? { status: 'pass', reason: 'WITHIN_LIMIT' }
    : { status: 'fail', reason: 'BEYOND_LIMIT' };
}
