import {
  ANNOTATION_RUNBOOK,
  BodyOf,
  Incident,
  IncidentState,
  Runbook,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { EvidenceDraft, Ledger } from '../ledger';
import {
  Caller,
  Clock,
  Db,
  Ids,
  instantOf,
  Outbox,
  Tx,
  withCode,
} from '../platform';
import { IncidentPayload, mayMove } from './core/incident';
import { runbookUrls } from './core/runbooks';
import { incidentDraft, wordDraft } from './drafts';
import { StoredIncidentAnswers } from './IncidentAnswers';
import { IncidentStore, staleIncident } from './IncidentStore';

export interface IncidentServiceDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  subjects: SubjectAnswers;
  answers: StoredIncidentAnswers;
  store: IncidentStore;
  /** What addresses of runbooks that begin with `./` lie below. */
  runbookBaseUrl?: string | undefined;
}

/** Evidence that is found by its id never speaks of two things. */
async function append(
  ledger: Ledger,
  tx: Tx,
  drafts: EvidenceDraft[],
): Promise<string[]> {
  const outcomes = await ledger.append(tx, drafts);
  const refused = outcomes.findIndex(({ outcome }) => outcome === 'conflict');
  if (refused >= 0)
    throw new Error(
      `The ledger holds another item with the id ${drafts[refused].id}`,
    );
  return outcomes.map(({ evidenceId }) => evidenceId);
}

/** Opens incidents and moves them on. Callers MUST have been authorised for the subject. */
export class IncidentService {
  readonly #deps: IncidentServiceDeps;

  constructor(deps: IncidentServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Opens an incident, detected now. Throws `NOT_A_PERSON`, `UNKNOWN_SUBJECT` or `OCCURRED_IN_FUTURE`. Not safe to repeat: a
   * second call opens a second one.
   */
  async open(body: BodyOf<'openIncident'>, caller: Caller): Promise<Incident> {
    const { clock, ids, db, outbox, ledger, store, answers } = this.#deps;
    const nowMs = clock.nowMs();
    requirePerson(caller);
    await this.#record(body.subject);
    if (body.occurredAtMs !== undefined && body.occurredAtMs > nowMs)
      throw withCode(
        new InputError(
          `body.occurredAtMs: lies in the future; here it is ${instantOf(
            nowMs,
          )}. Say when the harm began, or leave it out.`,
        ),
        'OCCURRED_IN_FUTURE',
      );
    const payload: IncidentPayload = {
      incidentId: ids.next('inc'),
      category: body.category,
      severity: body.severity,
      state: 'open',
      occurredAt:
        body.occurredAtMs === undefined ? null : instantOf(body.occurredAtMs),
      detectedAt: instantOf(nowMs),
      detectedBy: body.alertIds.length > 0 ? 'alert' : 'person',
      decidedAt: null,
      mitigatedAt: null,
      resolvedAt: null,
      mitigation: null,
      causedBy:
        body.causedByVersion === undefined
          ? null
          : { changeId: null, version: body.causedByVersion, digest: null },
      isRegression: null,
      affectedCohorts: [],
      alertIds: body.alertIds,
      link: null,
    };
    await db.transaction(async tx => {
      await store.insert(tx, {
        subject: body.subject,
        payload,
        openedBy: caller.ref,
        summary: body.reason,
        nowMs,
      });
      await outbox.queue(tx, {
        topic: 'incident.opened',
        subjects: [body.subject],
      });
      await append(ledger, tx, [
        incidentDraft(body.subject, payload, 1, nowMs),
        this.#word(payload, 1, body.subject, caller, body.reason, nowMs),
      ]);
    });
    answers.forget();
    return answers.one(payload.incidentId);
  }

  /**
   * Moves an incident on. Throws `NOT_A_PERSON`, `UNKNOWN_INCIDENT`, `NOT_OPEN` or `STALE_VERSION`. Not safe to repeat: a
   * second call answers `STALE_VERSION`.
   */
  async move(
    incidentId: string,
    body: BodyOf<'moveIncident'>,
    caller: Caller,
  ): Promise<Incident> {
    const { clock, db, outbox, ledger, store, answers } = this.#deps;
    const nowMs = clock.nowMs();
    requirePerson(caller);
    const row = await answers.stored(incidentId);
    if (row.row_version !== body.rowVersion) throw staleIncident(incidentId);
    if (!mayMove(row.state as IncidentState, body.state))
      throw withCode(
        new ConflictError(
          `The incident ${incidentId} is ${row.state}; it can no longer become ${body.state}. Open another one when it comes back.`,
        ),
        'NOT_OPEN',
      );
    const before = JSON.parse(row.payload) as IncidentPayload;
    const nowInstant = instantOf(nowMs);
    const payload: IncidentPayload = {
      ...before,
      state: body.state,
      mitigation: body.mitigation ?? before.mitigation,
      mitigatedAt: body.state === 'mitigated' ? nowInstant : before.mitigatedAt,
      resolvedAt: body.state === 'resolved' ? nowInstant : null,
    };
    const version = row.row_version + 1;
    await db.transaction(async tx => {
      await store.move(tx, row, payload);
      await outbox.queue(tx, {
        topic: `incident.${body.state}`,
        subjects: [row.subject],
      });
      await append(ledger, tx, [
        incidentDraft(row.subject, payload, version, nowMs),
        this.#word(payload, version, row.subject, caller, body.reason, nowMs),
      ]);
    });
    answers.forget();
    return answers.one(incidentId);
  }

  /** Vouches for a runbook. Throws `NOT_A_PERSON`, `UNKNOWN_SUBJECT` or `UNKNOWN_RUNBOOK`. Each call is a check of its own. */
  async checkRunbook(
    body: BodyOf<'checkRunbook'>,
    caller: Caller,
  ): Promise<Runbook> {
    const { clock, ids, db, outbox, ledger, store, answers } = this.#deps;
    const nowMs = clock.nowMs();
    requirePerson(caller);
    const record = await this.#record(body.subject);
    const urls = runbookUrls(
      record.annotations[ANNOTATION_RUNBOOK],
      this.#deps.runbookBaseUrl,
    );
    if (!urls.includes(body.url))
      throw withCode(
        new NotFoundError(
          `${body.subject} names no runbook ${body.url}. The annotation ${ANNOTATION_RUNBOOK} of its catalog file does.`,
        ),
        'UNKNOWN_RUNBOOK',
      );
    await db.transaction(async tx => {
      const seq = await store.addRunbookCheck(tx, {
        subject: body.subject,
        url: body.url,
        checkedBy: caller.ref,
        nowMs,
      });
      await outbox.queue(tx, {
        topic: 'runbook.checked',
        subjects: [body.subject],
      });
      const [evidenceId] = await append(ledger, tx, [
        wordDraft({
          statement: 'runbook-checked',
          id: `runbook-checked:${ids.next('chk')}`,
          subject: body.subject,
          by: caller.ref,
          reason: body.reason,
          url: body.url,
          nowMs,
        }),
      ]);
      // After the append, on a row that this transaction holds already: only now the position is known.
      await store.nameEvidence(tx, seq, evidenceId);
    });
    answers.forget();
    return (await answers.runbooks(record)).find(
      runbook => runbook.url === body.url,
    )!;
  }

  #word(
    payload: IncidentPayload,
    version: number,
    subject: string,
    caller: Caller,
    reason: string,
    nowMs: number,
  ) {
    const statement =
      payload.state === 'open'
        ? 'incident-opened'
        : `incident-${payload.state}`;
    return wordDraft({
      statement,
      id: `${statement}:${payload.incidentId}:${version}`,
      subject,
      by: caller.ref,
      reason,
      nowMs,
      about: payload.incidentId,
    });
  }

  async #record(subject: string): Promise<SubjectRecord> {
    const record = await this.#deps.subjects.get(subject);
    if (!record)
      throw withCode(
        new NotFoundError(
          `${subject} is not an AI service, model or device cohort in the catalog.`,
        ),
        'UNKNOWN_SUBJECT',
      );
    return record;
  }
}

function requirePerson(caller: Caller): void {
  if (!caller.isUser)
    throw withCode(
      new NotAllowedError(
        'Only a person can say this: it is recorded under their name. A machine pushes incidents as evidence instead.',
      ),
      'NOT_A_PERSON',
    );
}
