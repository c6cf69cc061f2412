import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LedgerHistory, StoredEvidence } from '../ledger';
import { AsOf } from '../platform';
import { BurnWindowFile, burnPairs } from './core/burnWindows';
import {
  Declared,
  objectiveThen,
  objectiveUntold,
  RecordedStatus,
} from './core/objectiveThen';
import { SloStore } from './SloStore';

const pageSize = 100;
/** Items looked through for the objectives of one subject; all of them are recorded at least every five minutes. */
const itemLimit = 1000;
/** Where the documents of then were not kept, objectives count that were recorded this shortly before the newest status. */
const togetherMs = 15 * 60_000;

const keyOf = (sloName: string, objectiveName: string) =>
  `${sloName} ${objectiveName}`;

function recordedOf(stored: StoredEvidence): RecordedStatus {
  const { evidenceId, timeMs, expiresAtMs, item } = stored;
  return {
    evidenceId,
    timeMs,
    expiresAtMs,
    envelope: item.data.envelope,
    payload: item.data.payload as RecordedStatus['payload'],
  };
}

/** Objectives as they were: declared by the documents of then, judged by what the ledger recorded. */
export class PastObjectives {
  readonly #deps: {
    store: SloStore;
    ledgerAnswers: LedgerHistory;
    burnWindows: BurnWindowFile[];
  };

  constructor(deps: {
    store: SloStore;
    ledgerAnswers: LedgerHistory;
    burnWindows: BurnWindowFile[];
  }) {
    this.#deps = deps;
  }

  async objectives(subject: string, asOf: AsOf): Promise<Objective[]> {
    const declared = await this.#declared(subject, asOf.atMs);
    if (declared?.size === 0) return [];
    const { recorded, isSomeErased } = await this.#recorded(
      subject,
      declared,
      asOf,
    );
    if (recorded.size > 0) {
      asOf.limit('last-recorded');
      // Something was measured, so something had been declared.
      if (!declared) asOf.limit('objective-documents');
    }
    const told = [...recorded].map(([key, status]) => {
      const known = declared?.get(key);
      const windowMs = known?.windowMs ?? 0;
      const { guard } = burnPairs(windowMs, this.#deps.burnWindows);
      return objectiveThen(status, known, guard.minimumEventCount, asOf.atMs);
    });
    const untold = [...(isSomeErased ? declared ?? [] : [])]
      .filter(([key]) => !recorded.has(key))
      .map(([, known]) => objectiveUntold(known, asOf.atMs));
    return [...told, ...untold].sort((a, b) =>
      keyOf(a.sloName, a.objectiveName) < keyOf(b.sloName, b.objectiveName)
        ? -1
        : 1,
    );
  }

  /** Why documents could not be used then. */
  async problems(subject: string, asOf: AsOf): Promise<string[]> {
    const then = await this.#deps.store.declaredAt(subject, asOf.atMs);
    return then?.problems ?? [];
  }

  /** `undefined` where it was not kept. */
  async #declared(
    subject: string,
    atMs: number,
  ): Promise<Map<string, Declared> | undefined> {
    const then = await this.#deps.store.declaredAt(subject, atMs);
    if (!then) return undefined;
    return new Map(
      then.definitions.flatMap(
        ({ sloName, window, windowMs, thresholdMs, objectives }) =>
          objectives.map(objective => [
            keyOf(sloName, objective.objectiveName),
            { sloName, window, windowMs, thresholdMs, ...objective },
          ]),
      ),
    );
  }

  /** The newest readable status of each objective, by its key, and whether some could not be read any more. */
  async #recorded(
    subject: string,
    declared: Map<string, Declared> | undefined,
    asOf: AsOf,
  ): Promise<{
    recorded: Map<string, RecordedStatus>;
    isSomeErased: boolean;
  }> {
    const ledger = await this.#deps.ledgerAnswers.asOf(asOf);
    const newest = new Map<string, RecordedStatus>();
    let isSomeErased = false;
    let oldestMs = Number.NEGATIVE_INFINITY;
    let beforePosition: number | undefined;
    for (let seen = 0; seen < itemLimit; seen += pageSize) {
      const page = await ledger.list({
        subject,
        type: 'io.ai-assurance.slo-status.v1',
        limit: pageSize,
        beforePosition,
      });
      if (seen === 0 && page.length > 0 && !declared)
        oldestMs = page[0].timeMs - togetherMs;
      for (const stored of page) {
        if (stored.isErased) {
          isSomeErased = true;
          continue;
        }
        const status = recordedOf(stored);
        const { sloName, objectiveName } = status.payload;
        const key = keyOf(sloName, objectiveName);
        const isWanted = declared?.has(key) ?? status.timeMs > oldestMs;
        if (isWanted && !newest.has(key)) newest.set(key, status);
      }
      const last = page[page.length - 1];
      if (
        page.length < pageSize ||
        newest.size === declared?.size ||
        last.timeMs <= oldestMs
      )
        break;
      beforePosition = last.position;
    }
    return { recorded: newest, isSomeErased };
  }
}
