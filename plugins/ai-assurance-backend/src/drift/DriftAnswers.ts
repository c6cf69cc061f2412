import { thinHistory } from './core/thin';
import { DriftStore } from './DriftStore';
import { PastDrift } from './PastDrift';
import { DriftAnswers } from './types';

const mostPoints = 200;

export function createDriftAnswers(
  store: DriftStore,
  past: PastDrift,
): DriftAnswers {
  return {
    async ofCohort(subject, cohort, historySinceMs, asOf) {
      const found = await past.ofCohort(subject, cohort, historySinceMs, asOf);
      return found.map(monitor => ({
        ...monitor,
        history: thinHistory(monitor.history, mostPoints),
      }));
    },

    async monitors(subject, historySinceMs, asOf) {
      if (asOf)
        return (await past.monitors(subject, historySinceMs, asOf)).map(
          monitor => ({
            ...monitor,
            history: thinHistory(monitor.history, mostPoints),
          }),
        );
      const monitors = await store.monitors(subject);
      // Who wants verdicts alone says so by a moment that never comes.
      const withHistory = historySinceMs < Number.MAX_SAFE_INTEGER;
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
          history: withHistory
            ? thinHistory(
                await store.results(subject, answer.feature, historySinceMs),
                mostPoints,
              )
            : [],
        })),
      );
    },
  };
}
