import {
  ActionOrder,
  BodyOf,
  RollbackPlan,
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
  AsOf,
  Caller,
  Clock,
  Db,
  Ids,
  Outbox,
  Tx,
  withCode,
} from '../platform';
import { SloAnswers } from '../slo';
import { TelemetryAnswers } from '../telemetry';
import { Answered, answeredAs, proposedRollback } from './core/order';
import { decisionDraft, orderDraft } from './drafts';
import { orderOf, OrderStore } from './OrderStore';
import { sendOrder } from './sendOrder';
import { reaches, RollbackSettings, urlFor } from './settings';
import { ActionOrderRow } from './tables';

const minuteMs = 60_000;
/** What counts as the traffic of now. */
const trafficWindowMs = 5 * minuteMs;
/** How far back a version may have been seen last to be put back. */
const knownForMs = 30 * 24 * 60 * minuteMs;
/** An order that was taken and not sent this long after: whoever took it is gone. */
const unsentAfterMs = 10_000;
/** How long after the patience for an answer its order counts as given up. */
const graceMs = minuteMs;

export interface RollbackDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  slo: SloAnswers;
  store: OrderStore;
  settings: RollbackSettings | undefined;
}

const notConfigured =
  'No system that rolls back is configured: aiAssurance.actions.rollback.';

/** Orders other systems to put an earlier version of a service back. Callers MUST have been authorised for the service. */
export class RollbackService {
  readonly #deps: RollbackDeps;

  constructor(deps: RollbackDeps) {
    this.#deps = deps;
  }

  /** Why nothing can be ordered for a service, whoever asks; `undefined` when it can. */
  hindrance(subject: string): string | undefined {
    const { settings } = this.#deps;
    if (!settings) return notConfigured;
    return reaches(settings, subject)
      ? undefined
      : `The system that rolls back does not serve ${subject}: aiAssurance.actions.rollback.subjects.`;
  }

  /** What ordering would do. `may` is what the caller is told about their right. Throws `UNKNOWN_SUBJECT`. */
  async plan(
    subject: string,
    may: RollbackPlan['may'],
    asOf: AsOf | undefined,
  ): Promise<RollbackPlan> {
    const { clock, store, settings } = this.#deps;
    await this.#service(subject);
    const atMs = asOf?.atMs ?? clock.nowMs();
    const hindrance = this.hindrance(subject);
    const [{ versions, traffic }, orders] = await Promise.all([
      this.#versions(subject, atMs),
      store.newest(subject, asOf?.atMs),
    ]);
    return {
      may:
        hindrance === undefined ? may : { allowed: false, reason: hindrance },
      target:
        settings && hindrance === undefined
          ? new URL(urlFor(settings, subject)).host
          : null,
      undo: settings?.undo ?? '',
      trafficWindowMs,
      ...proposedRollback(versions, traffic ?? []),
      versions: [...versions]
        .sort((a, b) => b.firstSeenMs - a.firstSeenMs)
        .map(({ version, digest, lastSeenMs }) => ({
          version,
          digest: digest ?? null,
          requestCount:
            traffic === undefined
              ? null
              : traffic.find(one => one.version === version)?.count ?? 0,
          lastSeenMs,
        })),
      orders,
    };
  }

  /**
   * Records an order with its decision, and sends it once. Safe to repeat with the same `requestId`: the order is found, not
   * made again. Throws `NOT_A_PERSON`, `UNKNOWN_SUBJECT`, `NOT_CONFIGURED`, `SAME_VERSION`, `NOT_LIVE`, `UNKNOWN_VERSION`,
   * `ORDER_OPEN` or `REQUEST_ID_USED`.
   */
  async order(
    subject: string,
    body: BodyOf<'orderRollback'>,
    caller: Caller,
  ): Promise<ActionOrder> {
    const { clock, ids, db, outbox, ledger, slo, store, settings } = this.#deps;
    const nowMs = clock.nowMs();
    if (!caller.isUser)
      throw withCode(
        new NotAllowedError(
          'Only a person may order a rollback: it is recorded under their name.',
        ),
        'NOT_A_PERSON',
      );
    await this.#service(subject);
    const hindrance = this.hindrance(subject);
    if (!settings || hindrance !== undefined)
      throw withCode(
        new ConflictError(hindrance ?? notConfigured),
        'NOT_CONFIGURED',
      );
    const known = await store.byRequest(subject, body.requestId);
    if (known) return this.#again(known, body, caller);
    if (body.fromVersion === body.toVersion)
      throw withCode(
        new InputError(
          `body.toVersion: is version ${body.toVersion} itself. Choose an earlier one.`,
        ),
        'SAME_VERSION',
      );
    const { versions, traffic } = await this.#versions(subject, nowMs);
    const from = versions.find(({ version }) => version === body.fromVersion);
    const to = versions.find(({ version }) => version === body.toVersion);
    const total = traffic?.reduce((sum, one) => sum + one.count, 0) ?? 0;
    const fromCount =
      traffic?.find(({ version }) => version === body.fromVersion)?.count ?? 0;
    // What cannot be measured hinders nobody from ending harm; what was measured as not live does.
    if (traffic !== undefined && fromCount === 0)
      throw withCode(
        new ConflictError(
          `Version ${body.fromVersion} of ${subject} served nothing in the last 5 minutes. Load the page again.`,
        ),
        'NOT_LIVE',
      );
    if (!to)
      throw withCode(
        new InputError(
          `body.toVersion: version ${body.toVersion} of ${subject} was not seen in the last 30 days.`,
        ),
        'UNKNOWN_VERSION',
      );
    const [objectives, attempts] = await Promise.all([
      slo.objectives(subject),
      store.attempts(subject, body.fromVersion),
    ]);
    const row: ActionOrderRow = {
      order_id: ids.next('ord'),
      subject,
      request_id: body.requestId,
      state: 'ordered',
      from_version: body.fromVersion,
      from_digest: from?.digest ?? null,
      to_version: body.toVersion,
      to_digest: to.digest ?? null,
      traffic_ratio: total > 0 ? fromCount / total : null,
      ordered_by: caller.ref,
      reason: body.reason,
      ordered_at_ms: nowMs,
      sent_at_ms: null,
      answered_at_ms: null,
      answer_status: null,
      answer_code: null,
    };
    await store.requireNoneOpen(subject);
    try {
      await db.transaction(async tx => {
        await store.insert(tx, row);
        await outbox.queue(tx, {
          topic: 'rollback.ordered',
          subjects: [subject],
        });
        await append(ledger, tx, [
          decisionDraft(row, objectives, attempts + 1, nowMs),
          orderDraft(row, this.#target(settings, subject), nowMs),
        ]);
      });
    } catch (error) {
      // Somebody else came first, between the look and the write: with the same request, or with another order.
      const twin = await store.byRequest(subject, body.requestId);
      if (twin) return this.#again(twin, body, caller);
      await store.requireNoneOpen(subject);
      throw error;
    }
    await this.#send(row.order_id, settings);
    return orderOf(await store.byId(row.order_id));
  }

  /**
   * Sends what was ordered and never sent, and gives up on what was sent and never answered. Safe to repeat; nothing is
   * sent twice.
   */
  async tidy(): Promise<void> {
    const { settings, store, clock } = this.#deps;
    if (!settings) return;
    const nowMs = clock.nowMs();
    for (const { order_id } of await store.unsent(nowMs - unsentAfterMs))
      await this.#send(order_id, settings);
    const givenUpMs = nowMs - settings.timeoutMs - graceMs;
    for (const row of await store.unanswered(givenUpMs))
      await this.#answer(row, settings, {
        state: 'unanswered',
        status: null,
        code: 'INTERRUPTED',
      });
  }

  async #send(orderId: string, settings: RollbackSettings): Promise<void> {
    const { store, clock } = this.#deps;
    // Whoever turns the state sends it, and nobody else ever does.
    if (!(await store.claim(orderId, clock.nowMs()))) return;
    const row = await store.byId(orderId);
    const outcome = await sendOrder(row, settings, clock.nowMs());
    await this.#answer(row, settings, answeredAs(outcome));
  }

  async #answer(
    row: ActionOrderRow,
    settings: RollbackSettings,
    answered: Answered,
  ): Promise<void> {
    const { db, clock, outbox, ledger, store } = this.#deps;
    const nowMs = clock.nowMs();
    const after: ActionOrderRow = {
      ...row,
      state: answered.state,
      answered_at_ms: nowMs,
      answer_status: answered.status,
      answer_code: answered.code,
    };
    await db.transaction(async tx => {
      if (!(await store.answer(tx, after))) return;
      await outbox.queue(tx, {
        topic: 'rollback.answered',
        subjects: [row.subject],
      });
      await append(ledger, tx, [
        orderDraft(after, this.#target(settings, row.subject), nowMs),
      ]);
    });
  }

  #again(
    known: ActionOrderRow,
    body: BodyOf<'orderRollback'>,
    caller: Caller,
  ): ActionOrder {
    const isSame =
      known.from_version === body.fromVersion &&
      known.to_version === body.toVersion &&
      known.reason === body.reason &&
      known.ordered_by === caller.ref;
    if (!isSame)
      throw withCode(
        new ConflictError(
          'body.requestId: another order was made with it. Make a new one for each order.',
        ),
        'REQUEST_ID_USED',
      );
    return orderOf(known);
  }

  async #versions(subject: string, atMs: number) {
    const { telemetry } = this.#deps;
    const [versions, bands] = await Promise.all([
      telemetry.versions(subject, atMs - knownForMs, atMs),
      telemetry.versionBands(subject, {
        fromMs: atMs - trafficWindowMs,
        toMs: atMs,
        stepMs: minuteMs,
      }),
    ]);
    return {
      versions,
      traffic:
        bands.state === 'ready'
          ? bands.bands.map(({ version, count, shares }) => ({
              version,
              count,
              shares,
            }))
          : undefined,
    };
  }

  #target(settings: RollbackSettings, subject: string): string {
    const url = new URL(urlFor(settings, subject));
    return `${url.protocol}//${url.host}${url.pathname}`;
  }

  async #service(subject: string): Promise<SubjectRecord> {
    const record = await this.#deps.subjects.get(subject);
    if (record?.kind !== 'ai-service')
      throw withCode(
        new NotFoundError(`${subject} is no AI service in the catalog.`),
        'UNKNOWN_SUBJECT',
      );
    return record;
  }
}

async function append(
  ledger: Ledger,
  tx: Tx,
  drafts: EvidenceDraft[],
): Promise<void> {
  const outcomes = await ledger.append(tx, drafts);
  const refused = outcomes.findIndex(({ outcome }) => outcome === 'conflict');
  if (refused >= 0)
    throw new Error(
      `The ledger holds another item with the id ${drafts[refused].id}`,
    );
}
