import {
  CohortAdoption,
  ModelVersion,
  Release,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { LedgerAnswers } from '../ledger';
import { TelemetryAnswers } from '../telemetry';

const itemLimit = 200;

/**
 * The versions of a model, newest release line first as they were recorded: from artifacts and evaluations in the
 * ledger and from what telemetry saw. A version that only telemetry knows has no artifact and says so by its absence.
 */
export async function versionsOf(
  deps: { ledger: LedgerAnswers; telemetry: TelemetryAnswers },
  modelRef: string,
  range: { fromMs: number; toMs: number },
  adoption: CohortAdoption[],
  releases: Release[],
): Promise<ModelVersion[]> {
  const [artifacts, evaluations, seen] = await Promise.all([
    deps.ledger.list({
      subject: modelRef,
      type: 'io.ai-assurance.artifact.v1',
      limit: itemLimit,
    }),
    deps.ledger.list({
      subject: modelRef,
      type: 'io.ai-assurance.evaluation.v1',
      limit: itemLimit,
    }),
    deps.telemetry.versions(modelRef, range.fromMs, range.toMs),
  ]);
  const rows = new Map<string, ModelVersion>();
  const sessionTotalCount = adoption.reduce(
    (sum, cohort) => sum + cohort.totalCount,
    0,
  );
  const rowOf = (version: string, digest: string | null): ModelVersion => {
    const key = `${version} ${digest ?? ''}`;
    const row = rows.get(key) ?? {
      version,
      digest,
      sessionCount: 0,
      sessionTotalCount,
    };
    rows.set(key, row);
    return row;
  };

  // Lists are newest first; the first word about a version is the one that counts.
  // A redacted item no longer says which version it is about.
  for (const { item } of artifacts.filter(({ isErased }) => !isErased)) {
    const payload = item.data
      .payload as PayloadOf<'io.ai-assurance.artifact.v1'>;
    const row = rowOf(payload.version, payload.digest);
    row.sizeBytes ??= payload.sizeBytes;
    row.precision ??= payload.precision;
  }
  for (const { item } of evaluations.filter(({ isErased }) => !isErased)) {
    const payload = item.data
      .payload as PayloadOf<'io.ai-assurance.evaluation.v1'>;
    const { subjectVersion, subjectDigest } = item.data.envelope;
    if (payload.metric !== 'accuracy' || !subjectVersion) continue;
    const row = rowOf(subjectVersion, subjectDigest ?? null);
    row.accuracy ??= {
      value: payload.value,
      intervalLow: payload.intervalLow,
      intervalHigh: payload.intervalHigh,
      totalCount: payload.totalCount,
    };
  }
  for (const version of seen) {
    const row = rowOf(version.version, version.digest ?? null);
    row.firstSeenMs = version.firstSeenMs;
    row.lastSeenMs = version.lastSeenMs;
  }
  for (const cohort of adoption) {
    for (const line of cohort.versions)
      rowOf(line.version, line.digest).sessionCount += line.sessionCount;
  }
  for (const row of rows.values()) {
    const release = releases.find(r => r.digest === row.digest);
    if (release)
      row.release = { releaseId: release.releaseId, state: release.state };
  }
  return [...rows.values()].sort(
    (a, b) =>
      b.sessionCount - a.sessionCount ||
      a.version.localeCompare(b.version, 'en-US', { numeric: true }),
  );
}
