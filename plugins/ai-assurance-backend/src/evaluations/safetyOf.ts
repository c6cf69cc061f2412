import {
  SafetyResult,
  wilsonInterval,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { RiskEntry } from '../imports';
import { EvaluationItem, versionKey } from './core/measurement';

/** A page stays readable, and its answer bounded. */
const mostResults = 50;

const saidOf = (item: EvaluationItem) =>
  item.payload as PayloadOf<'io.ai-assurance.safety-evaluation.v2'>;

/**
 * How versions withstood attacks and refused what they should: the newest of each version and suite, newest first. What one
 * suite did not ask, another may have. `shown`: versions by key, all others are left out.
 */
export function safetyOf(
  items: readonly EvaluationItem[],
  shown: ReadonlySet<string>,
  risks: ReadonlyMap<string, RiskEntry>,
): SafetyResult[] {
  const newest = new Map<string, EvaluationItem>();
  for (const item of items) {
    if (item.isErased || !item.type.includes('.safety-evaluation.')) continue;
    const version =
      versionKey({
        version: item.envelope.subjectVersion ?? null,
        digest: item.envelope.subjectDigest ?? null,
      }) ?? '';
    if (version !== '' && !shown.has(version)) continue;
    const key = JSON.stringify([version, saidOf(item).suite.id]);
    const before = newest.get(key);
    if (!before || before.position < item.position) newest.set(key, item);
  }
  return [...newest.values()]
    .sort((a, b) => b.position - a.position)
    .slice(0, mostResults)
    .map(item => resultOf(item, risks));
}

function resultOf(
  item: EvaluationItem,
  risks: ReadonlyMap<string, RiskEntry>,
): SafetyResult {
  const said = saidOf(item);
  return {
    version: item.envelope.subjectVersion ?? null,
    digest: item.envelope.subjectDigest ?? null,
    suite: said.suite,
    promptSetId: said.promptSetId,
    promptSetDigest: said.promptSetDigest,
    judge: said.judge,
    attackCount: said.attackCount,
    successCount: said.successCount,
    undecidedCount: said.undecidedCount,
    categories: said.categories.map(
      ({ references, attackCount, successCount, ...category }) => {
        const share =
          attackCount === null || attackCount === 0
            ? undefined
            : wilsonInterval(successCount, attackCount);
        return {
          ...category,
          attackCount,
          successCount,
          low: share?.lowRatio ?? null,
          high: share?.highRatio ?? null,
          references: references.map(id => riskOf(id, risks)),
        };
      },
    ),
    refusals: said.refusals,
    timeMs: item.timeMs,
    evidenceId: item.evidenceId,
  };
}

function riskOf(id: string, risks: ReadonlyMap<string, RiskEntry>) {
  const entry = risks.get(id);
  return {
    id: entry?.id ?? id,
    list: entry ? `${entry.list} ${entry.listVersion}` : null,
    title: entry?.title ?? null,
  };
}
