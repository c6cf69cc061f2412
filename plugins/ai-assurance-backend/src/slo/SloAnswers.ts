import { Clock, Db } from '../platform';
import { CorrectionStore } from './CorrectionStore';
import { CurrentObjectives } from './CurrentObjectives';
import { PastObjectives } from './PastObjectives';
import { problemsOf, SloStore } from './SloStore';
import { BudgetBlockade, SloAnswers } from './types';

export function createSloAnswers(deps: {
  db: Db;
  clock: Clock;
  store: SloStore;
  corrections: CorrectionStore;
  past: PastObjectives;
}): SloAnswers {
  const { db, clock, store, corrections, past } = deps;
  const statuses = new CurrentObjectives(db);
  const now = (subjects: string[]) => statuses.of(subjects);
  return {
    objectives: async (subject, asOf) =>
      asOf ? past.objectives(subject, asOf) : now([subject]),

    async told(subject, asOf) {
      if (!asOf) return statuses.told(subject);
      const [objectives, problems] = await Promise.all([
        past.objectives(subject, asOf),
        past.problems(subject, asOf),
      ]);
      return { objectives, problems };
    },

    async alerting(mostSubjects) {
      const rows: { subject: string }[] = await db
        .knex('slo_alert')
        .distinct('slo_alert.subject')
        .orderBy('slo_alert.subject')
        .limit(mostSubjects);
      return statuses.ofEach(rows.map(({ subject }) => subject));
    },

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
