import {
  codeOfLabel,
  CollectContext,
  CollectedFact,
  CollectorError,
  EngineSeries,
  instantOf,
  MetricsEngine,
  shortDigestOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { JsonValue } from '@backstage/types';
import { QueryReader } from './QueryReader';
import { DeploymentQuery, templateReader } from './settings';

const type = 'io.ai-assurance.deployment.v1';
const maxRemembered = 300;

/** A version that reports in an environment, by the steps at which it does. */
interface Presence {
  environment: string;
  version: string;
  digest: string | null;
  atMs: number[];
}

/**
 * The first appearance of a version's label. What it shows is that the version began to report, not how its deployment
 * ended: so it is stated as running. The first version of all that is seen in an environment is where our knowledge begins,
 * no deployment.
 */
export function deploymentReader(
  settings: DeploymentQuery,
  path: string,
  pace: { lookbackMs: number; stepMs: number },
): QueryReader {
  const { lookbackMs, stepMs } = pace;
  const template = templateReader(path, `${Math.round(lookbackMs / 1000)}s`)(
    settings.versions,
    'versions',
  );

  async function* collect(
    engine: MetricsEngine,
    context: CollectContext,
  ): AsyncGenerator<CollectedFact<typeof type>> {
    const { subject, nowMs, memory, signal } = context;
    const endMs = Math.floor(nowMs / stepMs) * stepMs;
    const query = template.fill(subject);
    const { series } = await engine.range({
      query,
      startMs: endMs - lookbackMs,
      endMs,
      stepMs,
      signal,
    });
    const found = presencesIn(series, settings);
    const known = new Set(rememberedIn(memory.read()));
    let yielded = 0;
    for (const presence of found) {
      const key = keyOf(presence);
      const firstMs = presence.atMs[0];
      const before = found.filter(
        other =>
          other.environment === presence.environment && other.atMs[0] < firstMs,
      );
      if (known.has(key) || before.length === 0) {
        known.add(key);
        continue;
      }
      if (yielded === context.maxFacts) break;
      yielded += 1;
      known.add(key);
      const justBefore = before.filter(other =>
        other.atMs.includes(firstMs - stepMs),
      );
      const from = justBefore.length === 1 ? justBefore[0] : undefined;
      yield {
        type,
        id: `seen:${firstMs}:${shortDigestOf([
          presence.environment,
          presence.version,
        ])}:${codeOfLabel(subject.entityRef)}`,
        subject: subject.entityRef,
        timeMs: firstMs,
        envelope: {
          sourceSystem: 'prometheus',
          asked: `Each ${stepMs / 1000} s: ${query}`.slice(0, 2000),
          windowStart: instantOf(firstMs - stepMs),
          windowEnd: instantOf(firstMs),
          subjectVersion: presence.version,
          ...(presence.digest && { subjectDigest: presence.digest }),
          segment: { environment: presence.environment },
        },
        payload: {
          deploymentId: codeOfLabel(
            `${presence.environment}:${presence.version}:${firstMs}`,
          ),
          environment: presence.environment,
          version: presence.version,
          digest: presence.digest,
          fromVersion: from?.version ?? null,
          fromDigest: from?.digest ?? null,
          cause: 'unknown',
          outcome: 'running',
          changeId: null,
          commit: null,
          releaseId: null,
          trafficRatio: null,
          startedAt: instantOf(firstMs),
          finishedAt: null,
        },
      };
    }
    memory.write({ versions: [...known].slice(-maxRemembered) });
  }
  return { templates: [template], collect };
}

/** Versions in the order of their first appearance; several series of one version are one. */
function presencesIn(
  series: readonly EngineSeries[],
  settings: DeploymentQuery,
): Presence[] {
  const byKey = new Map<string, Presence & { steps: Set<number> }>();
  for (const { labels, samples } of series) {
    const version = labelOf(labels, settings.versionLabel);
    const presence = {
      version: codeOfLabel(version),
      environment:
        settings.environment ??
        codeOfLabel(labelOf(labels, settings.environmentLabel!)),
      digest: settings.digestLabel
        ? digestOf(labels[settings.digestLabel])
        : null,
      atMs: [],
    };
    const key = keyOf(presence);
    const known = byKey.get(key);
    if (known && known.digest !== presence.digest)
      throw new CollectorError(
        'malformed-answer',
        `version ${presence.version} reports with two digests`,
      );
    const entry = known ?? { ...presence, steps: new Set<number>() };
    byKey.set(key, entry);
    for (const { atMs, value } of samples) {
      if (Number.isNaN(value))
        throw new CollectorError('partial-answer', 'a sample is NaN');
      if (value > 0) entry.steps.add(atMs);
    }
  }
  return [...byKey.values()]
    .filter(({ steps }) => steps.size > 0)
    .map(({ steps, ...presence }) => ({
      ...presence,
      atMs: [...steps].sort((a, b) => a - b),
    }))
    .sort((a, b) => a.atMs[0] - b.atMs[0] || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ environment, version }: Omit<Presence, 'atMs'>): string {
  return `${environment} ${version}`;
}

function labelOf(
  labels: Readonly<Record<string, string>>,
  name: string,
): string {
  const value = labels[name];
  if (!value)
    throw new CollectorError(
      'misconfigured',
      `a series has no label ${name}; keep it in the expression, for example with by (${name})`,
    );
  return value;
}

function digestOf(label: string | undefined): string | null {
  if (label === undefined || label === '') return null;
  if (!/^sha256:[0-9a-f]{64}$/.test(label))
    throw new CollectorError(
      'malformed-answer',
      'a digest is not written sha256:<64 hex digits>',
    );
  return label;
}

function rememberedIn(memory: JsonValue | undefined): string[] {
  const versions =
    memory && typeof memory === 'object' && !Array.isArray(memory)
      ? memory.versions
      : undefined;
  return Array.isArray(versions)
    ? versions.filter((one): one is string => typeof one === 'string')
    : [];
}
