import {
  Correction,
  CorrectionCause,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../platform';
import { SloCorrectionRow } from './tables';

const mostShown = 200;

function correctionFrom(row: SloCorrectionRow): Correction {
  return {
    correctionId: row.correction_id,
    subject: row.subject,
    sloName: row.slo_name,
    fromMs: readBigint(row.from_ms),
    toMs: readBigint(row.to_ms),
    cause: row.cause as CorrectionCause,
    reason: row.reason,
    recordedBy: row.recorded_by,
    recordedAtMs: readBigint(row.recorded_at_ms),
    withdrawnAtMs:
      row.withdrawn_at_ms === null ? null : readBigint(row.withdrawn_at_ms),
    evidenceId: row.evidence_id,
  };
}

/** What one person says of one stretch for one cause is one correction while it stands, however often it is sent. */
const repeatKeyOf = (correction: Correction) =>
  JSON.stringify([
    correction.subject,
    correction.sloName,
    correction.fromMs,
    correction.toMs,
    correction.cause,
    correction.recordedBy,
  ]);

/** Stretches of time that corrected budgets leave out. None is ever deleted. */
export class CorrectionStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async get(correctionId: string): Promise<Correction | undefined> {
    const row: SloCorrectionRow | undefined = await this.#db
      .knex('slo_correction')
      .where({ correction_id: correctionId })
      .first('slo_correction.*');
    return row && correctionFrom(row);
  }

  /** Those known by an instant and not withdrawn by then, newest first. */
  async list(subject: string, atMs: number): Promise<Correction[]> {
    const rows: SloCorrectionRow[] = await this.#db
      .knex('slo_correction')
      .where('slo_correction.subject', subject)
      .andWhere('slo_correction.recorded_at_ms', '<=', atMs)
      .andWhere(standing =>
        standing
          .whereNull('slo_correction.withdrawn_at_ms')
          .orWhere('slo_correction.withdrawn_at_ms', '>', atMs),
      )
      .orderBy([
        { column: 'slo_correction.recorded_at_ms', order: 'desc' },
        { column: 'slo_correction.correction_id', order: 'desc' },
      ])
      .limit(mostShown)
      .select('slo_correction.*');
    return rows.map(correctionFrom);
  }

  async countStanding(tx: Tx, subject: string): Promise<number> {
    const row = await tx('slo_correction')
      .where('slo_correction.subject', subject)
      .whereNull('slo_correction.withdrawn_at_ms')
      .count({ count: '*' })
      .first();
    return readBigint(row?.count ?? 0);
  }

  /** Those that stand and reach into the time since an instant, by subject. */
  async standing(
    subjects: string[],
    sinceMs: number,
  ): Promise<Map<string, Correction[]>> {
    const rows: SloCorrectionRow[] = await this.#db
      .knex('slo_correction')
      .whereIn('slo_correction.subject', subjects)
      .whereNull('slo_correction.withdrawn_at_ms')
      .andWhere('slo_correction.to_ms', '>', sinceMs)
      .select('slo_correction.*');
    const bySubject = new Map<string, Correction[]>();
    for (const correction of rows.map(correctionFrom)) {
      const known = bySubject.get(correction.subject);
      if (known) known.push(correction);
      else bySubject.set(correction.subject, [correction]);
    }
    return bySubject;
  }

  /** Adds a correction; answers the one that stands already and says the same, if there is one. */
  async add(tx: Tx, correction: Correction): Promise<Correction | undefined> {
    const repeatKey = repeatKeyOf(correction);
    const added = await tx('slo_correction')
      .insert({
        correction_id: correction.correctionId,
        subject: correction.subject,
        slo_name: correction.sloName,
        from_ms: correction.fromMs,
        to_ms: correction.toMs,
        cause: correction.cause,
        reason: correction.reason,
        recorded_by: correction.recordedBy,
        recorded_at_ms: correction.recordedAtMs,
        withdrawn_at_ms: null,
        evidence_id: null,
        repeat_key: repeatKey,
      })
      .onConflict('repeat_key')
      .ignore()
      .returning('correction_id');
    if (added.length > 0) return undefined;
    const row: SloCorrectionRow = await tx('slo_correction')
      .where({ repeat_key: repeatKey })
      .first('slo_correction.*');
    return correctionFrom(row);
  }

  /** Answers whether it stood until now. */
  async withdraw(
    tx: Tx,
    correctionId: string,
    nowMs: number,
  ): Promise<boolean> {
    const moved = await tx('slo_correction')
      .where({ correction_id: correctionId })
      .whereNull('slo_correction.withdrawn_at_ms')
      .update({ withdrawn_at_ms: nowMs, repeat_key: null });
    return moved === 1;
  }

  async link(correctionId: string, evidenceId: string): Promise<void> {
    await this.#db
      .knex('slo_correction')
      .where({ correction_id: correctionId })
      .update({ evidence_id: evidenceId });
  }
}
