import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, PreparedRead, readPrepared } from '../platform';
import { statusFromRow } from './SloStore';
import { SloStatusRow } from './tables';

const mostSubjectsKept = 1_000;
/** The answers of that many come sooner than a question whether they changed. */
const fewSubjects = 10;

type StampRow = Pick<
  SloStatusRow,
  | 'subject'
  | 'slo_name'
  | 'objective_name'
  | 'evaluated_at_ms'
  | 'evidence_id'
  | 'fingerprint'
>;

const stampColumns = `slo_status.subject, slo_status.slo_name, slo_status.objective_name, slo_status.evaluated_at_ms,
  slo_status.evidence_id, slo_status.fingerprint`;
const allColumns = `${stampColumns}, slo_status.answer, slo_status.evidence_at_ms`;

const readOf = (name: string, columns: string): PreparedRead => {
  const order =
    'slo_status.subject, slo_status.slo_name, slo_status.objective_name';
  return {
    name,
    sqlite: `SELECT ${columns} FROM slo_status
      WHERE slo_status.subject IN (SELECT value FROM json_each(?)) ORDER BY ${order}`,
    postgres: `SELECT ${columns} FROM slo_status WHERE slo_status.subject = ANY($1) ORDER BY ${order}`,
  };
};
const stampsRead = readOf('ai-assurance-slo-stamps', stampColumns);
const statusesRead = readOf('ai-assurance-slo-statuses', allColumns);

/** Changes whenever an answer does: an evaluation writes its moment with it, and its evidence after it. */
function stampsOf(rows: StampRow[]): Map<string, string> {
  const stamps = new Map<string, string>();
  for (const row of rows) {
    const { subject, evaluated_at_ms, evidence_id, fingerprint } = row;
    stamps.set(
      subject,
      `${stamps.get(subject) ?? ''}${row.slo_name}\n${
        row.objective_name
      }\n${evaluated_at_ms}\n${evidence_id}\n${fingerprint}\n`,
    );
  }
  return stamps;
}

/**
 * Objectives as last judged. Answers are long and change once a minute, pages ask every few seconds: what was read is kept
 * while the database says that it is still the same, whichever replica judged it.
 */
export class CurrentObjectives {
  readonly #db: Db;
  readonly #kept = new Map<
    string,
    { stamp: string; objectives: Objective[] }
  >();

  constructor(db: Db) {
    this.#db = db;
  }

  /** In the order of subjects and names. Callers MUST NOT change what they get. */
  async of(subjects: string[]): Promise<Objective[]> {
    const { knex } = this.#db;
    if (subjects.length <= fewSubjects) {
      const rows = await readPrepared<SloStatusRow>(knex, statusesRead, [
        subjects,
      ]);
      return [...this.#read(rows).values()].flat();
    }
    const stamps = stampsOf(
      await readPrepared<StampRow>(knex, stampsRead, [subjects]),
    );
    const known = new Map(
      [...stamps].flatMap(([subject, stamp]) => {
        const objectives = this.#known(subject, stamp);
        return objectives ? [[subject, objectives] as const] : [];
      }),
    );
    const changed = [...stamps.keys()].filter(one => !known.has(one));
    if (changed.length > 0) {
      // Meanwhile some of them may have been judged again.
      const read = this.#read(
        await readPrepared<SloStatusRow>(knex, statusesRead, [changed]),
      );
      for (const [subject, objectives] of read) known.set(subject, objectives);
    }
    return [...stamps.keys()].flatMap(subject => known.get(subject) ?? []);
  }

  /** By subject, in the order of the rows. Answers that did not change are not parsed again. */
  #read(rows: SloStatusRow[]): Map<string, Objective[]> {
    const rowsOf = new Map<string, SloStatusRow[]>();
    for (const row of rows) {
      const own = rowsOf.get(row.subject);
      if (own) own.push(row);
      else rowsOf.set(row.subject, [row]);
    }
    const read = new Map<string, Objective[]>();
    for (const [subject, stamp] of stampsOf(rows)) {
      let objectives = this.#known(subject, stamp);
      if (!objectives) {
        objectives = rowsOf.get(subject)!.map(objectiveOf);
        this.#keep(subject, { stamp, objectives });
      }
      read.set(subject, objectives);
    }
    return read;
  }

  #known(subject: string, stamp: string): Objective[] | undefined {
    const kept = this.#kept.get(subject);
    return kept?.stamp === stamp ? kept.objectives : undefined;
  }

  #keep(subject: string, entry: { stamp: string; objectives: Objective[] }) {
    this.#kept.delete(subject);
    this.#kept.set(subject, entry);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostSubjectsKept) this.#kept.delete(oldest);
  }
}

function objectiveOf(row: SloStatusRow): Objective {
  const { objective, evidenceId } = statusFromRow(row);
  const { verdict } = objective;
  return evidenceId === undefined
    ? objective
    : {
        ...objective,
        verdict: { ...verdict, facts: { ...verdict.facts, evidenceId } },
      };
}
