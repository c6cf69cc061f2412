import { Db } from '../platform';
import { PastObjectives } from './PastObjectives';
import { documentsFromRow, problemsOf, statusFromRow } from './SloStore';
import { SloDocumentRow, SloStatusRow } from './tables';
import { SloAnswers } from './types';

export function createSloAnswers(db: Db, past: PastObjectives): SloAnswers {
  return {
    async objectives(subject, asOf) {
      if (asOf) return past.objectives(subject, asOf);
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

    async problems(subject, asOf) {
      if (asOf) return past.problems(subject, asOf);
      const row: SloDocumentRow | undefined = await db
        .knex('slo_document')
        .where({ subject })
        .first();
      return row ? problemsOf(documentsFromRow(row)) : [];
    },
  };
}
