import { Correction } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { EvidenceDraft, Ledger } from '../ledger';
import { Clock, Db, Ids, instantOf, Outbox, withCode } from '../platform';
import { CorrectionStore } from './CorrectionStore';
import { SloStore } from './SloStore';

const dayMs = 86_400_000;
const longestMs = 31 * dayMs;
const farthestAheadMs = 31 * dayMs;
const farthestBackMs = 366 * dayMs;
const mostStanding = 200;

/** Records and withdraws corrections of error budgets, each as evidence with its author. */
export class CorrectionService {
  readonly #deps: {
    db: Db;
    clock: Clock;
    ids: Ids;
    outbox: Outbox;
    ledger: Ledger;
    subjects: SubjectAnswers;
    store: CorrectionStore;
    documents: Pick<SloStore, 'documents'>;
  };

  constructor(deps: {
    db: Db;
    clock: Clock;
    ids: Ids;
    outbox: Outbox;
    ledger: Ledger;
    subjects: SubjectAnswers;
    store: CorrectionStore;
    documents: Pick<SloStore, 'documents'>;
  }) {
    this.#deps = deps;
  }

  /**
   * Leaves a stretch of time out of the corrected budget. Safe to repeat: while it stands, the same is answered again. Throws
   * `NotFoundError` for an unknown subject, `InputError` `BAD_RANGE` for a stretch beyond what budgets reach and
   * `UNKNOWN_OBJECTIVE` for an objective that the subject has not, and `ConflictError` `TOO_MANY_CORRECTIONS` or, where it
   * stands for another reason, `ALREADY_CORRECTED`.
   */
  async add(
    asked: Pick<
      Correction,
      'subject' | 'fromMs' | 'toMs' | 'cause' | 'reason'
    > & { sloName?: string },
    by: string,
  ): Promise<Correction> {
    const { db, clock, ids, outbox, ledger, store, subjects } = this.#deps;
    const nowMs = clock.nowMs();
    if (!(await subjects.get(asked.subject)))
      throw withCode(
        new NotFoundError(`There is no subject ${asked.subject}`),
        'UNKNOWN_SUBJECT',
      );
    if (
      asked.toMs - asked.fromMs > longestMs ||
      asked.toMs > nowMs + farthestAheadMs ||
      asked.fromMs < nowMs - farthestBackMs
    )
      throw withCode(
        new InputError(
          'A correction lasts at most 31 days, ends at most 31 days from now and begins at most a year ago',
        ),
        'BAD_RANGE',
      );
    await this.#demandObjective(asked.subject, asked.sloName);
    const correction: Correction = {
      correctionId: ids.next('cor'),
      subject: asked.subject,
      sloName: asked.sloName ?? null,
      fromMs: asked.fromMs,
      toMs: asked.toMs,
      cause: asked.cause,
      reason: asked.reason,
      recordedBy: by,
      recordedAtMs: nowMs,
      withdrawnAtMs: null,
      evidenceId: null,
    };
    const { standing, evidenceId } = await db.transaction(async tx => {
      const same = await store.add(tx, correction);
      if (same) return { standing: same, evidenceId: same.evidenceId };
      if ((await store.countStanding(tx, asked.subject)) > mostStanding)
        throw withCode(
          new ConflictError(
            `${asked.subject} has ${mostStanding} corrections; withdraw those that no window reaches any more`,
          ),
          'TOO_MANY_CORRECTIONS',
        );
      await outbox.queue(tx, {
        topic: 'slo.correction',
        subjects: [asked.subject],
      });
      const [appended] = await ledger.append(tx, [
        draftOf(correction, 'recorded', by, correction.reason, nowMs),
      ]);
      return { standing: undefined, evidenceId: appended.evidenceId };
    });
    if (standing) {
      if (standing.reason === correction.reason) return standing;
      throw withCode(
        new ConflictError(
          `This stretch of ${asked.subject} is corrected already, because: ${standing.reason} Withdraw ${standing.correctionId} to say something else`,
        ),
        'ALREADY_CORRECTED',
      );
    }
    await store.link(correction.correctionId, evidenceId!);
    return { ...correction, evidenceId };
  }

  /** A correction of an objective that is not there would change nothing, and nobody would notice. */
  async #demandObjective(
    subject: string,
    sloName: string | undefined,
  ): Promise<void> {
    if (sloName === undefined) return;
    const known =
      (await this.#deps.documents.documents(subject))?.definitions.map(
        definition => definition.sloName,
      ) ?? [];
    if (known.includes(sloName)) return;
    throw withCode(
      new InputError(
        `body.sloName: ${subject} has no objective document ${sloName}. It has ${
          known.join(', ') || 'none'
        }; leave sloName out to correct all`,
      ),
      'UNKNOWN_OBJECTIVE',
    );
  }

  /** The correction, so that the caller can be authorised on its subject. Throws `NotFoundError`. */
  async get(correctionId: string): Promise<Correction> {
    const correction = await this.#deps.store.get(correctionId);
    if (!correction)
      throw withCode(
        new NotFoundError(`There is no correction ${correctionId}`),
        'UNKNOWN_CORRECTION',
      );
    return correction;
  }

  /** Takes a correction back. Throws `ConflictError` `ALREADY_WITHDRAWN`. */
  async withdraw(
    correction: Correction,
    by: string,
    reason: string,
  ): Promise<Correction> {
    const { db, clock, outbox, ledger, store } = this.#deps;
    const nowMs = clock.nowMs();
    await db.transaction(async tx => {
      if (!(await store.withdraw(tx, correction.correctionId, nowMs)))
        throw withCode(
          new ConflictError(
            `The correction ${correction.correctionId} was withdrawn already`,
          ),
          'ALREADY_WITHDRAWN',
        );
      await outbox.queue(tx, {
        topic: 'slo.correction',
        subjects: [correction.subject],
      });
      return ledger.append(tx, [
        draftOf(correction, 'withdrawn', by, reason, nowMs),
      ]);
    });
    return { ...correction, withdrawnAtMs: nowMs };
  }
}

function draftOf(
  correction: Correction,
  state: 'recorded' | 'withdrawn',
  by: string,
  reason: string,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.correction.v1'> {
  return {
    type: 'io.ai-assurance.correction.v1',
    source: '/ai-assurance/slo',
    id: `correction:${correction.correctionId}:${state}`,
    subject: correction.subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.slo',
      collector: { id: 'ai-assurance.slo', version: '1' },
      collectedAt: instantOf(nowMs),
    },
    payload: {
      correctionId: correction.correctionId,
      state,
      sloName: correction.sloName,
      start: instantOf(correction.fromMs),
      end: instantOf(correction.toMs),
      cause: correction.cause,
      by,
      reason,
    },
  };
}
