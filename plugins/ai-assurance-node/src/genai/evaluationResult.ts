import {
  normalPoint,
  wilsonInterval,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { CollectedFact } from '../collector';
import { codeOfLabel, shortDigestOf } from '../label';
import { instantOf } from '../period';

/** Name of the OpenTelemetry event that says how an output of a generative model was evaluated. @public */
export const GEN_AI_EVALUATION_EVENT = 'gen_ai.evaluation.result';

/** Beyond it sums of scores would not be exact. */
const largestScore = 1e12;

/** What one event says, without the words that it may carry. @public */
export interface GenAiEvaluation {
  readonly metric: string;
  readonly timeMs: number;
  readonly score: number | undefined;
  /** Whether the label said so in one of the two words that mean the same everywhere; `undefined`: it did not. */
  readonly isPassed: boolean | undefined;
  /** The evaluation itself broke: it says nothing about the output. */
  readonly isError: boolean;
}

/** @public */
export type GenAiEvaluationReading =
  | { readonly ok: true; readonly evaluation: GenAiEvaluation }
  | {
      readonly ok: false;
      readonly code: 'NO_METRIC' | 'NO_RESULT' | 'BAD_SCORE';
      readonly message: string;
    };

const passedLabels: ReadonlyMap<string, boolean> = new Map([
  ['pass', true],
  ['passed', true],
  ['fail', false],
  ['failed', false],
]);

/**
 * Reads the attributes of one `gen_ai.evaluation.result` event (OpenTelemetry GenAI semantic conventions, development
 * status). The explanation and the id of the response are never taken over: one is free text, the other names a person's
 * conversation. Pure.
 * @public
 */
export function readGenAiEvaluation(
  attributes: Readonly<Record<string, unknown>>,
  timeMs: number,
): GenAiEvaluationReading {
  const name = attributes['gen_ai.evaluation.name'];
  if (typeof name !== 'string' || name === '' || name.length > 200)
    return {
      ok: false,
      code: 'NO_METRIC',
      message: `${GEN_AI_EVALUATION_EVENT}: gen_ai.evaluation.name is missing`,
    };
  const value = attributes['gen_ai.evaluation.score.value'];
  const label = attributes['gen_ai.evaluation.score.label'];
  const isError = attributes['error.type'] !== undefined;
  if (
    value !== undefined &&
    !(typeof value === 'number' && Math.abs(value) <= largestScore)
  )
    return {
      ok: false,
      code: 'BAD_SCORE',
      message: `${GEN_AI_EVALUATION_EVENT}: gen_ai.evaluation.score.value is no number, or too large a one`,
    };
  const isPassed =
    typeof label === 'string'
      ? passedLabels.get(label.toLocaleLowerCase('en-US'))
      : undefined;
  if (!isError && value === undefined && isPassed === undefined)
    return {
      ok: false,
      code: 'NO_RESULT',
      message: `${GEN_AI_EVALUATION_EVENT}: it has neither a score nor a label that says pass or fail`,
    };
  return {
    ok: true,
    evaluation: {
      metric: codeOfLabel(name),
      timeMs,
      score: value as number | undefined,
      isPassed,
      isError,
    },
  };
}

/** What the events are about. @public */
export interface GenAiEvaluationContext {
  readonly subject: string;
  readonly subjectVersion?: string;
  readonly subjectDigest?: string;
  /** Half-open stretch that the events were collected over, epoch milliseconds. */
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** The instrumentation that sent them. */
  readonly scope?: { readonly name: string; readonly version?: string };
}

/** From this many scores on, their mean is near enough to normal to have an interval. */
const leastScores = 30;

type Measured = Pick<
  PayloadOf<'io.ai-assurance.evaluation.v2'>,
  | 'value'
  | 'unit'
  | 'intervalLow'
  | 'intervalHigh'
  | 'intervalLevelRatio'
  | 'intervalMethod'
  | 'successCount'
  | 'totalCount'
>;

function shareOf(evaluations: readonly GenAiEvaluation[]): Measured {
  const successCount = evaluations.filter(e => e.isPassed === true).length;
  const share = wilsonInterval(successCount, evaluations.length);
  return {
    value: share.valueRatio,
    unit: 'ratio',
    intervalLow: share.lowRatio,
    intervalHigh: share.highRatio,
    intervalLevelRatio: 0.95,
    intervalMethod: 'wilson',
    successCount,
    totalCount: evaluations.length,
  };
}

function meanOf(scores: readonly number[]): Measured {
  const n = scores.length;
  const value = scores.reduce((sum, score) => sum + score, 0) / n;
  const variance =
    scores.reduce((sum, score) => sum + (score - value) ** 2, 0) / (n - 1);
  const reach = normalPoint(0.95) * Math.sqrt(variance / n);
  const isKnown = n >= leastScores;
  return {
    value,
    // The conventions leave the scale of a score to whoever evaluates.
    unit: 'score',
    intervalLow: isKnown ? value - reach : null,
    intervalHigh: isKnown ? value + reach : null,
    intervalLevelRatio: isKnown ? 0.95 : null,
    intervalMethod: isKnown ? 'normal-mean' : null,
    successCount: null,
    totalCount: n,
  };
}

/**
 * Evidence of what events said over a stretch of time: one item per metric, a share where every label says pass or fail, the
 * mean of the scores otherwise. Evaluations that broke count in no n. The same events give the same ids. No data set, no
 * judge and no configuration is named by such events, so none is stated. Pure; one event alone is a list of one.
 * @public
 */
export function evidenceOfGenAiEvaluations(
  evaluations: readonly GenAiEvaluation[],
  context: GenAiEvaluationContext,
): CollectedFact<'io.ai-assurance.evaluation.v2'>[] {
  const byMetric = new Map<string, GenAiEvaluation[]>();
  for (const evaluation of evaluations) {
    if (evaluation.isError) continue;
    const known = byMetric.get(evaluation.metric);
    if (known) known.push(evaluation);
    else byMetric.set(evaluation.metric, [evaluation]);
  }
  const { scope } = context;
  return [...byMetric].map(([metric, found]) => {
    const scores = found.flatMap(({ score }) => score ?? []);
    const isLabelled = found.every(e => e.isPassed !== undefined);
    const measured = isLabelled ? shareOf(found) : meanOf(scores);
    const payload = {
      metric,
      ...measured,
      datasetId: null,
      datasetDigest: null,
      slice: null,
      tool: {
        id: scope ? codeOfLabel(scope.name) : 'otel.gen_ai',
        version: scope?.version ? codeOfLabel(scope.version) : 'unstated',
      },
      judge: null,
      configurationDigest: null,
      reportDigest: null,
    };
    const { subject, subjectVersion, subjectDigest } = context;
    const id = shortDigestOf({
      subject,
      subjectVersion: subjectVersion ?? null,
      subjectDigest: subjectDigest ?? null,
      from: context.windowStartMs,
      to: context.windowEndMs,
      payload,
    });
    return {
      type: 'io.ai-assurance.evaluation.v2',
      id: `gen-ai-evaluation:${id}`,
      subject,
      timeMs: context.windowEndMs,
      envelope: {
        sourceSystem: 'opentelemetry.gen_ai',
        asked: GEN_AI_EVALUATION_EVENT,
        windowStart: instantOf(context.windowStartMs),
        windowEnd: instantOf(context.windowEndMs),
        ...(measured.totalCount !== null && {
          sampleCount: measured.totalCount,
        }),
        ...(subjectVersion && { subjectVersion }),
        ...(subjectDigest && { subjectDigest }),
      },
      payload,
    };
  });
}
