import {
  AnyCollectedFact,
  CollectContext,
  codeOfLabel,
  EvidenceCollector,
  instantOf,
  periodOf,
  shortDigestOf,
  readMemory,
  requireSelection,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { z } from 'zod';
import { HawkbitClient } from './client';
import { HawkbitRollout } from './core/answers';
import { isMoving, observationOf, planOf, RolloutFacts } from './core/mapping';
import { isSelected, queryOf, selectionOf, versionOf } from './core/selection';

/** What an operator may set. */
export interface HawkbitLimits {
  /** How many of the newest rollouts of a subject are asked about. */
  readonly maxRollouts: number;
  /** No group under this many devices is shown; at least 5. */
  readonly minimumGroupSize: number;
}

const maxStages = 200;
/** In the place of a row's digest: not all of it could be told, so that the next run looks again. */
const notWhole = '';

/** What was seen last of each rollout, by its id: digests, so that an unchanged rollout adds nothing. */
const memorySchema = z.record(
  z.string(),
  z.object({
    row: z.string(),
    observation: z.string(),
    plan: z.string().nullable(),
  }),
);
type Memory = z.infer<typeof memorySchema>;

/** Brings rollout plans and observations from hawkBit. */
export function createHawkbitCollector(
  client: HawkbitClient,
  limits: HawkbitLimits,
): EvidenceCollector {
  return {
    id: 'hawkbit',
    title: 'hawkBit rollouts',
    version: '1',
    schedule: { everySeconds: 300, timeoutSeconds: 120 },
    appliesTo: subject => selectionOf(subject.annotations) !== undefined,

    async *collect(context) {
      context.signal.throwIfAborted();
      const selection = requireSelection(
        selectionOf(context.subject.annotations),
        'hawkBit',
      );
      const before = readMemory(context.memory, memorySchema) ?? {};
      const now: Memory = {};
      let left = context.maxFacts;

      const { items } = await client.rollouts({
        query: queryOf(selection),
        limit: limits.maxRollouts,
        signal: context.signal,
      });
      for (const rollout of items) {
        const setLabel = rollout._links?.distributionset?.name ?? undefined;
        if (!isSelected(selection, { name: rollout.name, setLabel })) continue;
        const key = String(rollout.id);
        const row = shortDigestOf(rollout as never);
        const seen = Object.hasOwn(before, key) ? before[key] : undefined;
        if (
          seen &&
          (left <= 0 || (seen.row === row && !isMoving(rollout.status)))
        ) {
          now[key] = seen;
          continue;
        }
        // What there is no room for now is not remembered, so that the next run brings it.
        if (left <= 0) continue;

        const { items: groups, asked } = await client.groups({
          rolloutId: rollout.id,
          limit: maxStages,
          signal: context.signal,
        });
        const statements = statementsOf({
          context,
          asked,
          facts: {
            rollout,
            groups,
            version: versionOf(selection, setLabel) || undefined,
            minimumGroupSize: limits.minimumGroupSize,
          },
        });
        const remembered = {
          row,
          plan: seen?.plan ?? null,
          observation: seen?.observation ?? '',
        };
        for (const { kind, digest, fact } of statements) {
          if (remembered[kind] === digest) continue;
          if (left <= 0) {
            remembered.row = notWhole;
            break;
          }
          left -= 1;
          yield fact;
          remembered[kind] = digest;
        }
        now[key] = remembered;
      }
      context.memory.write(now);
    },
  };
}

interface Statement {
  kind: 'plan' | 'observation';
  digest: string;
  fact: AnyCollectedFact;
}

/** The plan first: whoever reads the ledger in order learns what was meant before what came of it. */
function statementsOf(options: {
  context: CollectContext;
  asked: string;
  facts: RolloutFacts;
}): Statement[] {
  const { context, asked, facts } = options;
  const { rollout, version } = facts;
  const envelope = {
    sourceSystem: 'hawkbit',
    asked,
    ...(version === undefined ? {} : { subjectVersion: codeOfLabel(version) }),
  };
  const subject = context.subject.entityRef;
  // Two subjects may name one distribution set: each has its own statement.
  const mark = shortDigestOf(subject);
  const statements: Statement[] = [];

  const plan = planOf(facts);
  if (plan) {
    const digest = shortDigestOf(plan as never);
    statements.push({
      kind: 'plan',
      digest,
      fact: {
        type: 'io.ai-assurance.rollout-plan.v1',
        id: `plan:${rollout.id}:${digest}:${instantOf(
          rollout.createdAt,
        )}:${mark}`,
        subject,
        timeMs: rollout.createdAt,
        envelope,
        payload: plan,
      },
    });
  }

  const observation = observationOf(facts);
  const digest = shortDigestOf(observation as never);
  const timeMs = observedAtMs(rollout, context.nowMs);
  statements.push({
    kind: 'observation',
    digest,
    fact: {
      type: 'io.ai-assurance.rollout-observation.v2',
      id: `rollout:${rollout.id}:${digest}:${instantOf(timeMs)}:${mark}`,
      subject,
      timeMs,
      envelope: {
        ...envelope,
        ...(timeMs > rollout.createdAt
          ? {
              windowStart: instantOf(rollout.createdAt),
              windowEnd: instantOf(timeMs),
            }
          : {}),
        ...(observation.targetedCount === null
          ? {}
          : { sampleCount: observation.targetedCount }),
      },
      payload: observation,
    },
  });
  return statements;
}

/**
 * When what hawkBit says was true. While devices move, hawkBit keeps no time of its counts: it is the minute in which they
 * were read. Otherwise nothing changes but by a change of the rollout, which hawkBit dates.
 */
function observedAtMs(rollout: HawkbitRollout, nowMs: number): number {
  return isMoving(rollout.status)
    ? periodOf(nowMs, 60_000).startMs
    : rollout.lastModifiedAt ?? rollout.createdAt;
}
