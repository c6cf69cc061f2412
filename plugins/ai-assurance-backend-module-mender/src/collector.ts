import {
  AnyCollectedFact,
  CollectContext,
  codeOfLabel,
  CollectorError,
  EvidenceCollector,
  instantOf,
  periodOf,
  shortDigestOf,
  readMemory,
  requireSelection,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { z } from 'zod';
import { MenderClient } from './client';
import { DeploymentFacts, observationOf } from './core/mapping';
import { selectionOf, versionOf } from './core/selection';

/** What an operator may set. */
export interface MenderLimits {
  /** How far back deployments are asked for. */
  readonly lookbackDays: number;
  /** How many of them are looked through for the subject's artifacts. */
  readonly maxDeployments: number;
  /** No deployment to fewer devices is shown with its counts; at least 5. */
  readonly minimumGroupSize: number;
}

const dayMs = 86_400_000;

/** What was seen last of each deployment, by its id: digests, so that an unchanged deployment adds nothing. */
const memorySchema = z.record(
  z.string(),
  z.object({ row: z.string(), observation: z.string() }),
);
type Memory = z.infer<typeof memorySchema>;

/** Brings rollout observations from Mender. */
export function createMenderCollector(
  client: MenderClient,
  limits: MenderLimits,
): EvidenceCollector {
  return {
    id: 'mender',
    title: 'Mender deployments',
    version: '1',
    schedule: { everySeconds: 300, timeoutSeconds: 120 },
    appliesTo: subject => selectionOf(subject.annotations) !== undefined,

    async *collect(context) {
      context.signal.throwIfAborted();
      const selection = requireSelection(
        selectionOf(context.subject.annotations),
        'Mender',
      );
      const before = readMemory(context.memory, memorySchema) ?? {};
      const now: Memory = {};
      let left = context.maxFacts;

      const { items, hasMore } = await client.deployments({
        createdAfterMs: context.nowMs - limits.lookbackDays * dayMs,
        limit: limits.maxDeployments,
        signal: context.signal,
      });
      for (const deployment of items) {
        // A change of a device's configuration delivers no version.
        if (deployment.type === 'configuration') continue;
        const version = versionOf(selection, deployment.artifact_name);
        if (version === undefined) continue;
        const { id } = deployment;
        const row = shortDigestOf(deployment as never);
        const seen = Object.hasOwn(before, id) ? before[id] : undefined;
        const isOver = deployment.status === 'finished';
        if (seen && (left <= 0 || (isOver && seen.row === row))) {
          now[id] = seen;
          continue;
        }
        // What there is no room for now is not remembered, so that the next run brings it.
        if (left <= 0) continue;

        const { statistics, asked } = await client.statistics({
          deploymentId: id,
          signal: context.signal,
        });
        const facts = {
          deployment,
          statistics,
          version,
          minimumGroupSize: limits.minimumGroupSize,
        };
        const { digest, fact } = statementOf({ context, asked, facts });
        if (seen?.observation !== digest) {
          left -= 1;
          yield fact;
        }
        now[id] = { row, observation: digest };
      }
      if (hasMore)
        throw new CollectorError(
          'partial-answer',
          `Mender has more than ${limits.maxDeployments} deployments in the last ${limits.lookbackDays} days, and older ones were not looked through; raise maxDeployments or shorten lookbackDays`,
        );
      context.memory.write(now);
    },
  };
}

function statementOf(options: {
  context: CollectContext;
  asked: string;
  facts: DeploymentFacts;
}): { digest: string; fact: AnyCollectedFact } {
  const { context, asked, facts } = options;
  const { deployment } = facts;
  // Two subjects may name one artifact: each has its own statement.
  const mark = shortDigestOf(context.subject.entityRef);
  const payload = observationOf(facts);
  const digest = shortDigestOf(payload as never);
  const createdMs = Date.parse(deployment.created);
  // Mender dates the end of a deployment, and no count before it: those are true in the minute in which they were read.
  const timeMs =
    deployment.status === 'finished'
      ? Date.parse(deployment.finished ?? deployment.created)
      : periodOf(context.nowMs, 60_000).startMs;
  return {
    digest,
    fact: {
      type: 'io.ai-assurance.rollout-observation.v2',
      id: `deployment:${deployment.id}:${digest}:${instantOf(timeMs)}:${mark}`,
      subject: context.subject.entityRef,
      timeMs,
      envelope: {
        sourceSystem: 'mender',
        asked,
        subjectVersion: codeOfLabel(facts.version),
        ...(timeMs > createdMs
          ? {
              windowStart: instantOf(createdMs),
              windowEnd: instantOf(timeMs),
            }
          : {}),
        ...(payload.isSuppressed
          ? {}
          : { sampleCount: deployment.device_count }),
      },
      payload,
    },
  };
}
