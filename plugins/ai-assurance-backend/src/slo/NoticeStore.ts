import { AlertCause } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectRecord } from '../cohorts';
import { Db, readBigint, Tx } from '../platform';
import type { ObjectiveAlertChange } from './SloService';

/** What people are to be told of one turn of the alerts of a subject: all objectives that turned together. */
export interface Notice {
  subject: string;
  title: string;
  severity: string;
  state: 'firing' | 'resolved';
  recipients: string[];
  objectives: {
    sloName: string;
    objectiveName: string;
    description: string;
    cause: AlertCause;
    longBurn: number | null;
    sinceMs: number;
  }[];
}

const batchSize = 100;

/** Turns of alerts that people are still to be told of. */
export class NoticeStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Queues one notice for each subject, severity and turn. */
  async queue(
    tx: Tx,
    changes: ObjectiveAlertChange[],
    records: Map<string, SubjectRecord>,
    nowMs: number,
  ): Promise<void> {
    const notices = new Map<string, Notice>();
    for (const { alert, signal, to, plan, objective } of changes) {
      const rules = plan.definition.alertRules.filter(
        rule => rule.severity === alert.severity,
      );
      const isSilent =
        to === 'resolved' &&
        rules.length > 0 &&
        rules.every(rule => !rule.notifyResolved);
      if (isSilent) continue;
      const key = `${plan.subject}|${alert.severity}|${to}`;
      const record = records.get(plan.subject);
      const notice = notices.get(key) ?? {
        subject: plan.subject,
        title: record?.title ?? plan.subject,
        severity: alert.severity,
        state: to,
        recipients: record?.ownerRef ? [record.ownerRef] : [],
        objectives: [],
      };
      notices.set(key, notice);
      for (const target of rules.flatMap(rule => rule.targets))
        if (!notice.recipients.includes(target)) notice.recipients.push(target);
      notice.objectives.push({
        sloName: objective.sloName,
        objectiveName: objective.objectiveName,
        description: objective.description,
        cause: alert.cause,
        longBurn: signal.longBurn,
        sinceMs: alert.sinceMs,
      });
    }
    if (notices.size === 0) return;
    await tx('slo_notice').insert(
      [...notices.values()].map(notice => ({
        subject: notice.subject,
        notice: JSON.stringify(notice),
        queued_at_ms: nowMs,
      })),
    );
  }

  /** Hands every notice to `deliver`, oldest first, and forgets those it took. At least once. */
  async relay(deliver: (notice: Notice) => Promise<void>): Promise<number> {
    const rows: { notice_id: unknown; notice: string }[] = await this.#db
      .knex('slo_notice')
      .orderBy('slo_notice.notice_id')
      .limit(batchSize)
      .select('slo_notice.notice_id', 'slo_notice.notice');
    for (const row of rows) {
      await deliver(JSON.parse(row.notice));
      await this.#db
        .knex('slo_notice')
        .where('slo_notice.notice_id', readBigint(row.notice_id))
        .delete();
    }
    return rows.length;
  }
}
