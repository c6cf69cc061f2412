import { idOfKey, verifyHandOver } from '@ai-assurance/evidence';
import { LedgerCheck } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ConflictError } from '@backstage/errors';
import { Clock, Db, readBigint, withCode } from '../../platform';
import { fsckLedger } from '../fsck';
import { KeyBook, LedgerKey } from '../keys';
import { Alarm } from './Alarm';
import { CheckRow } from './tables';

const checksKept = 400;

/** Checks of the whole ledger: on a schedule and on demand, one at a time, each result kept. */
export class CheckService {
  readonly #deps: {
    db: Db;
    clock: Clock;
    keys: KeyBook;
    alarm: Alarm;
  };
  #isRunning = false;

  constructor(deps: { db: Db; clock: Clock; keys: KeyBook; alarm: Alarm }) {
    this.#deps = deps;
  }

  /** Derives everything again and keeps the result. Throws ConflictError `CHECK_RUNNING`. */
  async check(): Promise<LedgerCheck> {
    if (this.#isRunning) {
      throw withCode(
        new ConflictError(
          'A check of the ledger is running already. Its result will be in the status of the ledger.',
        ),
        'CHECK_RUNNING',
      );
    }
    this.#isRunning = true;
    try {
      return await this.#check();
    } finally {
      this.#isRunning = false;
    }
  }

  /** The newest check, or the newest by an instant. */
  async newest(asOfMs?: number): Promise<LedgerCheck | undefined> {
    const query = this.#deps.db.knex<CheckRow>('ledger_check');
    if (asOfMs !== undefined)
      query.where('ledger_check.checked_at_ms', '<=', asOfMs);
    const row: CheckRow | undefined = await query
      .orderBy('ledger_check.checked_at_ms', 'desc')
      .first();
    return row && { ...JSON.parse(row.report), ok: Boolean(row.ok) };
  }

  async #check(): Promise<LedgerCheck> {
    const { clock, alarm } = this.#deps;
    const checkedAtMs = clock.nowMs();
    const before = await this.newest();
    const { keys, report } = await this.#report();
    const verifierKey = keys[keys.length - 1]?.verifierKey;
    const check: LedgerCheck = {
      checkedAtMs,
      tookMs: clock.nowMs() - checkedAtMs,
      ...report,
      verifierKey,
    };
    // The same finding again is no news; another one is.
    const isNews =
      !check.ok &&
      (before === undefined || before.ok || before.problem !== check.problem);
    await this.#keep(check, keys[keys.length - 1]?.keyId, isNews);
    if (isNews) await alarm.raise(sentenceOf(check));
    return check;
  }

  async #report(): Promise<{
    keys: LedgerKey[];
    report: Omit<LedgerCheck, 'checkedAtMs' | 'tookMs'>;
  }> {
    const { db, keys: book } = this.#deps;
    for (;;) {
      const keys = await book.list();
      const report = keyProblem(keys) ?? (await fsckLedger({ db, keys }));
      // A key that took over between the two reads is no finding.
      const now = report.ok ? keys : await book.list();
      if (now.length === keys.length) return { keys, report };
    }
  }

  async #keep(
    check: LedgerCheck,
    keyId: string | undefined,
    isNews: boolean,
  ): Promise<void> {
    const { db, alarm } = this.#deps;
    await db.transaction(async tx => {
      await tx<CheckRow>('ledger_check')
        .insert({
          checked_at_ms: check.checkedAtMs,
          took_ms: check.tookMs,
          ok: check.ok,
          key_id: keyId ?? null,
          report: JSON.stringify(check),
        })
        .onConflict('checked_at_ms')
        .merge();
      const oldest = await tx<CheckRow>('ledger_check')
        .select('ledger_check.checked_at_ms')
        .orderBy('ledger_check.checked_at_ms', 'desc')
        .offset(checksKept)
        .first();
      if (oldest)
        await tx<CheckRow>('ledger_check')
          .where(
            'ledger_check.checked_at_ms',
            '<=',
            readBigint(oldest.checked_at_ms),
          )
          .delete();
      if (isNews) await alarm.queue(tx);
    });
  }
}

/** A finding as a sentence for people. */
export function sentenceOf(check: LedgerCheck): string {
  return `${check.table}, row ${check.row}: ${check.problem}.`;
}

/**
 * Whether the keys are keys, begin with the log, and were handed over as their notes say. A key without a note was lost, which
 * evidence tells.
 */
function keyProblem(
  keys: LedgerKey[],
): Omit<LedgerCheck, 'checkedAtMs' | 'tookMs'> | undefined {
  const finding = (row: number | string, problem: string) => ({
    ok: false,
    table: 'ledger_key',
    row: String(row),
    problem,
  });
  if (keys.length === 0)
    return finding('*', 'There is no key, although heads are signed');
  if (keys[0].fromSize !== 1)
    return finding(keys[0].fromSize, 'No key signed the first head');
  for (const [i, key] of keys.entries()) {
    try {
      if (idOfKey(key.verifierKey) !== key.keyId)
        return finding(key.fromSize, 'The key has another id');
    } catch (error) {
      return finding(key.fromSize, `It is no key: ${(error as Error).message}`);
    }
    if (key.handOver === undefined) continue;
    try {
      const stated = verifyHandOver(key.handOver);
      if (
        stated.oldKey !== keys[i - 1]?.verifierKey ||
        stated.newKey !== key.verifierKey ||
        stated.fromSize !== key.fromSize
      )
        return finding(key.fromSize, 'The hand-over is between other keys');
    } catch (error) {
      return finding(
        key.fromSize,
        `The hand-over does not hold: ${(error as Error).message}`,
      );
    }
  }
  return undefined;
}
