import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, PreparedRead, readPrepared } from '../platform';
import { putNumbers } from './core/movingNumbers';
import { problemsOf } from './SloStore';
import { SloStatusRow } from './tables';
import { ToldObjectives } from './types';

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

type SloStatusRead = StampRow & Pick<SloStatusRow, 'answer'>;

const stampColumns = `slo_status.subject, slo_status.slo_name, slo_status.objective_name, slo_status.evaluated_at_ms,
  slo_status.evidence_id, slo_status.fingerprint`;
const order =
  'slo_status.subject, slo_status.slo_name, slo_status.objective_name';

/** Behind the numbers of an answer that are newer than itself; a list of numbers has none, and an answer is no list. */
const numbersMark = '|';
const answerText = `CASE WHEN slo_status.numbers_at_ms = slo_status.evaluated_at_ms
  THEN coalesce(slo_status.numbers || '${numbersMark}', '') || slo_status.answer ELSE slo_status.answer END`;

/** As {@link stampOf} has it. */
const stampText = `slo_status.slo_name || ' ' || slo_status.objective_name || ' ' ||
  CAST(slo_status.evaluated_at_ms AS text) || ' ' || coalesce(slo_status.evidence_id, '') || ' ' || slo_status.fingerprint`;
const stampOf = (row: StampRow) =>
  `${row.slo_name} ${row.objective_name} ${row.evaluated_at_ms} ${
    row.evidence_id ?? ''
  } ${row.fingerprint}`;

const stampsRead: PreparedRead = {
  name: 'ai-assurance-slo-stamps',
  sqlite: `SELECT ${stampColumns} FROM slo_status
    WHERE slo_status.subject IN (SELECT value FROM json_each(?)) ORDER BY ${order}`,
  postgres: `SELECT ${stampColumns} FROM slo_status WHERE slo_status.subject = ANY($1) ORDER BY ${order}`,
};
const statusesRead: PreparedRead = {
  name: 'ai-assurance-slo-statuses',
  sqlite: `SELECT ${stampColumns}, ${answerText} AS answer FROM slo_status
    WHERE slo_status.subject IN (SELECT value FROM json_each(?)) ORDER BY ${order}`,
  postgres: `SELECT ${stampColumns}, ${answerText} AS answer FROM slo_status
    WHERE slo_status.subject = ANY($1) ORDER BY ${order}`,
};

/** In the place of a name: no objective has none. */
const documentMark = '';
const toldText = (isKnown: string, first: string, second: string) =>
  `SELECT slo_status.slo_name, slo_status.objective_name, ${stampText} AS stamp, slo_status.evidence_id,
     CASE WHEN ${isKnown} THEN NULL ELSE ${answerText} END AS answer
     FROM slo_status WHERE slo_status.subject = ${first}
   UNION ALL
   SELECT '${documentMark}', '', '', slo_document.read_problem, slo_document.parse_problems
     FROM slo_document WHERE slo_document.subject = ${second}
   ORDER BY 1, 2`;
/**
 * Values: the stamps that are known, and the subject twice. What is wrong with documents comes as a row of its own: what
 * could not be read in the place of the evidence, the rest in that of the answer.
 */
const toldRead: PreparedRead = {
  name: 'ai-assurance-slo-told',
  sqlite: toldText(
    `${stampText} IN (SELECT value FROM json_each(?))`,
    '?',
    '?',
  ),
  postgres: toldText(`${stampText} = ANY($1)`, '$2', '$3'),
};

interface ToldRow {
  slo_name: string;
  stamp: string;
  evidence_id: string | null;
  /** Null where it is the one that is known already. */
  answer: string | null;
}

/**
 * Objectives as last judged. Answers are long and change once a minute, pages ask every few seconds: what was read is kept
 * while the database says that it is still the same, whichever replica judged it.
 */
export class CurrentObjectives {
  readonly #db: Db;
  /** By subject, then by stamp, which changes whenever an answer does. */
  readonly #kept = new Map<string, Map<string, Objective>>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Those of one subject, and what is wrong with its documents, in one question. Callers MUST NOT change what they get. */
  async told(subject: string): Promise<ToldObjectives> {
    const known = this.#kept.get(subject);
    const rows = await readPrepared<ToldRow>(this.#db.knex, toldRead, [
      known ? [...known.keys()] : [],
      subject,
      subject,
    ]);
    const objectives = new Map<string, Objective>();
    let problems: string[] = [];
    for (const { slo_name, stamp, evidence_id, answer } of rows) {
      if (slo_name === documentMark)
        problems = problemsOf({
          readProblem: evidence_id ?? undefined,
          parseProblems: JSON.parse(answer!),
        });
      else
        objectives.set(
          stamp,
          answer === null
            ? known!.get(stamp)!
            : objectiveOf({ answer, evidence_id }),
        );
    }
    this.#keep(subject, objectives);
    return { objectives: [...objectives.values()], problems };
  }

  /** In the order of subjects and names. Callers MUST NOT change what they get. */
  async of(subjects: string[]): Promise<Objective[]> {
    return [...(await this.ofEach(subjects)).values()].flat();
  }

  /** The same by subject, without those that have none. */
  async ofEach(subjects: string[]): Promise<Map<string, Objective[]>> {
    const { knex } = this.#db;
    if (subjects.length <= fewSubjects)
      return this.#takeEach(
        await readPrepared<SloStatusRead>(knex, statusesRead, [subjects]),
      );
    const stamps = bySubject(
      await readPrepared<StampRow>(knex, stampsRead, [subjects]),
    );
    const known = new Map<string, Objective[]>();
    const changed: string[] = [];
    for (const [subject, rows] of stamps) {
      const objectives = rows.map(row => this.#of(row));
      if (objectives.includes(undefined)) changed.push(subject);
      else known.set(subject, objectives as Objective[]);
    }
    // Meanwhile some of them may have been judged again.
    const read =
      changed.length === 0
        ? new Map<string, Objective[]>()
        : this.#takeEach(
            await readPrepared<SloStatusRead>(knex, statusesRead, [changed]),
          );
    return new Map(
      [...stamps.keys()].flatMap(subject => {
        const objectives = known.get(subject) ?? read.get(subject);
        return objectives ? [[subject, objectives] as const] : [];
      }),
    );
  }

  #of(row: StampRow): Objective | undefined {
    return this.#kept.get(row.subject)?.get(stampOf(row));
  }

  #takeEach(rows: SloStatusRead[]): Map<string, Objective[]> {
    return new Map(
      [...bySubject(rows)].map(([subject, own]) => [
        subject,
        this.#take(subject, own),
      ]),
    );
  }

  /** Answers that did not change are not parsed again. */
  #take(subject: string, rows: SloStatusRead[]): Objective[] {
    const objectives = new Map(
      rows.map(row => [stampOf(row), this.#of(row) ?? objectiveOf(row)]),
    );
    this.#keep(subject, objectives);
    return [...objectives.values()];
  }

  #keep(subject: string, objectives: Map<string, Objective>) {
    this.#kept.delete(subject);
    if (objectives.size > 0) this.#kept.set(subject, objectives);
    if (this.#kept.size > mostSubjectsKept)
      this.#kept.delete(this.#kept.keys().next().value!);
  }
}

/** In the order of the rows. */
function bySubject<Row extends StampRow>(rows: Row[]): Map<string, Row[]> {
  const rowsOf = new Map<string, Row[]>();
  for (const row of rows) {
    const own = rowsOf.get(row.subject);
    if (own) own.push(row);
    else rowsOf.set(row.subject, [row]);
  }
  return rowsOf;
}

function objectiveOf({
  answer,
  evidence_id,
}: Pick<SloStatusRow, 'answer' | 'evidence_id'>): Objective {
  const numbersEnd = answer.startsWith('[') ? answer.indexOf(numbersMark) : -1;
  const objective: Objective = JSON.parse(answer.slice(numbersEnd + 1));
  if (numbersEnd >= 0)
    putNumbers(objective, JSON.parse(answer.slice(0, numbersEnd)));
  const { verdict } = objective;
  return evidence_id === null
    ? objective
    : {
        ...objective,
        verdict: {
          ...verdict,
          facts: { ...verdict.facts, evidenceId: evidence_id },
        },
      };
}
