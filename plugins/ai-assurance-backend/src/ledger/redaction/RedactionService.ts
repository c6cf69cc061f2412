import { PayloadOf } from '@ai-assurance/evidence';
import { Redaction } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { Clock, Db, instantOf, Outbox, Tx, withCode } from '../../platform';
import { lockCounter } from '../keys';
import { ItemRecord } from '../rows';
import { ItemRow, RedactionRow } from '../tables';
import { EvidenceDraft, Ledger } from '../types';
import { kindOf } from './core/retention';
import { redactionOf } from './RedactionReader';

/**
 * Kinds that no request redacts. They record what was decided, what left the system and what was erased: who asked for one of
 * these to vanish would be asking for the decision to vanish. They hold codes, digests and who acted.
 */
export const notRedactable = [
  'approval-request',
  'approval-vote',
  'approval-decision',
  'export',
  'key-rotation',
  'redaction',
];

type Because = PayloadOf<'io.ai-assurance.redaction.v1'>['because'];

export interface RedactionServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  record(position: number): Promise<ItemRecord | undefined>;
  /** Takes the words of erased payloads out of the search index, in the same transaction. */
  forget(tx: Tx, positions: number[]): Promise<void>;
}

/** Erases payload and salt of items, with evidence of it. Leaves and proofs stay as they are. */
export class RedactionService {
  readonly #deps: RedactionServiceDeps;

  constructor(deps: RedactionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Redacts one item because a person asks for it. Safe to repeat: an item that was redacted answers as it was then. Throws
   * NotFoundError `EVIDENCE_NOT_FOUND`, ConflictError `NOT_REDACTABLE` for kinds that record decisions, and NotAllowedError
   * `PERSON_NEEDED` to machines.
   */
  async request(
    evidenceId: string,
    because: { reasonCode: string; reason: string },
    caller: { ref: string; isUser: boolean },
  ): Promise<Redaction> {
    const { db, clock, record } = this.#deps;
    if (!caller.isUser) {
      throw withCode(
        new NotAllowedError(
          'A redaction names the person who ordered it. Redact as a signed-in user, not with a service token.',
        ),
        'PERSON_NEEDED',
      );
    }
    const item = /^(0|[1-9][0-9]{0,14})$/.test(evidenceId)
      ? await record(Number(evidenceId))
      : undefined;
    if (!item) {
      throw withCode(
        new NotFoundError(
          `There is no evidence with the id ${evidenceId}. Ids are ledger positions, such as 17.`,
        ),
        'EVIDENCE_NOT_FOUND',
      );
    }
    const kind = kindOf(item.type);
    if (notRedactable.includes(kind)) {
      throw withCode(
        new ConflictError(
          `Evidence of the kind ${kind} is not redacted on request: it records a decision, an export or an erasure. It ends with its retention, if a rule says so.`,
        ),
        'NOT_REDACTABLE',
      );
    }
    const nowMs = clock.nowMs();
    return db.transaction(async tx => {
      await this.#deps.forget(tx, [item.position]);
      await lockCounter(tx);
      const known = await redactionOf(tx, item.position);
      if (known) return known;
      await this.erase(tx, [item], item.subject, nowMs, {
        cause: 'request',
        ...because,
        redactedBy: caller.ref,
      });
      return (await redactionOf(tx, item.position))!;
    });
  }

  /**
   * Erases up to 1,000 items of one subject under one redaction, in the caller's transaction, which MUST hold the lock of the
   * counter and have made the search index forget them.
   */
  async erase(
    tx: Tx,
    items: Pick<ItemRecord, 'position' | 'leafHash'>[],
    subject: string,
    nowMs: number,
    because: Because,
  ): Promise<void> {
    const { outbox, ledger } = this.#deps;
    await outbox.queue(tx, {
      topic: 'evidence.redacted',
      subjects: [subject],
    });
    // The append comes before the erasure: rows may only be emptied once evidence of it is recorded.
    const [appended] = await ledger.append(tx, [
      redactionV1(items, subject, nowMs, because),
    ]);
    if (appended.outcome !== 'accepted')
      throw new Error(
        `The redaction of ${subject} is recorded already as evidence ${appended.evidenceId}`,
      );
    const rows = items.map(({ position }) => ({
      position,
      redaction_position: Number(appended.evidenceId),
      recorded_at_ms: nowMs,
    }));
    await tx.batchInsert<RedactionRow>('ledger_redaction', rows, 200);
    let erasedCount = 0;
    for (let at = 0; at < items.length; at += 500)
      erasedCount += await tx<ItemRow>('ledger_item')
        .whereIn(
          'ledger_item.position',
          items.slice(at, at + 500).map(item => item.position),
        )
        .update({ payload: '', salt: Buffer.alloc(0) });
    if (erasedCount !== items.length)
      throw new Error(
        `${erasedCount} of ${items.length} items could be erased; nothing was`,
      );
  }
}

function redactionV1(
  items: Pick<ItemRecord, 'position' | 'leafHash'>[],
  subject: string,
  nowMs: number,
  because: Because,
): EvidenceDraft<'io.ai-assurance.redaction.v1'> {
  return {
    type: 'io.ai-assurance.redaction.v1',
    source: '/ai-assurance/ledger',
    // No position is redacted twice, so the first one names the redaction.
    id: `redaction:${items[0].position}`,
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.ledger',
      sampleCount: items.length,
      collector: { id: 'ai-assurance.ledger', version: '1' },
      collectedAt: instantOf(nowMs),
    },
    payload: {
      because,
      items: items.map(({ position, leafHash }) => ({
        evidenceId: String(position),
        leafHash,
      })),
    },
  };
}
