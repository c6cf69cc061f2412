import {
  Correction,
  Objective,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { Ledger } from '../ledger';
import { Db, dueForRenewal, Ids, Outbox, wholeMinuteMs } from '../platform';
import { BudgetPolicy, policyFor } from './core/budgetPolicy';
import {
  AlertChange,
  AlertSignal,
  nextAlerts,
  worstAlertsFirst,
} from './core/alerts';
import { BurnWindowFile, pairsOf } from './core/burnWindows';
import { joined, wholeMinutes } from './core/corrections';
import { segmentOf } from './core/countWindows';
import { indicatorKey, readingKey } from './core/indicatorKey';
import { evaluateObjective, Line } from './core/objective';
import { isSpent } from './core/objectiveThen';
import { readingName, readingsOf } from './core/readings';
import { Indicator, indicatorsOf, SloDefinition } from './core/types';
import { periodAt } from './core/window';
import { CorrectionStore } from './CorrectionStore';
import { CountOutcome, CountService } from './CountService';
import {
  chunksOf,
  failingSources,
  hoursNeeded,
  linesOf,
  LineSums,
  objectiveCountOf,
  Plan,
  sourcesOf,
} from './evaluationPlan';
import { HourMemory } from './HourMemory';
import { NoticeStore } from './NoticeStore';
import { Series } from './SeriesStore';
import { DevicesOf, SegmentGroups } from './SegmentGroups';
import { sloAlertDraft } from './sloAlertDraft';
import { SloDocuments } from './SloDocuments';
import { sloStatusDraft } from './sloStatusDraft';
import { StoredDocuments, StoredStatus } from './SloStore';
import {
  FailingSource,
  KnownState,
  KnownStatus,
  ObjectiveAlert,
  StatusStore,
} from './StatusStore';

/** Groups of objectives in work at the same time. */
const chunksAtOnce = 2;

/** One evaluation of all objectives. */
interface Evaluation {
  nowMs: number;
  records: Map<string, SubjectRecord>;
  /** Of all that are judged, not of those that are judged together. */
  objectiveCount: number;
}

interface Evaluated {
  plan: Plan;
  objective: Objective;
  signals: AlertSignal[];
}

/** What makes a change worth recording at once: the verdict, which windows fire, and what was promised. */
function fingerprintOf(objective: Objective): string {
  return JSON.stringify([
    objective.verdict.status,
    objective.verdict.reason,
    objective.burnRates.map(rate => (rate.firing ? 1 : 0)).join(''),
    objective.objectiveRatio,
    objective.thresholdMs ?? null,
    // Of a calendar window its length differs from period to period; a new period is no news by itself.
    objective.windowKind === 'calendar' ? 0 : objective.windowMs,
    objective.budgetingMethod,
  ]);
}

type Named = Pick<Objective, 'sloName' | 'objectiveName'>;

const sameObjective = (a: Named, b: Named) =>
  a.sloName === b.sloName && a.objectiveName === b.objectiveName;

export interface SloServiceDeps {
  db: Db;
  ids: Ids;
  documents: SloDocuments;
  counts: CountService;
  groups: SegmentGroups;
  memory: HourMemory;
  statuses: StatusStore;
  corrections: CorrectionStore;
  notices: NoticeStore;
  subjects: SubjectAnswers;
  burnWindows: BurnWindowFile[];
  policies: BudgetPolicy[];
  outbox: Outbox;
  ledger: Ledger;
  logger: LoggerService;
}

/** Judges objectives on a clock, keeps their alerts, and records both as evidence. */
export class SloService {
  readonly #deps: SloServiceDeps;

  constructor(deps: SloServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Judges every objective of every subject over the whole minutes that ended by `nowMs`. A subject that cannot be
   * judged does not stop the others. Safe to repeat.
   */
  async evaluate(nowMs: number): Promise<void> {
    const all = await this.#deps.documents.refresh(nowMs);
    const records = new Map(
      (await this.#deps.subjects.list()).map(one => [one.entityRef, one]),
    );
    const evaluation: Evaluation = {
      nowMs,
      records,
      objectiveCount: all.reduce((sum, one) => sum + objectiveCountOf(one), 0),
    };
    const chunks = chunksOf(all);
    // The database works on one while the other is counted and judged here.
    await Promise.all(
      Array.from({ length: chunksAtOnce }, async () => {
        for (const together of chunks)
          await this.#evaluateTogether(together, evaluation);
      }),
    );
  }

  async #evaluateTogether(
    together: StoredDocuments[],
    evaluation: Evaluation,
  ): Promise<void> {
    try {
      await this.#evaluate(together, evaluation);
    } catch (error) {
      if (together.length === 1) {
        this.#failed(together[0], error);
        return;
      }
      // One of them stops the others: each by itself, so that it is found.
      for (const one of together) {
        try {
          await this.#evaluate([one], evaluation);
        } catch (own) {
          this.#failed(one, own);
        }
      }
    }
  }

  #failed({ subject }: StoredDocuments, error: unknown): void {
    // The outermost loop: the next tick tries again, and until then evidence of this subject ages towards stale.
    this.#deps.logger.error(
      `Objectives of ${subject} could not be evaluated`,
      error as Error,
    );
  }

  async #evaluate(
    documents: StoredDocuments[],
    evaluation: Evaluation,
  ): Promise<void> {
    const { nowMs, records } = evaluation;
    const { counts, statuses, memory } = this.#deps;
    // The minute that has begun is left out: half a minute of events says nothing about its rate.
    const endMs = wholeMinuteMs(nowMs);
    const subjects = documents.map(one => one.subject);
    const readings = documents.flatMap(one =>
      readingsOf(one.subject, one.definitions),
    );
    const outcome = await counts.count(readings, endMs);
    const known = await statuses.known(subjects);
    const sources = failingSources(known, outcome, readings, nowMs);
    const corrections = await this.#deps.corrections.standing(
      subjects,
      endMs - Math.max(0, ...readings.map(reading => reading.reachMs)),
    );
    const lines = linesOf(outcome.series);
    const plans = documents.flatMap(one =>
      one.definitions.map(definition =>
        this.#plan(one.subject, definition, lines, corrections, endMs),
      ),
    );
    const needed = hoursNeeded(plans, readings, endMs);
    const sums = new LineSums(await memory.at(needed, outcome.marks, endMs));
    const devicesOf = await this.#deps.groups.of(plans, endMs);
    const evaluated = plans.flatMap(plan =>
      this.#judge(
        plan,
        sums,
        sources,
        records,
        outcome.wholeFromMs,
        devicesOf,
        endMs,
        nowMs,
      ),
    );
    await this.#record(subjects, evaluated, known, sources, evaluation);
  }

  #plan(
    subject: string,
    definition: SloDefinition,
    known: Map<string, Series[]>,
    corrections: Map<string, Correction[]>,
    endMs: number,
  ): Plan {
    const { window } = definition;
    // The newest event is of the moment before the end: at midnight the last day is still the one that counts.
    const period = periodAt(
      window,
      window.kind === 'rolling' ? endMs : endMs - 1,
    );
    const { pairs, guard } = pairsOf(
      window,
      period.endMs - period.startMs,
      definition.alertRules,
      this.#deps.burnWindows,
    );
    const own = (corrections.get(subject) ?? []).filter(
      one =>
        (one.sloName === null || one.sloName === definition.sloName) &&
        one.toMs > period.startMs &&
        one.fromMs < period.endMs,
    );
    const lines: Plan['lines'] = new Map();
    for (const indicator of indicatorsOf(definition)) {
      const key = indicatorKey(indicator);
      const mine = known.get(`${subject}\n${key}`) ?? [];
      lines.set(key, {
        total: mine.find(one => one.segment === ''),
        segments: mine.filter(one => one.segment !== ''),
      });
    }
    return {
      subject,
      definition,
      period,
      pairs,
      guard,
      corrections: joined(own.map(wholeMinutes)),
      correctionCount: own.length,
      lines,
    };
  }

  #judge(
    plan: Plan,
    sums: LineSums,
    sources: Map<string, FailingSource[]>,
    records: Map<string, SubjectRecord>,
    wholeFromMs: CountOutcome['wholeFromMs'],
    devicesOf: DevicesOf,
    endMs: number,
    nowMs: number,
  ): Evaluated[] {
    const { definition, subject } = plan;
    const lines = new Map<string, Line>();
    const lineOf = (indicator: Indicator): Line => {
      const key = indicatorKey(indicator);
      const known = lines.get(key);
      if (known) return known;
      const own = plan.lines.get(key);
      const line: Line = {
        sumAt: sums.of(own?.total),
        lastCountedMs: sums.lastCountedMs(own?.total, endMs),
        segments: (own?.segments ?? []).map(segment => ({
          ...segmentOf(segment.segment),
          devices: devicesOf(plan, indicator, segment.segment),
          sumAt: sums.of(segment),
        })),
      };
      lines.set(key, line);
      return line;
    };
    const failing = sources.get(subject) ?? [];
    return definition.objectives.map(objective => {
      const indicators = objective.indicator
        ? [objective.indicator]
        : (objective.parts ?? []).map(part => part.indicator);
      const { objective: judged, signals } = evaluateObjective({
        definition,
        objective,
        nowMs,
        endMs,
        period: plan.period,
        pairs: plan.pairs,
        guard: plan.guard,
        lineOf,
        corrections: plan.corrections,
        correctionCount: plan.correctionCount,
        sources: sourcesOf(indicators, failing),
        isBeyondRetention: indicators.some(
          ({ counter }) =>
            plan.period.startMs <
            (wholeFromMs.get(readingName(subject, readingKey(counter))) ??
              plan.period.startMs),
        ),
      });
      const record = records.get(subject);
      const policy = record && policyFor(this.#deps.policies, record);
      return {
        plan,
        signals,
        objective: {
          ...judged,
          budgetPolicy: policy
            ? {
                policyId: policy.policyId,
                title: policy.title,
                blocks: policy.blocks,
                isInForce: isSpent(judged.correctedBudgetRemainingRatio),
              }
            : null,
        },
      };
    });
  }

  async #record(
    subjects: string[],
    evaluated: Evaluated[],
    known: KnownState,
    sources: Map<string, FailingSource[]>,
    { nowMs, records, objectiveCount }: Evaluation,
  ): Promise<void> {
    const { db, statuses, outbox, ledger, notices } = this.#deps;
    const bySubject = new Map<string, Evaluated[]>();
    for (const one of evaluated) {
      const group = bySubject.get(one.plan.subject);
      if (group) group.push(one);
      else bySubject.set(one.plan.subject, [one]);
    }
    const renewed = dueForRenewal(
      [...known.statuses.values()].flat(),
      nowMs,
      objectiveCount,
    );
    const work = subjects.map(subject =>
      this.#changesOf(
        subject,
        bySubject.get(subject) ?? [],
        known.statuses.get(subject) ?? [],
        renewed,
        known.alerts.get(subject) ?? [],
        nowMs,
      ),
    );
    const due = work.flatMap(one =>
      one.due.map(entry => ({ subject: one.subject, ...entry })),
    );
    const changes = work.flatMap(one => one.changes);
    const outcomes = await db.transaction(async tx => {
      for (const { subject, gone, alerts, isAlertsMoved } of work) {
        for (const old of gone) await statuses.dropStatus(tx, subject, old);
        if (isAlertsMoved) await statuses.replaceAlerts(tx, subject, alerts);
        const failing = sources.get(subject) ?? [];
        if (
          JSON.stringify(failing) !==
          JSON.stringify(known.sources.get(subject) ?? [])
        )
          await statuses.replaceSources(tx, subject, failing);
      }
      await statuses.saveStatuses(
        tx,
        work.flatMap(one =>
          one.statuses.map(status => ({ subject: one.subject, status })),
        ),
      );
      const moved = work
        .filter(one => one.due.length > 0 || one.gone.length > 0)
        .map(one => one.subject);
      if (moved.length > 0)
        await outbox.queue(tx, { topic: 'slo.evaluated', subjects: moved });
      if (changes.length > 0) {
        await outbox.queue(tx, {
          topic: 'slo.alert',
          subjects: [...new Set(changes.map(one => one.plan.subject))],
        });
        await notices.queue(tx, changes, records, nowMs);
      }
      const drafts = [
        ...due.map(({ subject, entry }) =>
          sloStatusDraft(subject, entry.objective, entry.plan.definition),
        ),
        ...changes.map(one => sloAlertDraft(one, nowMs)),
      ];
      return drafts.length === 0 ? [] : ledger.append(tx, drafts);
    });
    // The append is the last statement of its transaction, so the link to it follows the commit.
    await statuses.linkEvidence(
      due.map(({ subject, entry }, i) => ({
        subject,
        objective: entry.objective,
        evidenceId: outcomes[i].evidenceId,
      })),
    );
  }

  /** What changes for one subject. */
  #changesOf(
    subject: string,
    evaluated: Evaluated[],
    before: KnownStatus[],
    renewed: ReadonlySet<KnownStatus>,
    alertsBefore: ObjectiveAlert[],
    nowMs: number,
  ) {
    const gone = before.filter(
      old => !evaluated.some(e => sameObjective(e.objective, old)),
    );
    const alerts: ObjectiveAlert[] = [];
    const changes: ObjectiveAlertChange[] = [];
    const due: { entry: Evaluated }[] = [];
    const statuses = evaluated.map((entry): StoredStatus => {
      const { sloName, objectiveName } = entry.objective;
      const next = nextAlerts(
        alertsBefore
          .filter(
            one =>
              one.sloName === sloName && one.objectiveName === objectiveName,
          )
          .map(one => one.alert),
        entry.signals,
        nowMs,
        () => this.#deps.ids.next('alr'),
      );
      for (const alert of next.alerts)
        alerts.push({ subject, sloName, objectiveName, alert });
      const objective: Objective = {
        ...entry.objective,
        alerts: next.alerts
          .filter(alert => alert.state === 'firing')
          .sort(worstAlertsFirst)
          .map(alert => ({
            alertId: alert.alertId,
            cause: alert.cause,
            severity: alert.severity,
            sinceMs: alert.sinceMs,
            longWindowMs: alert.cause === 'burn-rate' ? alert.longMs : 0,
            shortWindowMs: alert.shortMs,
            factor: alert.factor,
          })),
      };
      for (const change of next.changes)
        changes.push({ ...change, plan: entry.plan, objective });
      const fingerprint = fingerprintOf(objective);
      const old = before.find(one => sameObjective(one, objective));
      const isChanged = old?.fingerprint !== fingerprint;
      const isDue = isChanged || renewed.has(old);
      if (isDue) due.push({ entry: { ...entry, objective } });
      return {
        objective,
        fingerprint,
        evidenceAtMs: isDue ? nowMs : old.evidenceAtMs,
        // Evidence of another verdict must not stand behind this one, not even for a moment.
        evidenceId: isChanged ? undefined : old.evidenceId,
        storedForm: old?.form,
      };
    });
    const inOrder = (list: ObjectiveAlert[]) =>
      JSON.stringify(
        [...list].sort((a, b) => (a.alert.alertId < b.alert.alertId ? -1 : 1)),
      );
    return {
      subject,
      gone,
      alerts,
      isAlertsMoved: inOrder(alerts) !== inOrder(alertsBefore),
      changes,
      due,
      statuses,
    };
  }
}

/** A turn of an alert with what it belongs to. */
export type ObjectiveAlertChange = AlertChange & {
  plan: Pick<Plan, 'subject' | 'definition' | 'pairs' | 'guard'>;
  objective: Objective;
};
