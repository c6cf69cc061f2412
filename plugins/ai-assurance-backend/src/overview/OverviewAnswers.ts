import {
  ANNOTATION_RUNBOOK,
  AnswerOf,
  Objective,
  Drift,
  referenceApprovePermission,
  releaseProposePermission,
  severityRank,
  SubjectKind,
  SubjectScore,
  VerdictRollUp,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { ApprovalAnswers } from '../approvals';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { DriftAnswers } from '../drift';
import { LedgerAnswers } from '../ledger';
import { Access, Caller, withCode } from '../platform';
import { AdoptionAnswers } from '../rollouts';
import { ScorecardAnswers } from '../scorecards';
import { SloAnswers } from '../slo';
import { TelemetryAnswers } from '../telemetry';
import { attentionOf } from './core/attention';
import { changeEvents } from './core/events';
import { summaryFacts } from './core/facts';
import {
  cohortSentence,
  modelSentence,
  overviewSentence,
  scoreSentence,
  serviceSentence,
} from './core/sentences';
import { subjectOf } from './core/subject';
import { versionsOf } from './versionsOf';

export interface OverviewDeps {
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  ledger: LedgerAnswers;
  slo: SloAnswers;
  drift: DriftAnswers;
  scorecards: ScorecardAnswers;
  approvals: ApprovalAnswers;
  rollouts: AdoptionAnswers;
  access: Access;
}

export interface Range {
  fromMs: number;
  toMs: number;
}

const hourMs = 3_600_000;
const eventLimit = 200;

// What nobody has judged yet is not known; it must never read as a pass.
const notJudged: VerdictRollUp = {
  status: 'inconclusive',
  measuredCount: 0,
  inScopeCount: 0,
  unknownCount: 0,
};

const approveHint = (isAllowed: boolean) =>
  isAllowed
    ? { allowed: true }
    : {
        allowed: false,
        reason: 'Only approvers may approve a reference window.',
      };

/** Composes what each page says from the answers of the rooms. */
export class OverviewAnswers {
  readonly #deps: OverviewDeps;

  constructor(deps: OverviewDeps) {
    this.#deps = deps;
  }

  async overview(
    caller: Caller,
    nowMs: number,
  ): Promise<AnswerOf<'getOverview'>> {
    const { subjects, scorecards, approvals, ledger, telemetry } = this.#deps;
    const [records, open, head, intake] = await Promise.all([
      subjects.list(),
      approvals.open(caller),
      ledger.head(),
      telemetry.intake(nowMs - hourMs),
    ]);
    const rows = await Promise.all(
      records.map(async record => ({
        record,
        score: await scorecards.score(record.entityRef),
      })),
    );
    const states = rows.map(({ record, score }) => ({
      status: (score?.rollUp ?? notJudged).status,
      isOwned: record.ownerRef !== undefined,
    }));
    return {
      sentence: overviewSentence(states),
      subjects: rows
        .map(({ record, score }) => ({
          subject: subjectOf(record),
          rollUp: score?.rollUp ?? notJudged,
          level: score?.level ?? null,
        }))
        .sort(
          (a, b) =>
            severityRank(a.rollUp.status) - severityRank(b.rollUp.status),
        ),
      attention: rows
        .flatMap(({ record, score }) => attentionOf(subjectOf(record), score))
        .sort((a, b) => severityRank(a.status) - severityRank(b.status)),
      openReleases: open.map(release => ({
        releaseId: release.releaseId,
        modelRef: release.modelRef,
        version: release.version,
        state: release.state,
        proposedBy: release.proposedBy,
        proposedAtMs: release.proposedAtMs,
        deadlineMs: release.deadlineMs,
      })),
      ledger: {
        size: head?.size ?? 0,
        rootHash: head?.rootHash ?? '',
        headAtMs: head?.signedAtMs ?? null,
      },
      telemetry: {
        lastBatchAtMs: intake.lastBatchAtMs ?? null,
        pointsLastHour: intake.acceptedPoints,
        refusedPointsLastHour: intake.refusedPoints,
      },
    };
  }

  async summary(
    entityRef: string,
    nowMs: number,
  ): Promise<AnswerOf<'getSubjectSummary'>> {
    const record = await this.#record(entityRef);
    const range = { fromMs: nowMs - hourMs, toMs: nowMs };
    const score = await this.#deps.scorecards.score(entityRef);
    const parts = await this.#health(record);
    const adoption = await this.#adoptionFor(record, range);
    return {
      subject: subjectOf(record),
      sentence: this.#sentence(record, parts, score, adoption),
      rollUp: score?.rollUp ?? notJudged,
      level: score?.level ?? null,
      facts: summaryFacts(
        parts.objectives,
        parts.drift,
        adoption.map(a => a.adoption),
      ),
    };
  }

  async service(
    entityRef: string,
    range: Range,
    caller: Caller,
  ): Promise<AnswerOf<'getService'>> {
    const record = await this.#record(entityRef, ['ai-service']);
    const { telemetry, scorecards, access } = this.#deps;
    const [parts, latency, segments, score, canApprove, events] =
      await Promise.all([
        this.#health(record, range.fromMs),
        telemetry.latencyPoints(entityRef, range.fromMs, range.toMs),
        telemetry.segmentLatency(entityRef, range.fromMs, range.toMs),
        scorecards.score(entityRef),
        access.may(caller, referenceApprovePermission),
        this.#events([entityRef, ...(record.relations.usesModel ?? [])], range),
      ]);
    return {
      subject: subjectOf(record),
      sentence: serviceSentence(parts.objectives, parts.drift, parts.problems),
      status: worstOf(
        [...parts.objectives, ...parts.drift].map(x => x.verdict.status),
      ),
      rangeStartMs: range.fromMs,
      rangeEndMs: range.toMs,
      objectives: parts.objectives,
      objectiveProblems: parts.problems,
      latency,
      segments,
      drift: parts.drift,
      events,
      runbookUrl: record.annotations[ANNOTATION_RUNBOOK],
      score: score ?? null,
      mayApproveReference: approveHint(canApprove),
    };
  }

  async model(
    entityRef: string,
    range: Range,
    caller: Caller,
  ): Promise<AnswerOf<'getModel'>> {
    const record = await this.#record(entityRef, ['ai-model', 'edge-model']);
    const { telemetry, scorecards, rollouts, approvals, access } = this.#deps;
    const [
      parts,
      latency,
      segments,
      score,
      adoption,
      overTime,
      releases,
      canPropose,
      canApprove,
    ] = await Promise.all([
      this.#health(record, range.fromMs),
      telemetry.latencyPoints(entityRef, range.fromMs, range.toMs),
      telemetry.segmentLatency(entityRef, range.fromMs, range.toMs),
      scorecards.score(entityRef),
      rollouts.adoption(entityRef, range.fromMs, range.toMs),
      rollouts.overTime(entityRef, range.fromMs, range.toMs),
      approvals.releasesOf(entityRef, caller),
      access.mayOn(caller, releaseProposePermission, entityRef),
      access.may(caller, referenceApprovePermission),
    ]);
    return {
      subject: subjectOf(record),
      sentence: modelSentence(score, adoption),
      status: (score?.rollUp ?? notJudged).status,
      rangeStartMs: range.fromMs,
      rangeEndMs: range.toMs,
      versions: await versionsOf(
        this.#deps,
        entityRef,
        range,
        adoption,
        releases,
      ),
      adoption,
      adoptionOverTime: overTime,
      latency,
      segments,
      objectives: parts.objectives,
      objectiveProblems: parts.problems,
      drift: parts.drift,
      releases: releases.map(release => ({
        releaseId: release.releaseId,
        version: release.version,
        state: release.state,
        proposedBy: release.proposedBy,
        proposedAtMs: release.proposedAtMs,
        decidedAtMs: release.decidedAtMs,
      })),
      score: score ?? null,
      mayPropose: canPropose
        ? { allowed: true }
        : {
            allowed: false,
            reason:
              'Only contributors who own this model may propose a release.',
          },
      mayApproveReference: approveHint(canApprove),
    };
  }

  async cohort(
    entityRef: string,
    range: Range,
  ): Promise<AnswerOf<'getCohort'>> {
    const record = await this.#record(entityRef, ['device-cohort']);
    const { telemetry, rollouts, scorecards } = this.#deps;
    const models = await this.#modelsOf(record);
    const rows = await Promise.all(
      models.map(async model => ({
        modelRef: model.entityRef,
        title: model.title,
        adoption: await this.#cohortAdoption(model.entityRef, record, range),
        adoptionOverTime: await rollouts.overTime(
          model.entityRef,
          range.fromMs,
          range.toMs,
          entityRef,
        ),
        segments: await telemetry.segmentLatency(
          model.entityRef,
          range.fromMs,
          range.toMs,
          entityRef,
        ),
        latency: await telemetry.latencyPoints(
          model.entityRef,
          range.fromMs,
          range.toMs,
          entityRef,
        ),
      })),
    );
    const score = await scorecards.score(entityRef);
    const spec = record.spec;
    return {
      subject: subjectOf(record),
      sentence: cohortSentence(rows),
      status: rows.some(row => row.adoption.totalCount > 0)
        ? 'pass'
        : 'inconclusive',
      rangeStartMs: range.fromMs,
      rangeEndMs: range.toMs,
      selector: (spec.selector ?? {}) as Record<string, string[]>,
      ring: spec.ring as string | undefined,
      deviceClass: spec.deviceClass as string | undefined,
      expectedDeviceCount: spec.expectedDeviceCount as number | undefined,
      minimumGroupSize: (spec.minimumGroupSize as number | undefined) ?? 5,
      models: rows.map(
        ({ modelRef, adoption, adoptionOverTime, segments }) => ({
          modelRef,
          adoption,
          adoptionOverTime,
          segments,
        }),
      ),
      // A cohort has one latency axis; with several models each has its own rows in `models`.
      latency: rows.length === 1 ? rows[0].latency : [],
      score: score ?? null,
    };
  }

  async #record(
    entityRef: string,
    kinds?: SubjectKind[],
  ): Promise<SubjectRecord> {
    const record = await this.#deps.subjects.get(entityRef);
    if (!record) {
      throw withCode(
        new NotFoundError(
          `${entityRef} is not an AI service, model or device cohort in the catalog. Register it, or wait some seconds if you just did.`,
        ),
        'UNKNOWN_SUBJECT',
      );
    }
    if (kinds && !kinds.includes(record.kind)) {
      throw withCode(
        new NotFoundError(
          `${entityRef} is of type ${
            record.kind
          }; this page is for ${kinds.join(' and ')}.`,
        ),
        'WRONG_SUBJECT_KIND',
      );
    }
    return record;
  }

  async #health(
    record: SubjectRecord,
    historySinceMs: number = Number.MAX_SAFE_INTEGER,
  ): Promise<{ objectives: Objective[]; drift: Drift[]; problems: string[] }> {
    const [objectives, drift, problems] = await Promise.all([
      this.#deps.slo.objectives(record.entityRef),
      this.#deps.drift.monitors(record.entityRef, historySinceMs),
      this.#deps.slo.problems(record.entityRef),
    ]);
    return { objectives, drift, problems };
  }

  #sentence(
    record: SubjectRecord,
    parts: { objectives: Objective[]; drift: Drift[]; problems: string[] },
    score: SubjectScore | undefined,
    adoption: {
      title: string;
      adoption: AnswerOf<'getModel'>['adoption'][number];
    }[],
  ): string {
    if (record.kind === 'ai-service')
      return serviceSentence(parts.objectives, parts.drift, parts.problems);
    if (record.kind === 'device-cohort') return cohortSentence(adoption);
    return scoreSentence(score);
  }

  async #adoptionFor(record: SubjectRecord, range: Range) {
    if (record.kind === 'device-cohort') {
      const models = await this.#modelsOf(record);
      return Promise.all(
        models.map(async model => ({
          title: model.title,
          adoption: await this.#cohortAdoption(model.entityRef, record, range),
        })),
      );
    }
    if (record.kind === 'edge-model') {
      const cohorts = await this.#deps.rollouts.adoption(
        record.entityRef,
        range.fromMs,
        range.toMs,
      );
      return cohorts.map(adoption => ({ title: adoption.title, adoption }));
    }
    return [];
  }

  async #modelsOf(cohort: SubjectRecord): Promise<SubjectRecord[]> {
    const all = await this.#deps.subjects.list();
    return all.filter(record =>
      (record.relations.targetsCohort ?? []).includes(cohort.entityRef),
    );
  }

  async #cohortAdoption(modelRef: string, cohort: SubjectRecord, range: Range) {
    const rows = await this.#deps.rollouts.adoption(
      modelRef,
      range.fromMs,
      range.toMs,
    );
    return (
      rows.find(row => row.cohort === cohort.entityRef) ?? {
        cohort: cohort.entityRef,
        title: cohort.title,
        totalCount: 0,
        versions: [],
      }
    );
  }

  async #events(subjects: string[], range: Range) {
    const lists = await Promise.all(
      subjects.map(subject =>
        this.#deps.ledger.list({ subject, ...range, limit: eventLimit }),
      ),
    );
    return changeEvents(lists.flat());
  }
}
