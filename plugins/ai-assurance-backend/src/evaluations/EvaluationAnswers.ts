import {
  Evaluations,
  EvaluationVersion,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { NotFoundError } from '@backstage/errors';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { RiskEntry } from '../imports';
import { LedgerAnswers, LedgerHistory } from '../ledger';
import { AsOf, withCode } from '../platform';
import { versionsOf, VersionVerdict } from './core/judge';
import { predictedBlockRate } from './core/judgeOnline';
import { changedSince, Known, newestMeasurement } from './core/known';
import {
  calibrationFor,
  correctedBy,
  directionOf,
  Measurement,
  versionKey,
} from './core/measurement';
import { evaluationSentence } from './core/sentence';
import { EvaluationStore } from './EvaluationStore';
import { knownAbout } from './Knowledge';
import { safetyOf } from './safetyOf';

/** A page stays readable, and its answer bounded. */
const mostVersions = 20;
const mostResults = 500;

type Judged = Pick<
  EvaluationVersion,
  'judgedAtMs' | 'sinceMs' | 'evidenceId'
> & {
  verdict: VersionVerdict;
};

export interface EvaluationAnswersDeps {
  store: EvaluationStore;
  ledgerAnswers: LedgerAnswers & LedgerHistory;
  subjects: SubjectAnswers;
  risks: ReadonlyMap<string, RiskEntry>;
}

/** Reads for the page of evaluations. Opening it judges nothing: verdicts are those that were stored, or recorded by then. */
export class EvaluationAnswers {
  readonly #deps: EvaluationAnswersDeps;

  constructor(deps: EvaluationAnswersDeps) {
    this.#deps = deps;
  }

  /** Throws NotFoundError `SUBJECT_NOT_FOUND`. */
  async evaluations(
    entityRef: string,
    mayImport: Evaluations['mayImport'],
    asOf?: AsOf,
  ): Promise<Evaluations> {
    const { subjects, store, ledgerAnswers } = this.#deps;
    const record = await subjects.get(entityRef);
    if (!record)
      throw withCode(
        new NotFoundError(
          `${entityRef} is not an AI service, model or device cohort in the catalog.`,
        ),
        'SUBJECT_NOT_FOUND',
      );
    asOf?.limit('catalog-of-today');
    const ledger = asOf ? await ledgerAnswers.asOf(asOf) : ledgerAnswers;
    const known = await knownAbout(ledger, entityRef);
    const judged = asOf
      ? await this.#recorded(ledger, entityRef, asOf)
      : await this.#stored(entityRef);
    const declared = asOf ? undefined : await store.gates(entityRef);
    const all = versionsOf(known);
    const versions = all
      .slice(0, mostVersions)
      .map(of => versionAnswer(of, known, judged.get(of.key)));
    const last = all[0] && judged.get(all[0].key)?.verdict;
    const shown = new Set(all.slice(0, mostVersions).map(({ key }) => key));
    const results = newestResults(known, shown);
    return {
      subject: subjectOf(record),
      sentence: evaluationSentence({
        hasGates: judged.size > 0,
        versionCount: all.length,
        last,
      }),
      status: last?.status ?? null,
      gates: declared
        ? {
            source: declared.source,
            title: declared.gates?.title ?? null,
            digest: declared.gates?.digest ?? null,
            problem: declared.problem ?? null,
          }
        : null,
      versions,
      versionCount: all.length,
      resultCount: results.length,
      comparisonCount: known.comparisons.length,
      results: results.slice(0, mostResults).map(one => resultOf(one, known)),
      comparisons: comparisonsOf(known),
      safety: safetyOf(known.items, shown, this.#deps.risks),
      calibrations: known.calibrations.slice(0, 100).map(calibration => ({
        judge: calibration.judge,
        metric: calibration.metric,
        positiveCount: calibration.positiveCount,
        truePositiveCount: calibration.truePositiveCount,
        negativeCount: calibration.negativeCount,
        trueNegativeCount: calibration.trueNegativeCount,
        labellerCount: calibration.labellerCount,
        timeMs: calibration.timeMs,
        evidenceId: calibration.evidenceId,
      })),
      online: onlineOf(known),
      uses: (record.relations.usesModel ?? []).slice(0, 100),
      mayImport,
    };
  }

  async #stored(subject: string): Promise<Map<string, Judged>> {
    const stored = await this.#deps.store.verdicts(subject);
    return new Map(
      stored.map(({ versionKey: key, verdict, ...of }) => [
        key,
        {
          verdict,
          judgedAtMs: of.judgedAtMs,
          sinceMs: of.sinceMs,
          evidenceId: of.evidenceId ?? null,
        },
      ]),
    );
  }

  /** As the ledger had it by then: the newest recorded verdict of each version that had not gone stale. */
  async #recorded(
    ledger: LedgerAnswers,
    subject: string,
    asOf: AsOf,
  ): Promise<Map<string, Judged>> {
    const items = await ledger.list({
      subject,
      type: 'io.ai-assurance.evaluation-verdict.v1',
      limit: 200,
    });
    const found = new Map<string, Judged>();
    for (const { item, timeMs, expiresAtMs, evidenceId, isErased } of items) {
      const { subjectVersion, subjectDigest } = item.data.envelope;
      const of = {
        version: subjectVersion ?? null,
        digest: subjectDigest ?? null,
      };
      const key = versionKey(of);
      if (key === null || found.has(key) || isErased) continue;
      asOf.limit('last-recorded');
      const said = item.data
        .payload as PayloadOf<'io.ai-assurance.evaluation-verdict.v1'>;
      const isStale = expiresAtMs !== undefined && expiresAtMs <= asOf.atMs;
      found.set(key, {
        verdict: {
          ...of,
          status: isStale ? 'inconclusive' : said.status,
          reason: isStale ? 'stale' : said.reason,
          gates: isStale
            ? said.gates.map(gate => ({
                ...gate,
                status: 'inconclusive' as const,
                reason: 'stale',
              }))
            : said.gates,
        },
        judgedAtMs: timeMs,
        sinceMs: null,
        evidenceId,
      });
    }
    return found;
  }
}

function subjectOf(record: SubjectRecord): Evaluations['subject'] {
  const { entityRef, kind, title, ownerRef, riskTier, tier } = record;
  return {
    entityRef,
    kind,
    title,
    ...(ownerRef && { ownerRef }),
    ...(riskTier && { riskTier }),
    ...(tier !== undefined && { tier }),
  };
}

function versionAnswer(
  of: { key: string; version: string | null; digest: string | null },
  known: Known,
  judged: Judged | undefined,
): EvaluationVersion {
  const times = known.measurements
    .filter(m => versionKey(m) === of.key)
    .map(({ timeMs }) => timeMs);
  return {
    version: of.version,
    digest: of.digest,
    lastMeasuredAtMs:
      times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    status: judged?.verdict.status ?? null,
    reason: judged?.verdict.reason ?? null,
    gates: judged?.verdict.gates ?? [],
    judgedAtMs: judged?.judgedAtMs ?? null,
    sinceMs: judged?.sinceMs ?? null,
    evidenceId: judged?.evidenceId ?? null,
  };
}

/** The newest of each metric, slice and version; newest first. */
function newestResults(known: Known, shown: Set<string>): Measurement[] {
  const newest = new Map<string, Measurement>();
  for (const found of known.measurements) {
    const key = versionKey(found);
    if (key !== null && !shown.has(key)) continue;
    const about = JSON.stringify([key, found.metric, found.slice]);
    const before = newest.get(about);
    if (!before || before.position < found.position) newest.set(about, found);
  }
  return [...newest.values()].sort((a, b) => b.position - a.position);
}

function resultOf(
  found: Measurement,
  known: Known,
): Evaluations['results'][number] {
  const calibration = calibrationFor(found, known.calibrations);
  const { metric, slice, version, digest, value, low, high, unit } = found;
  const { method, sampleCount, datasetId, datasetDigest, judge } = found;
  const { tool, timeMs, evidenceId } = found;
  return {
    ...{ metric, slice, version, digest, value, low, high, unit },
    ...{ method, sampleCount, datasetId, datasetDigest, judge },
    counted: found.counted ?? null,
    direction: directionOf(found.counted),
    ...{ timeMs, evidenceId, tool: { id: tool.id, version: tool.version } },
    corrected: (calibration && correctedBy(found, calibration)) ?? null,
    calibrationId: calibration?.evidenceId ?? null,
    changed: changedSince(found, known),
  };
}

function comparisonsOf(known: Known): Evaluations['comparisons'] {
  return [...known.comparisons]
    .sort((a, b) => b.position - a.position)
    .slice(0, 100)
    .map(({ payload, version, digest, timeMs, evidenceId }) => ({
      metric: payload.metric,
      slice: payload.slice,
      version,
      digest,
      baselineVersion: payload.baselineVersion,
      itemCount: payload.itemCount,
      table: payload.table,
      value: payload.differenceValue,
      low: payload.differenceLow,
      high: payload.differenceHigh,
      unit: payload.unit,
      pValueRatio: payload.pValueRatio,
      testMethod: payload.testMethod,
      timeMs,
      evidenceId,
    }));
}

function onlineOf(known: Known): Evaluations['online'] {
  return versionsOf(known).flatMap(({ key, version, digest }) => {
    const prediction = predictedBlockRate(known, key);
    if (!prediction) return [];
    const found = newestMeasurement(known, 'online-block-rate', null, key);
    return [
      {
        version,
        digest,
        predictedLow: prediction.low,
        predictedHigh: prediction.high,
        value: found?.value ?? null,
        low: found?.low ?? null,
        high: found?.high ?? null,
        sampleCount: found?.sampleCount ?? null,
        evidenceId: found?.evidenceId ?? null,
      },
    ];
  });
}
