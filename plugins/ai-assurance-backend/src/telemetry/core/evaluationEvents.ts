import {
  CollectedFact,
  evidenceOfGenAiEvaluations,
  GEN_AI_EVALUATION_EVENT,
  GenAiEvaluation,
  readGenAiEvaluation,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { OtlpLogs } from './otlp/logs';
import { quoted, RefusalCounter } from './refusal';
import { Refused, Source } from './source';

/** Attributes of an evaluation event that are read. Explanations, prompts, outputs and ids of responses are not. */
export const EVALUATION_ATTRIBUTES: ReadonlySet<string> = new Set([
  'gen_ai.evaluation.name',
  'gen_ai.evaluation.score.value',
  'gen_ai.evaluation.score.label',
  'error.type',
]);

/** Most items of evidence made of one request: one for each metric of each source. */
export const MAX_FACTS = 500;

/** An item of evidence, and how many records it is made of. */
export interface EvaluationFact {
  fact: CollectedFact<'io.ai-assurance.evaluation.v2'>;
  recordCount: number;
}

export interface ReadEvaluations {
  facts: EvaluationFact[];
  recordCount: number;
  refusals: RefusalCounter;
}

/** Everything that one source said in a request. */
interface Group {
  source: Source;
  scope: { name: string; version: string };
  evaluations: GenAiEvaluation[];
}

/**
 * Makes evidence of the evaluation events in a request: one item for each metric of each source, over the stretch of time
 * that its events cover. Every other record is refused with its reason. The same request gives the same items.
 */
export function readEvaluations(
  logs: { logs: OtlpLogs; source: Source | Refused }[],
  limits: { nowMs: number; maxAheadMs: number },
): ReadEvaluations {
  const refusals = new RefusalCounter();
  const groups = new Map<string, Group>();
  let recordCount = 0;
  for (const { logs: scoped, source } of logs) {
    recordCount += scoped.records.length;
    if ('refused' in source) {
      if (scoped.records.length > 0)
        refusals.add(source.refused, scoped.records.length, source.example);
      continue;
    }
    for (const record of scoped.records) {
      if (record.eventName !== GEN_AI_EVALUATION_EVENT) {
        refusals.add('no-evaluation', 1, quoted(record.eventName));
        continue;
      }
      const reading = readGenAiEvaluation(record.attributes, record.timeMs);
      if (!reading.ok) {
        refusals.add('bad-evaluation', 1, reading.message);
      } else if (reading.evaluation.isError) {
        refusals.add('broken-evaluation', 1, reading.evaluation.metric);
      } else if (!(record.timeMs > 0)) {
        refusals.add('no-time', 1, reading.evaluation.metric);
      } else if (record.timeMs > limits.nowMs + limits.maxAheadMs) {
        refusals.add('clock-ahead', 1, `at ${record.timeMs} ms`);
      } else {
        const { name, version } = scoped.scope;
        const key = `${source.key}|${JSON.stringify([name, version])}`;
        const known = groups.get(key);
        if (known) known.evaluations.push(reading.evaluation);
        else
          groups.set(key, {
            source,
            scope: scoped.scope,
            evaluations: [reading.evaluation],
          });
      }
    }
  }
  const facts = [...groups.values()].flatMap(factsOf);
  for (const { recordCount: count, fact } of facts.slice(MAX_FACTS))
    refusals.add('too-many-metrics', count, quoted(fact.payload.metric));
  return { facts: facts.slice(0, MAX_FACTS), recordCount, refusals };
}

function factsOf({ source, scope, evaluations }: Group): EvaluationFact[] {
  const byMetric = new Map<string, GenAiEvaluation[]>();
  for (const evaluation of evaluations) {
    const known = byMetric.get(evaluation.metric);
    if (known) known.push(evaluation);
    else byMetric.set(evaluation.metric, [evaluation]);
  }
  return [...byMetric.values()].flatMap(found => {
    // A metric that is told partly by words and partly by numbers is two statements.
    const isWorded = (e: GenAiEvaluation) => e.isPassed !== undefined;
    const parts = found.every(isWorded)
      ? [found]
      : [
          found.filter(e => e.score !== undefined),
          found.filter(e => e.score === undefined),
        ];
    return parts
      .filter(part => part.length > 0)
      .flatMap(part => {
        const times = part.map(({ timeMs }) => timeMs);
        return evidenceOfGenAiEvaluations(part, {
          subject: source.subject,
          ...(source.version !== 'unknown' && {
            subjectVersion: source.version,
          }),
          ...(source.digest && { subjectDigest: source.digest }),
          windowStartMs: times.reduce((a, b) => Math.min(a, b)),
          // Half-open: the last event lies within.
          windowEndMs: times.reduce((a, b) => Math.max(a, b)) + 1,
          ...(scope.name && { scope }),
        }).map(fact => ({ fact, recordCount: part.length }));
      });
  });
}
