import { z } from 'zod';
import {
  codeOf,
  digestIn,
  foreignInstant,
  itemsOf,
  Mapped,
  MappingContext,
  readShape,
} from './mapping';

// Fields as in the CDEvents specification 0.4 and 0.5-draft: core, continuous deployment and continuous integration events,
// and their examples for conformance.
const context = z.object({
  id: z.string().min(1).max(100),
  source: z.string().min(1),
  type: z.string(),
  timestamp: foreignInstant,
});

const cdEvent = z.object({
  context,
  subject: z.object({
    id: z.string().min(1),
    content: z.record(z.string(), z.unknown()).default({}),
  }),
  customData: z.unknown().optional(),
});

const pipelineRun = z.object({
  pipelineName: z.string().min(1).optional(),
  outcome: z.enum(['success', 'failure', 'error', 'cancel', 'cancelled']),
});

const service = z.object({
  environment: z.object({ id: z.string().min(1) }),
  artifactId: z.string().min(1),
});

// CDEvents does not say how large an artifact is or in which format: whoever sends it may.
const measured = z.object({
  sizeBytes: z.int().nonnegative(),
  format: z.string().min(1).max(100),
});

type CdEvent = z.output<typeof cdEvent>;

const pipelineOutcomes = {
  success: 'succeeded',
  failure: 'failed',
  // The specification tells a failed test from a pipeline that broke: the latter was cut short.
  error: 'terminated',
  cancel: 'cancelled',
  cancelled: 'cancelled',
} as const;

/** `pkg:oci/myapp@sha256%3A…?tag=1.2`: name without version, version label, digest where the version is one. */
export function readPurl(purl: string): {
  name: string;
  version: string | undefined;
  digest: string | null;
} {
  const [path, qualifiers = ''] = purl.split('#', 1)[0].split('?', 2);
  const at = path.lastIndexOf('@');
  const name = at > 0 ? path.slice(0, at) : path;
  const version = at > 0 ? decoded(path.slice(at + 1)) : undefined;
  const tag = new URLSearchParams(qualifiers).get('tag') ?? undefined;
  return { name, version: tag ?? version, digest: digestIn(version) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function mapPipelineRun(event: CdEvent, mapping: MappingContext): Mapped {
  const content = readShape(pipelineRun, event.subject.content);
  if (!content.ok) return content;
  const { outcome, pipelineName } = content.value;
  return itemsOf(
    {
      type: 'io.ai-assurance.pipeline-run.v1',
      id: event.context.id,
      time: event.context.timestamp,
      sourceSystem: 'cdevents',
      payload: {
        pipelineId: codeOf(pipelineName ?? event.context.source),
        runId: codeOf(event.subject.id),
        purpose: 'other',
        outcome: pipelineOutcomes[outcome],
        attemptNumber: null,
        failedStep: null,
        startedAt: null,
        finishedAt: event.context.timestamp,
        commit: null,
        datasetDigests: [],
        producedDigests: [],
      },
    },
    [...(pipelineName ? [pipelineName] : []), event.context.source],
    mapping,
  );
}

function mapService(
  event: CdEvent,
  predicate: string,
  mapping: MappingContext,
): Mapped {
  const content = readShape(service, event.subject.content);
  if (!content.ok) return content;
  const artifact = readPurl(content.value.artifactId);
  const environment = codeOf(content.value.environment.id);
  const version = codeOf(artifact.version ?? artifact.name);
  return itemsOf(
    {
      type: 'io.ai-assurance.deployment.v1',
      id: event.context.id,
      time: event.context.timestamp,
      sourceSystem: 'cdevents',
      envelope: {
        subjectVersion: version,
        ...(artifact.digest ? { subjectDigest: artifact.digest } : {}),
        segment: { environment, version },
      },
      payload: {
        deploymentId: codeOf(event.context.id),
        environment,
        version,
        digest: artifact.digest,
        fromVersion: null,
        fromDigest: null,
        cause: predicate === 'rolledback' ? 'rollback' : 'unknown',
        outcome: 'succeeded',
        changeId: null,
        commit: null,
        releaseId: null,
        trafficRatio: null,
        startedAt: null,
        finishedAt: event.context.timestamp,
      },
    },
    [event.subject.id, artifact.name, event.context.source],
    mapping,
  );
}

function mapArtifact(event: CdEvent, mapping: MappingContext): Mapped {
  const { name, version, digest } = readPurl(event.subject.id);
  const sizes = measured.safeParse(event.customData);
  if (!digest || !sizes.success) {
    return {
      ok: false,
      code: 'UNMAPPED_EVENT',
      message:
        'An artifact is evidence with the SHA-256 of its bytes in its purl (…@sha256%3A…), and sizeBytes and format in customData. One of them is missing.',
    };
  }
  const label = codeOf(version ?? name);
  return itemsOf(
    {
      type: 'io.ai-assurance.artifact.v1',
      id: event.context.id,
      time: event.context.timestamp,
      sourceSystem: 'cdevents',
      envelope: { subjectVersion: label, subjectDigest: digest },
      payload: {
        version: label,
        digest,
        sizeBytes: sizes.data.sizeBytes,
        format: codeOf(sizes.data.format),
      },
    },
    [name, event.context.source],
    mapping,
  );
}

function mapOne(body: unknown, mapping: MappingContext): Mapped {
  // A CloudEvent carries the CDEvent as its data; in binary mode the body is the CDEvent itself.
  const data =
    body !== null && typeof body === 'object' && 'specversion' in body
      ? (body as { data?: unknown }).data
      : body;
  const read = readShape(cdEvent, data);
  if (!read.ok) return read;
  const event = read.value;
  const [subject, predicate] = event.context.type
    .replace(/^dev\.cdevents\./, '')
    .split('.');
  switch (`${subject}.${predicate}`) {
    case 'pipelinerun.finished':
      return mapPipelineRun(event, mapping);
    case 'service.deployed':
    case 'service.upgraded':
    case 'service.rolledback':
      return mapService(event, predicate, mapping);
    case 'artifact.published':
      return mapArtifact(event, mapping);
    default:
      return {
        ok: false,
        code: 'UNMAPPED_EVENT',
        message: `No evidence is made of ${event.context.type}. Send pipelinerun.finished, service.deployed, service.upgraded, service.rolledback and artifact.published.`,
      };
  }
}

/** A CDEvent, or the first of a batch that cannot be mapped. */
export function mapCdEvents(body: unknown, mapping: MappingContext): Mapped {
  if (!Array.isArray(body)) return mapOne(body, mapping);
  const items: unknown[] = [];
  for (const one of body) {
    const mapped = mapOne(one, mapping);
    if (!mapped.ok) return mapped;
    items.push(...mapped.items);
  }
  return { ok: true, items };
}
