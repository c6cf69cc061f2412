import { BodyOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError, NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Caller, Clock, Db, withCode } from '../platform';
import { DriftStore } from './DriftStore';

const longestAheadMs = 5 * 60_000;

/** Features kept of one subject and cohort, twice what one push may hold: more is a pipeline that names them anew each time. */
const mostFeatures = 1000;

/** Takes histograms that pipelines push. */
export class ProfileService {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #clock: Clock;
  readonly #subjects: SubjectAnswers;

  constructor(deps: {
    db: Db;
    store: DriftStore;
    clock: Clock;
    subjects: SubjectAnswers;
  }) {
    this.#db = deps.db;
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#subjects = deps.subjects;
  }

  /** Keeps the newest window of each feature; what it says is judged at the next tick. Safe to repeat. */
  async push(
    pushed: BodyOf<'pushProfile'>,
    caller: Caller,
  ): Promise<{ acceptedCount: number }> {
    const nowMs = this.#clock.nowMs();
    for (const ref of [pushed.subject, pushed.cohort])
      if (ref !== undefined && !(await this.#subjects.get(ref)))
        throw withCode(
          new NotFoundError(
            `${ref} is no subject of AI Assurance in the catalog`,
          ),
          'UNKNOWN_SUBJECT',
        );
    if (
      pushed.cohort !== undefined &&
      (await this.#subjects.get(pushed.cohort))?.kind !== 'device-cohort'
    )
      throw withCode(
        new InputError(`body.cohort: ${pushed.cohort} is no device cohort`),
        'NO_COHORT',
      );
    const windowStartMs = Date.parse(pushed.windowStart);
    const windowEndMs = Date.parse(pushed.windowEnd);
    if (windowStartMs >= windowEndMs || windowEndMs > nowMs + longestAheadMs)
      throw withCode(
        new InputError(
          'body.windowEnd: lies after windowStart and not in the future',
        ),
        'BAD_RANGE',
      );
    await this.#db.transaction(async tx => {
      const count = await this.#store.profileCount(
        tx,
        pushed,
        pushed.features.map(f => f.feature),
      );
      if (count > mostFeatures)
        throw withCode(
          new InputError(
            `body.features: profiles of ${pushed.subject} would hold ${count} features, more than ${mostFeatures}; push under the names that monitors declare`,
          ),
          'TOO_MANY_FEATURES',
        );
      for (const feature of pushed.features)
        await this.#store.saveProfile(tx, {
          subject: pushed.subject,
          feature: feature.feature,
          cohort: pushed.cohort,
          histogram: feature.categories
            ? {
                boundaries: [],
                categories: feature.categories.map(c => c.category),
                bins: feature.categories.map(c => c.count),
              }
            : { boundaries: feature.boundaries!, bins: feature.bins! },
          nullCount: feature.nullCount,
          outOfRangeCount: feature.outOfRangeCount,
          deviceCount: pushed.deviceCount,
          windowStartMs,
          windowEndMs,
          receivedAtMs: nowMs,
          pushedBy: caller.ref,
        });
    });
    return { acceptedCount: pushed.features.length };
  }
}
