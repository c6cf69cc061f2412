import {
  codeOfLabel,
  CollectContext,
  CollectedFact,
  CollectorError,
  instantOf,
  MetricsEngine,
  Period,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { eachPeriod, periodsToAsk } from './periods';
import { QueryReader } from './QueryReader';
import { countOf, readValue } from './readValue';
import { CostQuery, templateReader, windowMsOf } from './settings';

const type = 'io.ai-assurance.cost-report.v1';

/** What a subject cost in a period, by its own expressions. */
export function costReportReader(
  settings: CostQuery,
  path: string,
): QueryReader {
  const read = templateReader(path, settings.window);
  const optional = (name: keyof CostQuery) => {
    const text = settings[name];
    return typeof text === 'string' ? read(text, name) : undefined;
  };
  const totalCost = read(settings.totalCost, 'totalCost');
  const optionals = {
    idleCost: optional('idleCost'),
    inferenceCount: optional('inferenceCount'),
    inputTokenCount: optional('inputTokenCount'),
    outputTokenCount: optional('outputTokenCount'),
    acceleratorAllocatedSeconds: optional('acceleratorAllocatedSeconds'),
    acceleratorBusySeconds: optional('acceleratorBusySeconds'),
  };
  const parts = settings.byResource.map(({ resource, cost }, at) => ({
    resource,
    template: read(cost, `byResource[${at}].cost`),
  }));
  const windowMs = windowMsOf(settings.window);

  const report = async (
    engine: MetricsEngine,
    { subject, signal }: CollectContext,
    period: Period,
  ): Promise<CollectedFact<typeof type>> => {
    const asking = { engine, subject, atMs: period.endMs, signal };
    const scaled = async (
      name: keyof typeof optionals,
      factor: number,
      round = Math.round,
    ): Promise<number | null> => {
      const template = optionals[name];
      if (!template) return null;
      return countOf(
        name,
        (await readValue(name, template, asking)) * factor,
        round,
      );
    };
    const payload = {
      periodStart: instantOf(period.startMs),
      periodEnd: instantOf(period.endMs),
      currency: settings.currency,
      totalCostMicros: countOf(
        'totalCost',
        (await readValue('totalCost', totalCost, asking)) * 1e6,
      ),
      idleCostMicros: await scaled('idleCost', 1e6, Math.floor),
      inferenceCount: await scaled('inferenceCount', 1),
      inputTokenCount: await scaled('inputTokenCount', 1),
      outputTokenCount: await scaled('outputTokenCount', 1),
      acceleratorAllocatedMs: await scaled('acceleratorAllocatedSeconds', 1000),
      acceleratorBusyMs: await scaled('acceleratorBusySeconds', 1000),
      byResource: [] as {
        resource: (typeof parts)[0]['resource'];
        costMicros: number;
      }[],
      priceBasis: settings.priceBasis,
    };
    for (const { resource, template } of parts) {
      const name = `the cost of ${resource}`;
      const cost = await readValue(name, template, asking);
      payload.byResource.push({
        resource,
        costMicros: countOf(name, cost * 1e6, Math.floor),
      });
    }
    const partsMicros = payload.byResource.reduce(
      (sum, part) => sum + part.costMicros,
      0,
    );
    if (
      (payload.idleCostMicros ?? 0) > payload.totalCostMicros ||
      partsMicros > payload.totalCostMicros
    )
      throw new CollectorError(
        'malformed-answer',
        'a part of the cost is more than the whole; compare the expressions',
      );
    return {
      type,
      id: `cost:${codeOfLabel(subject.entityRef)}:${settings.window}:${
        period.id
      }`,
      subject: subject.entityRef,
      timeMs: period.endMs,
      envelope: {
        sourceSystem: 'prometheus',
        asked: `At ${instantOf(period.endMs)}: ${totalCost.fill(
          subject,
        )}`.slice(0, 2000),
        windowStart: instantOf(period.startMs),
        windowEnd: instantOf(period.endMs),
        ...(payload.inferenceCount !== null && {
          sampleCount: payload.inferenceCount,
        }),
      },
      payload,
    };
  };

  return {
    templates: [
      totalCost,
      ...Object.values(optionals).filter(one => one !== undefined),
      ...parts.map(part => part.template),
    ],
    collect: (engine, context) =>
      eachPeriod(
        context,
        periodsToAsk(context, windowMs, settings.settleSeconds * 1000),
        period => report(engine, context, period),
      ),
  };
}
