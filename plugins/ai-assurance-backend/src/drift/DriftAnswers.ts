import { thinHistory } from './core/thin';
import { DriftStore } from './DriftStore';
import { DriftAnswers } from './types';

const mostPoints = 200;

export function createDriftAnswers(store: DriftStore): DriftAnswers {
  return {
    async monitors(subject, historySinceMs) {
      const monitors = await store.monitors(subject);
      return Promise.all(
        monitors.map(async ({ answer, evidenceId }) => ({
          ...answer,
          verdict:
            evidenceId === undefined
              ? answer.verdict
              : {
                  ...answer.verdict,
                  facts: { ...answer.verdict.facts, evidenceId },
                },
          history: thinHistory(
            await store.results(subject, answer.feature, historySinceMs),
            mostPoints,
          ),
        })),
      );
    },
  };
}
