import { Clock, Db, PreparedRead, readPrepared } from '../platform';
import { CorrectionStore } from './CorrectionStore';
import { PastObjectives } from './PastObjectives';
import { problemsOf, SloStore, statusFromRow } from './SloStore';
import { SloStatusRow } from './tables';
import { BudgetBlockade, SloAnswers } from './types';

const columns = `slo_status.subject, slo_status.slo_name, slo_status.objective_name, slo_status.answer, slo_status.fingerprint,
  slo_status.evidence_id, slo_status.evidence_at_ms, slo_status.evaluated_at_ms`;
const order =
  'slo_status.subject, slo_status.slo_name, slo_status.objective_name';

/** At every opening of a page. */
const statusesRead: PreparedRead = {
  name: 'ai-assurance-slo-statuses',
  sqlite: `SELECT ${columns} FROM slo_status WHERE slo_status.subject IN (SELECT value FROM json_each(?)) ORDER BY ${order}`,
  postgres: `SELECT ${columns} FROM slo_status WHERE slo_status.subject = ANY($1) ORDER BY ${order}`,
};

export function createSloAnswers(deps: {
  db: Db;
  clock: Clock;
  store: SloStore;
  corrections: CorrectionStore;
  past: PastObjectives;
}): SloAnswers {
  const { db, clock, store, corrections, past } = deps;
  const now = async (subjects: string[]) => {
    const rows = await readPrepared<SloStatusRow>(db.knex, statusesRead, [
      subjects,
    ]);
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
  };
  return {
    objectives: async (subject, asOf) =>
      asOf ? past.objectives(subject, asOf) : now([subject]),

    async problems(subject, asOf) {
      if (asOf) return past.problems(subject, asOf);
      const documents = await store.documents(subject);
      return documents ? problemsOf(documents) : [];
    },

    corrections: (subject, asOf) =>
      corrections.list(subject, asOf?.atMs ?? clock.nowMs()),

    async blockades(subjects) {
      const blockades = new Map<string, BudgetBlockade>();
      for (const objective of await now(subjects)) {
        const policy = objective.budgetPolicy;
        if (!policy?.isInForce || policy.blocks.length === 0) continue;
        const known = blockades.get(policy.policyId) ?? {
          policyId: policy.policyId,
          title: policy.title,
          blocks: policy.blocks,
          objectives: [],
        };
        blockades.set(policy.policyId, known);
        known.objectives.push({
          sloName: objective.sloName,
          objectiveName: objective.objectiveName,
        });
      }
      return [...blockades.values()];
    },
  };
}
