import { hash } from 'node:crypto';
import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, insertRows, readBigint, Tx, updateRows } from '../platform';
import { AlertState } from './core/alerts';
import { splitNumbers } from './core/movingNumbers';
import { StoredStatus } from './SloStore';
import { SloStatusRow } from './tables';

/** What a source does not answer about a subject. */
export interface FailingSource {
  subject: string;
  reading: string;
  failingSinceMs: number;
  problem: string;
}

/** An alert with what it belongs to. */
export interface ObjectiveAlert {
  subject: string;
  sloName: string;
  objectiveName: string;
  alert: AlertState;
}

const chunkSize = 500;

/** What is known of an objective from its last evaluation. */
export interface KnownStatus {
  sloName: string;
  objectiveName: string;
  fingerprint: string;
  evidenceAtMs: number;
  evidenceId: string | undefined;
  /** What its row holds but for numbers, see {@link StatusStore.saveStatuses}. */
  form: string | undefined;
}

/** What is known of the subjects that are evaluated together, before the evaluation. */
export interface KnownState {
  statuses: Map<string, KnownStatus[]>;
  alerts: Map<string, ObjectiveAlert[]>;
  sources: Map<string, FailingSource[]>;
}

function grouped<T extends { subject: string }>(items: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(item.subject);
    if (known) known.push(item);
    else groups.set(item.subject, [item]);
  }
  return groups;
}

/** Objectives as last judged, their alerts, and the sources that do not answer. */
export class StatusStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async known(subjects: string[]): Promise<KnownState> {
    const { knex } = this.#db;
    // Not the whole answers: they are written anew.
    const statusRows: Omit<SloStatusRow, 'answer' | 'numbers'>[] = await knex(
      'slo_status',
    )
      .whereIn('slo_status.subject', subjects)
      .select(
        'slo_status.subject',
        'slo_status.slo_name',
        'slo_status.objective_name',
        'slo_status.fingerprint',
        'slo_status.evidence_at_ms',
        'slo_status.evidence_id',
        'slo_status.form',
        'slo_status.evaluated_at_ms',
        'slo_status.numbers_at_ms',
      );
    const statuses = new Map<string, KnownStatus[]>();
    for (const row of statusRows) {
      const status: KnownStatus = {
        sloName: row.slo_name,
        objectiveName: row.objective_name,
        fingerprint: row.fingerprint,
        evidenceAtMs: readBigint(row.evidence_at_ms),
        evidenceId: row.evidence_id ?? undefined,
        // Not of a row that an earlier version of the suite wrote last.
        form:
          row.numbers_at_ms === row.evaluated_at_ms && row.form
            ? row.form
            : undefined,
      };
      const known = statuses.get(row.subject);
      if (known) known.push(status);
      else statuses.set(row.subject, [status]);
    }
    const alertRows: any[] = await knex('slo_alert')
      .whereIn('slo_alert.subject', subjects)
      .select('slo_alert.*');
    const sourceRows: any[] = await knex('slo_source')
      .whereIn('slo_source.subject', subjects)
      .select('slo_source.*');
    return {
      statuses,
      alerts: grouped(
        alertRows.map(row => ({
          subject: row.subject as string,
          sloName: row.slo_name as string,
          objectiveName: row.objective_name as string,
          alert: JSON.parse(row.state) as AlertState,
        })),
      ),
      sources: grouped(
        sourceRows.map(row => ({
          subject: row.subject as string,
          reading: row.reading as string,
          failingSinceMs: readBigint(row.failing_since_ms),
          problem: row.problem as string,
        })),
      ),
    };
  }

  /**
   * Writes statuses. Of those whose row holds the same but for numbers, which are nearly all, only the numbers are written;
   * a row that somebody else has given another form meanwhile stays as it is.
   */
  async saveStatuses(
    tx: Tx,
    statuses: { subject: string; status: StoredStatus }[],
  ): Promise<void> {
    const whole: object[] = [];
    const moved: object[] = [];
    for (const { subject, status } of statuses) {
      const { objective } = status;
      const { form, numbers } = splitNumbers(objective);
      const row = {
        subject,
        slo_name: objective.sloName,
        objective_name: objective.objectiveName,
        fingerprint: status.fingerprint,
        evidence_id: status.evidenceId ?? null,
        evidence_at_ms: status.evidenceAtMs,
        evaluated_at_ms: objective.evaluatedAtMs,
        numbers_at_ms: objective.evaluatedAtMs,
        form: hash('sha256', form, 'base64'),
      };
      if (row.form === status.storedForm)
        moved.push({ ...row, numbers: JSON.stringify(numbers) });
      else
        whole.push({
          ...row,
          numbers: null,
          answer: JSON.stringify(objective),
        });
    }
    for (let i = 0; i < whole.length; i += chunkSize)
      await insertRows(
        tx,
        'slo_status',
        whole.slice(i, i + chunkSize),
        `ON CONFLICT (subject, slo_name, objective_name) DO UPDATE SET answer = excluded.answer, numbers = excluded.numbers,
         form = excluded.form, numbers_at_ms = excluded.numbers_at_ms, fingerprint = excluded.fingerprint, evidence_id = excluded.evidence_id,
         evidence_at_ms = excluded.evidence_at_ms, evaluated_at_ms = excluded.evaluated_at_ms`,
      );
    for (let i = 0; i < moved.length; i += chunkSize)
      await updateRows(
        tx,
        'slo_status',
        ['subject', 'slo_name', 'objective_name', 'form'],
        moved.slice(i, i + chunkSize),
      );
  }

  async dropStatus(
    tx: Tx,
    subject: string,
    objective: { sloName: string; objectiveName: string },
  ): Promise<void> {
    await tx('slo_status')
      .where({
        subject,
        slo_name: objective.sloName,
        objective_name: objective.objectiveName,
      })
      .delete();
  }

  /** Links statuses with their evidence, unless they have moved on. */
  async linkEvidence(
    links: { subject: string; objective: Objective; evidenceId: string }[],
  ): Promise<void> {
    for (let i = 0; i < links.length; i += chunkSize) {
      const chunk = links.slice(i, i + chunkSize);
      await this.#db.knex.raw(
        `WITH link (subject, slo_name, objective_name, at, evidence_id) AS (VALUES ${chunk
          .map(() => '(?, ?, ?, ?, ?)')
          .join(', ')})
         UPDATE slo_status SET evidence_id = link.evidence_id FROM link
         WHERE slo_status.subject = link.subject AND slo_status.slo_name = link.slo_name
         AND slo_status.objective_name = link.objective_name
         AND slo_status.evidence_at_ms = CAST(link.at AS bigint)`,
        chunk.flatMap(({ subject, objective, evidenceId }) => [
          subject,
          objective.sloName,
          objective.objectiveName,
          String(objective.evaluatedAtMs),
          evidenceId,
        ]),
      );
    }
  }

  /** Puts alerts and failing sources of a subject in the place of those before. */
  async replaceAlerts(
    tx: Tx,
    subject: string,
    alerts: ObjectiveAlert[],
  ): Promise<void> {
    await tx('slo_alert').where('slo_alert.subject', subject).delete();
    if (alerts.length > 0) {
      await tx('slo_alert').insert(
        alerts.map(one => ({
          alert_id: one.alert.alertId,
          subject,
          slo_name: one.sloName,
          objective_name: one.objectiveName,
          state: JSON.stringify(one.alert),
        })),
      );
    }
  }

  async replaceSources(
    tx: Tx,
    subject: string,
    sources: FailingSource[],
  ): Promise<void> {
    await tx('slo_source').where('slo_source.subject', subject).delete();
    if (sources.length > 0) {
      await tx('slo_source').insert(
        sources.map(one => ({
          subject,
          reading: one.reading,
          failing_since_ms: one.failingSinceMs,
          problem: one.problem,
        })),
      );
    }
  }
}
