import {
  ANNOTATION_ON_CALL,
  AnswerOf,
  ChangeEvent,
  Drift,
  incidentManagePermission,
  Objective,
  objectiveCorrectPermission,
  referenceApprovePermission,
  rollbackOrderPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ActionAnswers } from '../actions';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { DriftAnswers } from '../drift';
import { IncidentAnswers } from '../incidents';
import { LedgerAnswers, LedgerHistory } from '../ledger';
import { Access, AsOf, Caller } from '../platform';
import { ScorecardAnswers } from '../scorecards';
import { SloAnswers, ToldObjectives } from '../slo';
import {
  SeriesAnswer,
  TelemetryAnswers,
  VersionBandsAnswer,
} from '../telemetry';
import { CauseCache } from './CauseCache';
import { alertsThen } from './core/alertsThen';
import { byTime, CHANGE_TYPES, changeEvents, driftEvents } from './core/events';
import {
  beganMs,
  Cause,
  causeReachMs,
  firingAlerts,
  serviceStatus,
  ServiceStatus,
} from './core/serviceStatus';
import { subjectOf } from './core/subject';
import { versionChanges } from './core/versionChanges';
import { hintOf, onlyApprovers } from './hints';
import { Moment } from './moment';

/** What reports say that a service costs. */
export interface CostSource {
  /** What is wrong with the budget that its catalog file declares. */
  budgetProblem?(subject: string): Promise<string | undefined>;
  costs(
    subject: string,
    range: { fromMs: number; toMs: number },
    atMs?: number,
  ): Promise<{
    currency: string | undefined;
    priceBasis: string | undefined;
    coverageRatio: number;
    points: {
      startMs: number;
      endMs: number;
      totalMicros: number;
      perThousandInferencesMicros: number | null;
      evidenceId: string;
    }[];
    budget?: NonNullable<AnswerOf<'getServiceSignals'>['costBudget']>;
  }>;
}

export interface ServicePageDeps {
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  ledger: LedgerAnswers & LedgerHistory;
  slo: SloAnswers;
  drift: DriftAnswers;
  scorecards: ScorecardAnswers;
  incidents: IncidentAnswers;
  actions: ActionAnswers;
  costs?: CostSource;
  access: Access;
}

const minuteMs = 60_000;
const eventLimit = 300;
const alertLimit = 200;
const incidentLimit = 10;
/** Of so many subjects that burn at once, causes are looked up before they are asked for. */
const mostAhead = 300;
const pagerDutyAnnotation = 'pagerduty.com/service-id';

const onlyOperators = 'Only fleet operators may order a rollback.';
const onlyManagers =
  'Only fleet operators, and contributors who own this service, may open incidents.';
const onlyCorrectors =
  'Only contributors who own this service may correct its error budget.';

/** What the two answers of a service's page are made of. Nothing here judges: it reads what was judged. */
export class ServicePages {
  readonly #deps: ServicePageDeps;
  readonly #causes = new CauseCache();

  constructor(deps: ServicePageDeps) {
    this.#deps = deps;
  }

  /** The status line of a service, as its page and its card have it. */
  async status(
    record: SubjectRecord,
    { atMs, asOf }: Moment,
  ): Promise<{
    status: ServiceStatus;
    objectives: Objective[];
    drift: Drift[];
    problems: string[];
  }> {
    const { entityRef } = record;
    const [{ objectives, problems }, drift] = await Promise.all([
      this.#objectives(entityRef, asOf),
      this.#deps.drift.monitors(entityRef, Number.MAX_SAFE_INTEGER, asOf),
    ]);
    const sinceMs = burnsSinceMs(objectives);
    const causes =
      sinceMs === undefined
        ? []
        : await this.#causes.of(
            { entityRef, sinceMs, atMs, isPast: Boolean(asOf) },
            () => this.#causesOf(record, sinceMs, atMs, asOf),
          );
    return {
      status: serviceStatus({
        objectives,
        drift,
        problems,
        causes,
        nowMs: atMs,
      }),
      objectives,
      drift,
      problems,
    };
  }

  /**
   * Looks up what happened before the alerts that fire now, ahead of those who open a page, and at what they ask next within
   * `aheadMs`. One after the other: it is never urgent.
   */
  async lookAhead(atMs: number, aheadMs: number): Promise<void> {
    const { slo, subjects } = this.#deps;
    for (const [entityRef, objectives] of await slo.alerting(mostAhead)) {
      const sinceMs = burnsSinceMs(objectives);
      const record =
        sinceMs === undefined ? undefined : await subjects.get(entityRef);
      if (sinceMs !== undefined && record?.kind === 'ai-service')
        await this.#causes.refresh(
          { entityRef, sinceMs, atMs, isPast: false },
          aheadMs,
          () => this.#causesOf(record, sinceMs, atMs, undefined),
        );
    }
  }

  async main(
    record: SubjectRecord,
    moment: Moment,
    caller: Caller,
  ): Promise<AnswerOf<'getService'>> {
    const { asOf, range } = moment;
    const { entityRef, annotations } = record;
    const { incidents, access, actions, costs } = this.#deps;
    const [
      told,
      ofSubject,
      runbooks,
      [mayRollBack, mayManage, mayCorrect],
      costBudgetProblem,
    ] = await Promise.all([
      this.status(record, moment),
      incidents.incidents(entityRef, asOf),
      incidents.runbooks(record, asOf),
      access.mayEachOn(
        caller,
        [
          rollbackOrderPermission,
          incidentManagePermission,
          objectiveCorrectPermission,
        ],
        entityRef,
      ),
      costs?.budgetProblem?.(entityRef),
    ]);
    const hindrance = actions.rollbackHindrance(entityRef);
    const onCall = annotations[ANNOTATION_ON_CALL];
    return {
      subject: subjectOf(record),
      ...told.status,
      rangeStartMs: range.fromMs,
      rangeEndMs: range.toMs,
      // Slices are a table of their own, and the larger part of an objective: getObjectives has them.
      objectives: told.objectives.map(
        ({ segments, ...objective }) => objective,
      ),
      objectiveProblems: told.problems,
      costBudgetProblem: costBudgetProblem ?? null,
      incidents: ofSubject.slice(0, incidentLimit),
      incidentCount: ofSubject.length,
      runbooks,
      onCall:
        onCall && /^https?:\/\//.test(onCall)
          ? [{ title: 'On call', url: onCall }]
          : [],
      pagerDutyServiceId: annotations[pagerDutyAnnotation] ?? null,
      mayRollBack:
        hindrance === undefined
          ? hintOf(mayRollBack, asOf, onlyOperators)
          : { allowed: false, reason: hindrance },
      mayManageIncidents: hintOf(mayManage, asOf, onlyManagers),
      mayCorrect: hintOf(mayCorrect, asOf, onlyCorrectors),
    };
  }

  async signals(
    record: SubjectRecord,
    moment: Moment,
    caller: Caller,
  ): Promise<AnswerOf<'getServiceSignals'>> {
    const { asOf, range, counted } = moment;
    const { entityRef } = record;
    const { telemetry, drift, scorecards, access, costs } = this.#deps;
    const [
      series,
      bands,
      segments,
      cost,
      changes,
      monitors,
      score,
      approve,
      overflow,
    ] = await Promise.all([
      telemetry.series(entityRef, counted),
      telemetry.versionBands(entityRef, counted),
      telemetry.segmentLatency(entityRef, counted.fromMs, counted.toMs),
      costs?.costs(entityRef, range, asOf?.atMs),
      this.#changes(record, range, asOf),
      drift.monitors(entityRef, range.fromMs, asOf),
      scorecards.score(entityRef, asOf),
      access.may(caller, referenceApprovePermission),
      telemetry.overflow(entityRef, counted.fromMs, counted.toMs),
    ]);
    return {
      overflow,
      rangeStartMs: range.fromMs,
      rangeEndMs: range.toMs,
      ...chartOf(series),
      ...bandsOf(bands, counted.fromMs),
      failures: failuresOf([series, bands]),
      costs: cost?.currency
        ? {
            currency: cost.currency,
            priceBasis: cost.priceBasis ?? null,
            coverageRatio: cost.coverageRatio,
            points: cost.points.map(point => ({
              startMs: point.startMs,
              endMs: point.endMs,
              perThousandMicros: point.perThousandInferencesMicros,
              totalMicros: point.totalMicros,
              evidenceId: point.evidenceId,
            })),
          }
        : null,
      costBudget: cost?.budget ?? null,
      segments,
      events: [
        ...changes,
        ...driftEvents(monitors),
        ...(bands.state === 'ready' ? versionChanges(bands) : []).map(
          ({ isWhole, version, ...event }) => event,
        ),
      ].sort(byTime),
      drift: monitors,
      score: score ?? null,
      mayApproveReference: hintOf(approve, asOf, onlyApprovers),
    };
  }

  /** Objectives with the alerts that fired then, which the objectives of the past do not carry themselves. */
  async #objectives(entityRef: string, asOf?: AsOf): Promise<ToldObjectives> {
    const told = await this.#deps.slo.told(entityRef, asOf);
    const { objectives, problems } = told;
    if (!asOf || objectives.every(({ alerts }) => alerts !== undefined))
      return told;
    const ledger = await this.#deps.ledger.asOf(asOf);
    const items = await ledger.list({
      subject: entityRef,
      type: 'io.ai-assurance.slo-alert.v1',
      limit: alertLimit,
    });
    return { objectives: alertsThen(objectives, items), problems };
  }

  async #causesOf(
    record: SubjectRecord,
    sinceMs: number,
    atMs: number,
    asOf: AsOf | undefined,
  ): Promise<Cause[]> {
    const range = {
      fromMs: sinceMs - causeReachMs - minuteMs,
      toMs: Math.min(atMs, sinceMs + 2 * minuteMs),
    };
    const [bands, changes] = await Promise.all([
      this.#deps.telemetry.versionBands(record.entityRef, {
        ...range,
        stepMs: minuteMs,
      }),
      this.#changes(record, range, asOf),
    ]);
    return [
      ...(bands.state === 'ready' ? versionChanges(bands) : []),
      // What was said of the trouble itself does not explain it.
      ...changes.filter(
        ({ group }) =>
          !['alert', 'incident', 'record', 'drift'].includes(group),
      ),
    ];
  }

  async #changes(
    record: SubjectRecord,
    range: { fromMs: number; toMs: number },
    asOf: AsOf | undefined,
  ): Promise<ChangeEvent[]> {
    const ledger: LedgerAnswers = asOf
      ? await this.#deps.ledger.asOf(asOf)
      : this.#deps.ledger;
    const subjects = [record.entityRef, ...(record.relations.usesModel ?? [])];
    const lists = await Promise.all(
      subjects.map(subject =>
        ledger.list({
          subject,
          types: CHANGE_TYPES,
          ...range,
          limit: eventLimit,
        }),
      ),
    );
    return changeEvents(lists.flat());
  }
}

/** Since when the worst that fires burns; `undefined` where that is no burn, or nothing fires. */
function burnsSinceMs(objectives: Objective[]): number | undefined {
  const [worst] = firingAlerts(objectives);
  return worst?.alert.cause === 'burn-rate' ? beganMs(worst) : undefined;
}

function chartOf(series: SeriesAnswer) {
  if (series.state === 'failed')
    return {
      stepMs: minuteMs,
      source: null,
      isWhole: false,
      errorBoundRatio: null,
      points: [],
    };
  const { stepMs, source, isWhole, errorBoundRatio, points } = series;
  return {
    stepMs,
    source,
    isWhole,
    errorBoundRatio: errorBoundRatio ?? null,
    points,
  };
}

function bandsOf(answer: VersionBandsAnswer, fromMs: number) {
  if (answer.state === 'failed')
    return { bands: [], bandStartMs: fromMs, bandStepMs: minuteMs };
  return {
    bandStartMs: answer.fromMs,
    bandStepMs: answer.stepMs,
    bands: answer.bands.map(band => ({
      ...band,
      digest: band.digest ?? null,
    })),
  };
}

/** Each source that failed, once. */
function failuresOf(answers: (SeriesAnswer | VersionBandsAnswer)[]) {
  const failures = new Map(
    answers.flatMap(answer =>
      answer.state === 'failed'
        ? [[answer.failure.source, answer.failure] as const]
        : [],
    ),
  );
  return [...failures.values()];
}
