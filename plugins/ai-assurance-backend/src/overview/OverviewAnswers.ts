import {
  AnswerOf,
  Objective,
  Drift,
  QueryOf,
  referenceApprovePermission,
  releaseProposePermission,
  SubjectKind,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { ApprovalAnswers } from '../approvals';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { DriftAnswers } from '../drift';
import { LedgerAnswers, LedgerHistory } from '../ledger';
import { Access, AsOf, Caller, withCode } from '../platform';
import { AdoptionAnswers, PromotionAnswers } from '../rollouts';
import { ScorecardAnswers } from '../scorecards';
import { SloAnswers } from '../slo';
import { TelemetryAnswers } from '../telemetry';
import { summaryFacts } from './core/facts';
import { cohortSentence, modelSentence, scoreSentence } from './core/sentences';
import { subjectOf } from './core/subject';
import { hintOf, onlyApprovers } from './hints';
import { Moment, Range } from './moment';
import { notJudged, Portfolio, PortfolioDeps } from './Portfolio';
import { ServicePageDeps, ServicePages } from './ServicePages';
import { versionsOf } from './versionsOf';

export interface OverviewDeps extends ServicePageDeps, PortfolioDeps {
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  ledger: LedgerAnswers & LedgerHistory;
  slo: SloAnswers;
  drift: DriftAnswers;
  scorecards: ScorecardAnswers;
  approvals: ApprovalAnswers;
  rollouts: AdoptionAnswers & PromotionAnswers;
  access: Access;
}

const onlyOwners =
  'Only contributors who own this model may propose a release.';

/** Composes what each page says from the answers of the rooms, now or at a moment that is over. */
export class OverviewAnswers {
  readonly #deps: OverviewDeps;
  readonly #services: ServicePages;
  readonly #portfolio: Portfolio;

  constructor(deps: OverviewDeps) {
    this.#deps = deps;
    this.#services = new ServicePages(deps);
    this.#portfolio = new Portfolio(deps);
  }

  overview(
    query: QueryOf<'getOverview'>,
    moment: Moment,
  ): Promise<AnswerOf<'getOverview'>> {
    return this.#portfolio.overview(query, moment);
  }

  /** See {@link ServicePages.lookAhead}. */
  lookAhead(atMs: number, aheadMs: number): Promise<void> {
    return this.#services.lookAhead(atMs, aheadMs);
  }

  async summary(
    entityRef: string,
    moment: Moment,
  ): Promise<AnswerOf<'getSubjectSummary'>> {
    const { asOf } = moment;
    const record = await this.#record(entityRef, undefined, asOf);
    const score = await this.#deps.scorecards.score(entityRef, asOf);
    const [told, adoption] = await Promise.all([
      this.#services.status(record, moment),
      this.#adoptionFor(record, moment.counted),
    ]);
    return {
      subject: subjectOf(record),
      sentence: this.#sentence(record, told.status.sentence, score, adoption),
      rollUp: score?.rollUp ?? notJudged,
      level: score?.level ?? null,
      facts: summaryFacts(
        told.objectives,
        told.drift,
        adoption.map(a => a.adoption),
      ),
    };
  }

  /** What an on-call engineer reads first. */
  async service(
    entityRef: string,
    moment: Moment,
    caller: Caller,
  ): Promise<AnswerOf<'getService'>> {
    const record = await this.#record(entityRef, ['ai-service'], moment.asOf);
    return this.#services.main(record, moment, caller);
  }

  /** Its charts, breakdown and time line. */
  async serviceSignals(
    entityRef: string,
    moment: Moment,
    caller: Caller,
  ): Promise<AnswerOf<'getServiceSignals'>> {
    const record = await this.#record(entityRef, ['ai-service'], moment.asOf);
    return this.#services.signals(record, moment, caller);
  }

  async model(
    entityRef: string,
    moment: Moment,
    caller: Caller,
  ): Promise<AnswerOf<'getModel'>> {
    const { asOf, range, counted } = moment;
    const record = await this.#record(
      entityRef,
      ['ai-model', 'edge-model'],
      asOf,
    );
    const ledger = await this.#ledger(asOf);
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
      overflow,
      promotion,
    ] = await Promise.all([
      this.#health(record, moment),
      telemetry.latencyPoints(entityRef, counted.fromMs, counted.toMs),
      telemetry.segmentLatency(entityRef, counted.fromMs, counted.toMs),
      scorecards.score(entityRef, asOf),
      rollouts.adoption(entityRef, counted.fromMs, counted.toMs),
      rollouts.overTime(entityRef, counted.fromMs, counted.toMs),
      approvals.releasesOf(entityRef, caller, asOf),
      access.mayOn(caller, releaseProposePermission, entityRef),
      access.may(caller, referenceApprovePermission),
      telemetry.overflow(entityRef, counted.fromMs, counted.toMs),
      rollouts.promotion(entityRef, asOf),
    ]);
    return {
      subject: subjectOf(record),
      sentence: modelSentence(score, adoption),
      status: (score?.rollUp ?? notJudged).status,
      rangeStartMs: range.fromMs,
      rangeEndMs: range.toMs,
      versions: await versionsOf(
        { ledger, telemetry },
        entityRef,
        counted,
        adoption,
        releases,
      ),
      adoption,
      adoptionOverTime: overTime,
      promotion: promotion ?? null,
      overflow,
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
      mayPropose: hintOf(canPropose, asOf, onlyOwners),
      mayApproveReference: hintOf(canApprove, asOf, onlyApprovers),
    };
  }

  async cohort(
    entityRef: string,
    { asOf, range, counted }: Moment,
  ): Promise<AnswerOf<'getCohort'>> {
    const record = await this.#record(entityRef, ['device-cohort'], asOf);
    const { telemetry, rollouts, scorecards } = this.#deps;
    const models = await this.#modelsOf(record);
    const rows = await Promise.all(
      models.map(async model => ({
        modelRef: model.entityRef,
        title: model.title,
        adoption: await this.#cohortAdoption(model.entityRef, record, counted),
        adoptionOverTime: await rollouts.overTime(
          model.entityRef,
          counted.fromMs,
          counted.toMs,
          entityRef,
        ),
        segments: await telemetry.segmentLatency(
          model.entityRef,
          counted.fromMs,
          counted.toMs,
          entityRef,
        ),
        latency: await telemetry.latencyPoints(
          model.entityRef,
          counted.fromMs,
          counted.toMs,
          entityRef,
        ),
      })),
    );
    const score = await scorecards.score(entityRef, asOf);
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
    kinds: SubjectKind[] | undefined,
    asOf: AsOf | undefined,
  ): Promise<SubjectRecord> {
    asOf?.limit('catalog-of-today');
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

  /** The ledger of now, or of then. */
  async #ledger(asOf: AsOf | undefined): Promise<LedgerAnswers> {
    return asOf ? this.#deps.ledger.asOf(asOf) : this.#deps.ledger;
  }

  async #health(
    record: SubjectRecord,
    { asOf, range }: Moment,
  ): Promise<{ objectives: Objective[]; drift: Drift[]; problems: string[] }> {
    const [told, drift] = await Promise.all([
      this.#deps.slo.told(record.entityRef, asOf),
      this.#deps.drift.monitors(record.entityRef, range.fromMs, asOf),
    ]);
    return { ...told, drift };
  }

  #sentence(
    record: SubjectRecord,
    serviceSentence: string,
    score: SubjectScore | undefined,
    adoption: {
      title: string;
      adoption: AnswerOf<'getModel'>['adoption'][number];
    }[],
  ): string {
    if (record.kind === 'ai-service') return serviceSentence;
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
}
