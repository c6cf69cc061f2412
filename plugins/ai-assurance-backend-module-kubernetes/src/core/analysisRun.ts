import type { PayloadOf } from '@ai-assurance/evidence';
import {
  codeOfLabel,
  instantOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import type { AnalysisRun, ArgoRollout } from './answers';
import { newestVersionOf } from './argoRollout';
import { objectIdOf } from './objects';

type Analysis = PayloadOf<'io.ai-assurance.rollout-analysis.v1'>;
type Counts = Pick<
  Analysis,
  | 'measuredCount'
  | 'successfulCount'
  | 'failedCount'
  | 'inconclusiveCount'
  | 'errorCount'
>;

/** The label by which the controller marks whose pods a run judges. */
export const POD_HASH_LABEL = 'rollouts-pod-template-hash';

/** Whether a run has said its last word. */
export function isOver(run: AnalysisRun): boolean {
  const phase = run.status?.phase;
  return phase !== undefined && phase !== null
    ? !['Pending', 'Running'].includes(phase)
    : false;
}

/** What a run that is over measured; `undefined` before. */
export function rolloutAnalysis(options: {
  cluster: string;
  rollout: ArgoRollout;
  run: AnalysisRun;
}): Analysis | undefined {
  const { cluster, rollout, run } = options;
  const { metadata, status } = run;
  const phase = status?.phase;
  if (!status || !phase || !isOver(run)) return undefined;
  const metrics = (status.metricResults ?? []).map(metric => ({
    metric: codeOfLabel(metric.name),
    sourceState: metric.phase,
    isDryRun: metric.dryRun ?? false,
    measuredCount: metric.count ?? 0,
    successfulCount: metric.successful ?? 0,
    failedCount: metric.failed ?? 0,
    inconclusiveCount: metric.inconclusive ?? 0,
    errorCount: metric.error ?? 0,
  }));
  const sums = sumOf(metrics.filter(metric => !metric.isDryRun));
  const isCutShort = run.spec.terminate === true;
  const purpose = metadata.labels?.['rollout-type'];
  const step = metadata.labels?.['step-index'];
  const hash = metadata.labels?.[POD_HASH_LABEL];
  const finishedAtMs = endOf(run);
  return {
    analysisId: objectIdOf(cluster, metadata),
    rolloutId: objectIdOf(cluster, rollout.metadata),
    version: hash ? versionOf(rollout, hash) : null,
    digest: null,
    purpose: purpose ? codeOfLabel(purpose) : null,
    stageIndex: step && /^\d{1,4}$/.test(step) ? Number(step) : null,
    sourceState: phase,
    isCutShort,
    metrics,
    ...sums,
    startedAt: status.startedAt
      ? instantOf(Date.parse(status.startedAt))
      : null,
    finishedAt: finishedAtMs === undefined ? null : instantOf(finishedAtMs),
    ...verdictOf(phase, isCutShort, sums),
  };
}

function versionOf(rollout: ArgoRollout, hash: string): string {
  return hash === rollout.status?.currentPodHash
    ? newestVersionOf(rollout) ?? codeOfLabel(hash)
    : codeOfLabel(hash);
}

/** Argo dates the end since 1.7; before that the last measurement is it. */
function endOf({ status }: AnalysisRun): number | undefined {
  if (status?.completedAt) return Date.parse(status.completedAt);
  const ends = (status?.metricResults ?? [])
    .flatMap(metric => metric.measurements ?? [])
    .flatMap(({ finishedAt }) => (finishedAt ? [Date.parse(finishedAt)] : []));
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function sumOf(metrics: readonly Counts[]): Counts {
  const sum = (name: keyof Counts) =>
    metrics.reduce((total, metric) => total + metric[name], 0);
  return {
    measuredCount: sum('measuredCount'),
    successfulCount: sum('successfulCount'),
    failedCount: sum('failedCount'),
    inconclusiveCount: sum('inconclusiveCount'),
    errorCount: sum('errorCount'),
  };
}

/**
 * Argo calls a run successful that was ended before it had failed, because the rollout went on without it. Whatever was not
 * measured to its end is inconclusive here; a failure stays one.
 */
function verdictOf(
  phase: string,
  isCutShort: boolean,
  sums: Counts,
): Pick<Analysis, 'status' | 'reason'> {
  if (phase === 'Failed') return { status: 'fail', reason: 'ANALYSIS_FAILED' };
  if (isCutShort) return { status: 'inconclusive', reason: 'terminated' };
  if (phase === 'Error')
    return { status: 'inconclusive', reason: 'source-error' };
  if (phase !== 'Successful')
    return { status: 'inconclusive', reason: 'ANALYSIS_INCONCLUSIVE' };
  return sums.successfulCount > 0
    ? { status: 'pass', reason: 'ANALYSIS_SUCCESSFUL' }
    : { status: 'inconclusive', reason: 'no-data' };
}
