import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { durationInWords } from './core/duration';
import { SloDefinition } from './core/types';

/** Evidence that is not renewed is stale after this; it is renewed well before. */
const lifetimeMs = 15 * 60_000;

const longestId = 200;

/** The names themselves where they fit into an item id, else their hash: equal names give equal ids either way. */
function itemId(names: string): string {
  return names.length <= longestId
    ? names
    : `slo-status:${toHex(sha256(utf8(names)))}`;
}

const longestQuestion = 2000;
const longestProblem = 1000;
const mostSources = 20;

/** What was asked of the source, for the envelope. */
function askedOf(objective: Objective, definition: SloDefinition): string {
  const own = definition.objectives.find(
    one => one.objectiveName === objective.objectiveName,
  );
  const counter = own?.indicator?.counter;
  const over = `over ${durationInWords(objective.windowMs)}`;
  if (counter?.kind === 'telemetry-events') {
    const good =
      counter.thresholdMs === undefined
        ? 'successful'
        : `successful within ${counter.thresholdMs} ms`;
    return `share of ${counter.metric} that is ${good}, ${over}`;
  }
  if (counter?.kind === 'engine-events')
    return `${counter.part} of ${counter.engine}: ${counter.partQuery}; total: ${counter.totalQuery}; ${over}`.slice(
      0,
      longestQuestion,
    );
  if (counter && 'query' in counter)
    return `${counter.engine}: ${counter.query}; ${over}`.slice(
      0,
      longestQuestion,
    );
  return `${objective.description}; ${over}`.slice(0, longestQuestion);
}

/** The statement about one objective. Its id is fixed by subject, objective and time: a repeat adds nothing. */
export function sloStatusDraft(
  subject: string,
  objective: Objective,
  definition: SloDefinition,
): EvidenceDraft<'io.ai-assurance.slo-status.v1'> {
  const nowMs = objective.evaluatedAtMs;
  const { verdict } = objective;
  return {
    type: 'io.ai-assurance.slo-status.v1',
    source: '/ai-assurance/slo',
    id: itemId(
      `slo-status:${subject}:${objective.sloName}:${objective.objectiveName}:${nowMs}`,
    ),
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.slo',
      asked: askedOf(objective, definition),
      windowStart: instantOf(verdict.facts.windowStartMs!),
      windowEnd: instantOf(verdict.facts.windowEndMs!),
      sampleCount: objective.totalCount,
      collector: { id: 'ai-assurance.slo', version: '1' },
      collectedAt: instantOf(nowMs),
      expiresAt: instantOf(nowMs + lifetimeMs),
    },
    payload: {
      sloName: objective.sloName,
      objectiveName: objective.objectiveName,
      objectiveRatio: objective.objectiveRatio,
      budgetingMethod: definition.budgetingMethod,
      goodCount: objective.goodCount,
      totalCount: objective.totalCount,
      attainmentRatio: objective.attainmentRatio,
      budgetRemainingRatio: objective.budgetRemainingRatio,
      ...(objective.correctionCount
        ? {
            correctedBudgetRemainingRatio:
              objective.correctedBudgetRemainingRatio ?? null,
            correctedGoodCount: objective.correctedGoodCount,
            correctedTotalCount: objective.correctedTotalCount,
            correctionCount: objective.correctionCount,
          }
        : {}),
      ...policyOf(objective),
      ...failingOf(objective),
      ...partsOf(objective),
      burnRates: objective.burnRates,
      ...(objective.thresholdMs === undefined
        ? {}
        : { thresholdMs: objective.thresholdMs }),
      status: verdict.status,
      reason: verdict.reason,
    },
  };
}

type Status = EvidenceDraft<'io.ai-assurance.slo-status.v1'>['payload'];

function policyOf({ budgetPolicy }: Objective): Pick<Status, 'budgetPolicy'> {
  if (!budgetPolicy) return { budgetPolicy: null };
  const { policyId, title, blocks } = budgetPolicy;
  return { budgetPolicy: { policyId, title, blocks } };
}

function failingOf({
  sources = [],
}: Objective): Pick<Status, 'failingSources'> {
  const failingSources = sources.flatMap(
    ({ sourceId, failingSinceMs, problem }) =>
      failingSinceMs === null
        ? []
        : [
            {
              sourceId,
              failingSinceMs,
              problem: problem && problem.slice(0, longestProblem),
            },
          ],
  );
  return failingSources.length === 0
    ? {}
    : { failingSources: failingSources.slice(0, mostSources) };
}

function partsOf({ parts }: Objective): Pick<Status, 'parts'> {
  return parts
    ? {
        parts: parts.map(({ name, goodCount, totalCount }) => ({
          name,
          goodCount,
          totalCount,
        })),
      }
    : {};
}
