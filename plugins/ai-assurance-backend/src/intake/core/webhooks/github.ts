import { z } from 'zod';
import {
  codeOf,
  commitOf,
  digestIn,
  foreignInstant,
  itemsOf,
  Mapped,
  MappingContext,
  readShape,
} from './mapping';

// Fields as in GitHub's documentation, "Webhook events and payloads", event deployment_status. A deployment's `payload` is
// whatever its creator put there; ours may say version, digest and releaseId.
const ours = z
  .object({
    version: z.string().min(1).max(100).optional(),
    digest: z.string().optional(),
    releaseId: z.string().max(100).optional(),
  })
  .catch({});

const delivery = z.object({
  action: z.literal('created'),
  deployment_status: z.object({
    id: z.number().int(),
    state: z.enum([
      'error',
      'failure',
      'inactive',
      'in_progress',
      'pending',
      'queued',
      'success',
      'waiting',
    ]),
    environment: z.string().nullish(),
    created_at: foreignInstant,
  }),
  deployment: z.object({
    id: z.number().int(),
    sha: z.string(),
    ref: z.string().min(1),
    task: z.string().nullish(),
    environment: z.string(),
    created_at: foreignInstant,
    payload: z.unknown(),
  }),
  repository: z.object({ full_name: z.string().min(1) }),
});

const outcomes = {
  success: 'succeeded',
  failure: 'failed',
  error: 'failed',
  in_progress: 'running',
  pending: 'running',
  queued: 'running',
  waiting: 'running',
} as const;

function oursIn(payload: unknown): z.output<typeof ours> {
  if (typeof payload !== 'string') return ours.parse(payload);
  try {
    return ours.parse(JSON.parse(payload));
  } catch {
    return {};
  }
}

function causeOf(task: string | null | undefined) {
  if (task?.startsWith('rollback')) return 'rollback';
  return task?.startsWith('hotfix') ? 'hotfix' : 'unknown';
}

/** A status of a deployment that GitHub keeps. */
export function mapGitHub(body: unknown, context: MappingContext): Mapped {
  if (body !== null && typeof body === 'object' && Object.hasOwn(body, 'zen'))
    return { ok: true, items: [] }; // Sent once, when the webhook is set up.
  if (
    body === null ||
    typeof body !== 'object' ||
    !Object.hasOwn(body, 'deployment_status')
  ) {
    return {
      ok: false,
      code: 'UNMAPPED_EVENT',
      message:
        'No evidence is made of this event. Let the webhook send deployment statuses alone.',
    };
  }
  const read = readShape(delivery, body);
  if (!read.ok) return read;
  const { deployment, deployment_status: status, repository } = read.value;
  // A later deployment took its place; how this one ended was told before.
  if (status.state === 'inactive') return { ok: true, items: [] };
  const outcome = outcomes[status.state];
  const isRunning = outcome === 'running';
  const { version, digest, releaseId } = oursIn(deployment.payload);
  const environment = codeOf(status.environment || deployment.environment);
  const label = codeOf(version ?? deployment.ref);
  const subjectDigest = digestIn(digest);
  return itemsOf(
    {
      type: 'io.ai-assurance.deployment.v1',
      id: `deployment-status:${status.id}`,
      time: status.created_at,
      sourceSystem: 'github',
      envelope: {
        subjectVersion: label,
        ...(subjectDigest ? { subjectDigest } : {}),
        segment: { environment, version: label },
      },
      payload: {
        deploymentId: String(deployment.id),
        environment,
        version: label,
        digest: subjectDigest,
        fromVersion: null,
        fromDigest: null,
        cause: causeOf(deployment.task),
        outcome,
        changeId: null,
        commit: commitOf(deployment.sha),
        releaseId: releaseId ? codeOf(releaseId) : null,
        trafficRatio: null,
        startedAt: deployment.created_at,
        finishedAt: isRunning ? null : status.created_at,
      },
    },
    [repository.full_name],
    context,
  );
}
