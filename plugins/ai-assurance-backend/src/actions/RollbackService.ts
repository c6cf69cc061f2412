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
import { Answered, proposedRollback } from './core/order';
import { decisionDraft, orderDraft } from './drafts';
import { orderOf, OrderStore } from './OrderStore';
import { ActionOrderRow } from './tables';
import { RollbackWay } from './types';

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
  /** The first that reaches a service is its way. */
  ways: readonly RollbackWay[];
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
    if (this.#deps.ways.length === 0) return notConfigured;
    return this.#way(subject)
      ? undefined
      : `No system that rolls back serves ${subject}: aiAssurance.actions.rollback.`;
  }

  /** What ordering would do. `may` is what the caller is told about their right. Throws `UNKNOWN_SUBJECT`. */
  async plan(
    subject: string,
    may: RollbackPlan['may'],
    asOf: AsOf | undefined,
  ): Promise<RollbackPlan> {
    const { clock, store } = this.#deps;
    await this.#service(subject);
    const atMs = asOf?.atMs ?? clock.nowMs();
    const hindrance = this.hindrance(subject);
    const way = this.#way(subject);
    const [{ versions, traffic }, orders] = await Promise.all([
      this.#versions(subject, atMs),
      store.newest(subject, asOf?.atMs),
    ]);
    return {
      may:
        hindrance === undefined ? may : { allowed: false, reason: hindrance },
      target: way ? new URL(way.address(subject)).host : null,
      through: way?.title ?? null,
      what: way?.what ?? null,
      undo: way?.undo ?? '',
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
    const { clock, ids, db, outbox, ledger, slo, store } = this.#deps;
    const nowMs = clock.nowMs();
    if (!caller.isUser)
      throw withCode(
        new NotAllowedError(
          'Only a person may order a rollback: it is recorded under their name.',
        ),
        'NOT_A_PERSON',
      );
    await this.#service(subject);
    const way = this.#way(subject);
    if (!way)
      throw withCode(
        new ConflictError(this.hindrance(subject) ?? notConfigured),
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
      answer_reference: null,
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
          orderDraft(row, way.address(subject), nowMs),
        ]);
      });
    } catch (error) {
      // Somebody else came first, between the look and the write: with the same request, or with another order.
      const twin = await store.byRequest(subject, body.requestId);
      if (twin) return this.#again(twin, body, caller);
      await store.requireNoneOpen(subject);
      throw error;
    }
    await this.#send(row.order_id, way);
    return orderOf(await store.byId(row.order_id));
  }

  /**
   * Sends what was ordered and never sent, and gives up on what was sent and never answered. Safe to repeat; nothing is
   * sent twice.
   */
  async tidy(): Promise<void> {
    const { store, clock, ways } = this.#deps;
    if (ways.length === 0) return;
    const nowMs = clock.nowMs();
    for (const row of await store.unsent(nowMs - unsentAfterMs)) {
      const way = this.#way(row.subject);
      if (way) await this.#send(row.order_id, way);
    }
    const longestMs = Math.max(...ways.map(({ timeoutMs }) => timeoutMs));
    for (const row of await store.unanswered(nowMs - longestMs - graceMs)) {
      const way = this.#way(row.subject);
      if (!way) continue;
      await this.#answer(
        row,
        way,
        (await way.find(row)) ?? {
          state: 'unanswered',
          status: null,
          code: 'INTERRUPTED',
          reference: null,
        },
      );
    }
  }

  #way(subject: string): RollbackWay | undefined {
    return this.#deps.ways.find(way => way.reaches(subject));
  }

  async #send(orderId: string, way: RollbackWay): Promise<void> {
    const { store, clock } = this.#deps;
    // Whoever turns the state sends it, and nobody else ever does.
    if (!(await store.claim(orderId, clock.nowMs()))) return;
    const row = await store.byId(orderId);
    await this.#answer(row, way, await way.send(row, clock.nowMs()));
  }

  async #answer(
    row: ActionOrderRow,
    way: RollbackWay,
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
      answer_reference: answered.reference,
    };
    await db.transaction(async tx => {
      if (!(await store.answer(tx, after))) return;
      await outbox.queue(tx, {
        topic: 'rollback.answered',
        subjects: [row.subject],
      });
      await append(ledger, tx, [
        orderDraft(after, way.address(row.subject), nowMs),
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
