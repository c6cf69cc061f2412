import {
  inconclusive,
  Objective,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Ledger } from '../ledger';
import { Db, Outbox, wholeMinuteMs } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { BurnWindowFile, burnPairs } from './core/burnWindows';
import { CountBelow } from './core/countEvents';
import { judgeObjective, ObjectiveJudgement } from './core/judgeObjective';
import { Indicator, indicatorKey, SloDefinition } from './core/types';
import { foldMinutes } from './foldMinutes';
import { SloDocuments } from './SloDocuments';
import { sloStatusDraft } from './sloStatusDraft';
import { SloStore, StoredStatus } from './SloStore';

const minuteMs = 60_000;
/** Evidence lives for 15 minutes: two more attempts fit in when one renewal fails. */
const renewAfterMs = 5 * minuteMs;

interface Evaluated {
  objective: Objective;
  indicator: Indicator;
}

/** What makes a change worth recording at once: the verdict, which windows fire, and what was promised. */
function fingerprintOf(objective: Objective): string {
  return JSON.stringify([
    objective.verdict.status,
    objective.verdict.reason,
    objective.burnRates.map(rate => (rate.firing ? 1 : 0)).join(''),
    objective.objectiveRatio,
    objective.thresholdMs ?? null,
    objective.windowMs,
  ]);
}

const sameObjective = (a: Objective, b: Objective) =>
  a.sloName === b.sloName && a.objectiveName === b.objectiveName;

export class SloService {
  readonly #db: Db;
  readonly #store: SloStore;
  readonly #documents: SloDocuments;
  readonly #telemetry: TelemetryAnswers;
  readonly #countBelow: CountBelow;
  readonly #burnWindows: BurnWindowFile[];
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #logger: LoggerService;

  constructor(options: {
    db: Db;
    store: SloStore;
    documents: SloDocuments;
    telemetry: TelemetryAnswers;
    countBelow: CountBelow;
    burnWindows: BurnWindowFile[];
    outbox: Outbox;
    ledger: Ledger;
    logger: LoggerService;
  }) {
    this.#db = options.db;
    this.#store = options.store;
    this.#documents = options.documents;
    this.#telemetry = options.telemetry;
    this.#countBelow = options.countBelow;
    this.#burnWindows = options.burnWindows;
    this.#outbox = options.outbox;
    this.#ledger = options.ledger;
    this.#logger = options.logger;
  }

  /**
   * Judges every objective of every subject over the whole minutes that ended by `nowMs`. A subject that cannot be
   * judged does not stop the others. Safe to repeat.
   */
  async evaluate(nowMs: number): Promise<void> {
    for (const documents of await this.#documents.refresh(nowMs)) {
      try {
        await this.#evaluateSubject(
          documents.subject,
          documents.definitions,
          nowMs,
        );
      } catch (error) {
        // The outermost loop: the next tick tries again, and until then evidence of this subject ages towards stale.
        this.#logger.error(
          `Objectives of ${documents.subject} could not be evaluated`,
          error as Error,
        );
      }
    }
  }

  async #evaluateSubject(
    subject: string,
    definitions: SloDefinition[],
    nowMs: number,
  ): Promise<void> {
    // The minute that has begun is left out: half a minute of events says nothing about its rate.
    const endMs = wholeMinuteMs(nowMs);
    const failed = await this.#fold(subject, definitions, endMs);
    const evaluated: Evaluated[] = [];
    for (const definition of definitions) {
      evaluated.push(
        ...(await this.#judge(
          subject,
          definition,
          failed.has(definition.metric),
          endMs,
          nowMs,
        )),
      );
    }
    await this.#record(subject, evaluated, nowMs);
  }

  /** Brings the sums up to date, one read for each metric; answers the metrics whose source failed. */
  async #fold(
    subject: string,
    definitions: SloDefinition[],
    endMs: number,
  ): Promise<Set<string>> {
    const failed = new Set<string>();
    for (const metric of new Set(definitions.map(d => d.metric))) {
      const wanted = new Map<
        string,
        { indicator: Indicator; windowMs: number }
      >();
      for (const definition of definitions.filter(d => d.metric === metric)) {
        const key = indicatorKey(definition);
        wanted.set(key, {
          indicator: definition,
          windowMs: Math.max(
            definition.windowMs,
            wanted.get(key)?.windowMs ?? 0,
          ),
        });
      }
      try {
        await foldMinutes({
          store: this.#store,
          telemetry: this.#telemetry,
          countBelow: this.#countBelow,
          subject,
          metric,
          wanted: [...wanted.values()],
          endMs,
        });
      } catch (error) {
        this.#logger.warn(
          `Telemetry ${metric} of ${subject} could not be read; its objectives become inconclusive`,
          error as Error,
        );
        failed.add(metric);
      }
    }
    return failed;
  }

  async #judge(
    subject: string,
    definition: SloDefinition,
    isSourceFailed: boolean,
    endMs: number,
    nowMs: number,
  ): Promise<Evaluated[]> {
    const { pairs, guard } = burnPairs(definition.windowMs, this.#burnWindows);
    const { counts, lastCountedMs } = await this.#store.sums(
      subject,
      indicatorKey(definition),
      endMs,
      [
        definition.windowMs,
        ...pairs.flatMap(pair => [pair.longMs, pair.shortMs]),
      ],
    );
    return definition.objectives.map(promise => {
      const judged: ObjectiveJudgement = judgeObjective({
        objectiveRatio: promise.objectiveRatio,
        windowStartMs: endMs - definition.windowMs,
        windowEndMs: endMs,
        counts: counts[0],
        lastCountedMs,
        pairs: pairs.map((pair, i) => ({
          ...pair,
          long: counts[1 + 2 * i],
          short: counts[2 + 2 * i],
        })),
        guard,
      });
      return {
        indicator: definition,
        objective: {
          sloName: definition.sloName,
          objectiveName: promise.objectiveName,
          description: promise.description,
          objectiveRatio: promise.objectiveRatio,
          thresholdMs: definition.thresholdMs,
          windowMs: definition.windowMs,
          ...counts[0],
          attainmentRatio: judged.attainmentRatio ?? null,
          budgetRemainingRatio: judged.budgetRemainingRatio ?? null,
          burnRates: judged.burns.map(burn => ({
            severity: burn.severity,
            longWindowMs: burn.longMs,
            shortWindowMs: burn.shortMs,
            factor: burn.factor,
            longBurn: burn.longBurn ?? null,
            shortBurn: burn.shortBurn ?? null,
            firing: burn.isFiring,
          })),
          // What was counted before the source failed is shown, but nothing is concluded from it.
          verdict: isSourceFailed
            ? inconclusive('source-error', judged.verdict.facts)
            : judged.verdict,
          evaluatedAtMs: nowMs,
        },
      };
    });
  }

  async #record(
    subject: string,
    evaluated: Evaluated[],
    nowMs: number,
  ): Promise<void> {
    const before = await this.#store.statuses(subject);
    const gone = before.filter(
      old => !evaluated.some(e => sameObjective(e.objective, old.objective)),
    );
    const due: Evaluated[] = [];
    const statuses: StoredStatus[] = evaluated.map(entry => {
      const { objective } = entry;
      const fingerprint = fingerprintOf(objective);
      const old = before.find(b => sameObjective(b.objective, objective));
      const isChanged = old?.fingerprint !== fingerprint;
      const isDue = isChanged || nowMs - old.evidenceAtMs >= renewAfterMs;
      if (isDue) due.push(entry);
      return {
        objective,
        fingerprint,
        evidenceAtMs: isDue ? nowMs : old.evidenceAtMs,
        // Evidence of another verdict must not stand behind this one, not even for a moment.
        evidenceId: isChanged ? undefined : old.evidenceId,
      };
    });

    const outcomes = await this.#db.transaction(async tx => {
      for (const old of gone) {
        await this.#store.dropStatus(tx, subject, old.objective);
      }
      for (const status of statuses) {
        await this.#store.saveStatus(tx, subject, status);
      }
      if (due.length === 0 && gone.length === 0) return [];
      await this.#outbox.queue(tx, {
        topic: 'slo.evaluated',
        subjects: [subject],
      });
      return due.length === 0
        ? []
        : this.#ledger.append(
            tx,
            due.map(({ objective, indicator }) =>
              sloStatusDraft(subject, objective, indicator),
            ),
          );
    });
    // The append is the last statement of its transaction, so the link to it follows the commit.
    for (const [i, { evidenceId }] of outcomes.entries()) {
      await this.#store.linkEvidence(subject, due[i].objective, evidenceId);
    }
  }
}
