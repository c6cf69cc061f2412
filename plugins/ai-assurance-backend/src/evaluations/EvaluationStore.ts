import { Db, readBigint, Tx } from '../platform';
import { Gates } from './core/gates';
import { VersionVerdict } from './core/judge';
import { GatesRow, VerdictRow } from './tables';

/** The gates of a subject as last read. */
export interface StoredGates {
  subject: string;
  /** What people are shown of where they come from. */
  source: string;
  gates: Gates | undefined;
  problem: string | undefined;
  attemptedAtMs: number;
}

/** The newest judgement of one version. */
export interface StoredVerdict {
  subject: string;
  versionKey: string;
  verdict: VersionVerdict;
  fingerprint: string;
  judgedAtMs: number;
  sinceMs: number;
  evidenceAtMs: number;
  evidenceId: string | undefined;
}

export class EvaluationStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async gates(subject: string): Promise<StoredGates | undefined> {
    const row = await this.#db
      .knex<GatesRow>('evaluation_gates')
      .where('evaluation_gates.subject', subject)
      .first();
    return row && gatesOf(row);
  }

  async allGates(): Promise<StoredGates[]> {
    return (await this.#db.knex<GatesRow>('evaluation_gates')).map(gatesOf);
  }

  async saveGates(stored: StoredGates): Promise<void> {
    await this.#db
      .knex('evaluation_gates')
      .insert({
        subject: stored.subject,
        source: stored.source,
        gates: stored.gates ? JSON.stringify(stored.gates) : null,
        problem: stored.problem ?? null,
        attempted_at_ms: stored.attemptedAtMs,
      })
      .onConflict('subject')
      .merge();
  }

  /** Gates and judgements of a subject that has no gates any more. Evidence of them stays in the ledger. */
  async forget(subject: string): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx('evaluation_gates').where({ subject }).delete();
      await tx('evaluation_verdict').where({ subject }).delete();
    });
  }

  async verdicts(subject: string): Promise<StoredVerdict[]> {
    const rows: VerdictRow[] = await this.#db
      .knex<VerdictRow>('evaluation_verdict')
      .where('evaluation_verdict.subject', subject);
    return rows.map(row => ({
      subject: row.subject,
      versionKey: row.version_key,
      verdict: JSON.parse(row.verdict),
      fingerprint: row.fingerprint,
      judgedAtMs: readBigint(row.judged_at_ms),
      sinceMs: readBigint(row.since_ms),
      evidenceAtMs: readBigint(row.evidence_at_ms),
      evidenceId: row.evidence_id ?? undefined,
    }));
  }

  async saveVerdict(tx: Tx, stored: StoredVerdict): Promise<void> {
    await tx('evaluation_verdict')
      .insert({
        subject: stored.subject,
        version_key: stored.versionKey,
        verdict: JSON.stringify(stored.verdict),
        fingerprint: stored.fingerprint,
        judged_at_ms: stored.judgedAtMs,
        since_ms: stored.sinceMs,
        evidence_at_ms: stored.evidenceAtMs,
        evidence_id: stored.evidenceId ?? null,
      })
      .onConflict(['subject', 'version_key'])
      .merge();
  }

  /** The link follows the commit of its evidence, and only while that is still the newest. */
  async linkEvidence(
    subject: string,
    versionKey: string,
    evidenceAtMs: number,
    evidenceId: string,
  ): Promise<void> {
    await this.#db
      .knex('evaluation_verdict')
      .where({
        subject,
        version_key: versionKey,
        evidence_at_ms: evidenceAtMs,
      })
      .update({ evidence_id: evidenceId });
  }

  async forgetVersions(
    tx: Tx,
    subject: string,
    versionKeys: string[],
  ): Promise<void> {
    if (versionKeys.length === 0) return;
    await tx('evaluation_verdict')
      .where({ subject })
      .whereIn('version_key', versionKeys)
      .delete();
  }
}

function gatesOf(row: GatesRow): StoredGates {
  return {
    subject: row.subject,
    source: row.source,
    gates: row.gates === null ? undefined : JSON.parse(row.gates),
    problem: row.problem ?? undefined,
    attemptedAtMs: readBigint(row.attempted_at_ms),
  };
}
