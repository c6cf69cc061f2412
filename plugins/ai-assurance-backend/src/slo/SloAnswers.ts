import { Db } from '../platform';
import { documentsFromRow, statusFromRow } from './SloStore';
import { SloDocumentRow, SloStatusRow } from './tables';
import { SloAnswers } from './types';

export function createSloAnswers(db: Db): SloAnswers {
  return {
    async objectives(subject) {
      const rows: SloStatusRow[] = await db
        .knex('slo_status')
        .where({ subject })
        .select('slo_status.*')
        .orderBy(['slo_status.slo_name', 'slo_status.objective_name']);
      return rows.map(row => {
        const { objective, evidenceId } = statusFromRow(row);
        const { verdict } = objective;
        return evidenceId === undefined
          ? objective
          : {
              ...objective,
              verdict: { ...verdict, facts: { ...verdict.facts, evidenceId } },
            };
      });
    },

    async problems(subject) {
      const row: SloDocumentRow | undefined = await db
        .knex('slo_document')
        .where({ subject })
        .first();
      if (!row) return [];
      const { readProblem, parseProblems } = documentsFromRow(row);
      return readProblem === undefined
        ? parseProblems
        : [readProblem, ...parseProblems];
    },
  };
}
