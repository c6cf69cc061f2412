import { LoggerService } from '@backstage/backend-plugin-api';
import { targetedCohorts } from '../approvals';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { EvidenceDraft, Ledger } from '../ledger';
import { Clock, Db, instantOf, Outbox, wholeMinuteMs } from '../platform';
import { METRICS, TelemetryAnswers } from '../telemetry';
import { adoptionOf } from './core/adoption';
import { isNews, isSilent } from './core/changed';
import { judgeRollout } from './core/judge';
import { PromotionService } from './PromotionService';
import { RolloutStore } from './RolloutStore';
import { StoredObservation } from './tables';

const minuteMs = 60_000;
const windowMs = 60 * minuteMs;
const expiresAfterMs = 15 * minuteMs;
const refreshAfterMs = 5 * minuteMs;
/** More versions or cohorts than this do not fit into one item of evidence; the busiest are kept. */
const versionLimit = 100;
const cohortLimit = 200;

export interface RolloutServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  logger: LoggerService;
  store: RolloutStore;
  promotions: PromotionService;
}

interface Window {
  fromMs: number;
  toMs: number;
}

/** Watches which versions run on which cohorts, and how well. */
export class RolloutService {
  readonly #deps: RolloutServiceDeps;

  constructor(deps: RolloutServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Observes every edge model over the last 60 whole minutes. Safe to repeat: evidence is written when something changed, or
   * when the last item is five minutes old. A model that cannot be observed is logged and does not stop the others; its
   * evidence expires, so that nobody takes the old verdict for a new one.
   */
  async observe(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    for (const model of await this.#deps.subjects.list()) {
      if (model.kind !== 'edge-model') continue;
      try {
        const observed = await this.#observe(model, nowMs);
        await this.#deps.promotions.decide(model, observed, nowMs);
      } catch (error) {
        this.#deps.logger.error(
          `The rollout of ${model.entityRef} could not be observed`,
          error as Error,
        );
      }
    }
  }

  async #observe(
    model: SubjectRecord,
    nowMs: number,
  ): Promise<StoredObservation> {
    const { db, store, outbox, ledger, telemetry } = this.#deps;
    const toMs = wholeMinuteMs(nowMs);
    const window = { fromMs: toMs - windowMs, toMs };
    const filter = { subject: model.entityRef, ...window };
    const [sessions, loadAttempts] = await Promise.all([
      telemetry.windows({ ...filter, metric: METRICS.sessions }),
      telemetry.windows({ ...filter, metric: METRICS.loadAttempts }),
    ]);
    const cohorts = adoptionOf(sessions, loadAttempts);
    const after: StoredObservation = {
      modelRef: model.entityRef,
      ...judgeRollout(cohorts, targetedCohorts(model)),
      cohorts,
      recordedAtMs: nowMs,
    };
    const before = await store.last(model.entityRef);
    const isDue =
      before !== undefined &&
      !isSilent(after) &&
      before.recordedAtMs + refreshAfterMs <= nowMs;
    const hasNews = isNews(before, after);
    if (!hasNews && !isDue) return after;
    await db.transaction(async tx => {
      if (!(await store.replace(tx, before, after))) return;
      if (hasNews)
        await outbox.queue(tx, {
          topic: 'rollout.observed',
          subjects: subjectsOf(after),
        });
      const [{ outcome }] = await ledger.append(tx, [draftOf(after, window)]);
      if (outcome === 'conflict')
        throw new Error(
          'An observation of the same instant says something else; it will be made again',
        );
    });
    return after;
  }
}

function subjectsOf({ modelRef, cohorts }: StoredObservation): string[] {
  return [
    modelRef,
    ...cohorts.flatMap(({ cohort }) => (cohort === null ? [] : [cohort])),
  ];
}

function draftOf(
  observation: StoredObservation,
  window: Window,
): EvidenceDraft<'io.ai-assurance.rollout-observation.v1'> {
  const { modelRef, cohorts, status, reason, recordedAtMs } = observation;
  return {
    type: 'io.ai-assurance.rollout-observation.v1',
    source: '/ai-assurance/rollouts',
    id: `rollout-observation:${modelRef}:${recordedAtMs}`,
    subject: modelRef,
    timeMs: recordedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.rollouts',
      asked: `${METRICS.sessions} and ${METRICS.loadAttempts} of ${modelRef}`,
      windowStart: instantOf(window.fromMs),
      windowEnd: instantOf(window.toMs),
      sampleCount: cohorts.reduce((sum, { totalCount }) => sum + totalCount, 0),
      collector: { id: 'ai-assurance.rollouts', version: '1' },
      collectedAt: instantOf(recordedAtMs),
      expiresAt: instantOf(recordedAtMs + expiresAfterMs),
    },
    payload: {
      unit: 'sessions',
      cohorts: cohorts
        .slice(0, cohortLimit)
        .map(({ cohort, totalCount, versions }) => ({
          cohort,
          totalCount,
          versions: [...versions]
            .sort((a, b) => b.sessionCount - a.sessionCount)
            .slice(0, versionLimit),
        })),
      status,
      reason,
    },
  };
}
