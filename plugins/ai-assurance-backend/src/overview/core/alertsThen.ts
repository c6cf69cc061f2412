import type {
  AlertCause,
  Objective,
  ObjectiveAlert,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { worstAlertsFirst } from '../../slo';

/** The least of a stored alert that {@link alertsThen} needs. */
export interface RecordedAlert {
  timeMs: number;
  isErased?: true;
  item: { data: { payload: Record<string, unknown> } };
}

/** Objectives with the alerts that fired at the end of what was recorded: those whose last word is not `resolved`. */
export function alertsThen(
  objectives: Objective[],
  items: RecordedAlert[],
): Objective[] {
  const firing = new Map<
    string,
    { sloName: unknown; objectiveName: unknown; alert: ObjectiveAlert }
  >();
  const oldestFirst = [...items].sort((a, b) => a.timeMs - b.timeMs);
  for (const { item, isErased } of oldestFirst) {
    if (isErased) continue;
    const { payload } = item.data;
    const alertId = String(payload.alertId);
    if (payload.state === 'resolved') firing.delete(alertId);
    else if (!firing.has(alertId))
      firing.set(alertId, {
        sloName: payload.sloName,
        objectiveName: payload.objectiveName,
        alert: {
          alertId,
          cause: payload.cause as AlertCause,
          severity: String(payload.severity),
          sinceMs: Date.parse(String(payload.since)),
          // Only of a burn rate, as now: of another cause it is how long it took to notice.
          longWindowMs:
            payload.cause === 'burn-rate'
              ? Number(payload.longWindowMs ?? 0)
              : 0,
          shortWindowMs: Number(payload.shortWindowMs ?? 0),
          factor: Number(payload.factor ?? 0),
        },
      });
  }
  return objectives.map(objective => ({
    ...objective,
    alerts:
      objective.alerts ??
      [...firing.values()]
        .filter(
          ({ sloName, objectiveName }) =>
            sloName === objective.sloName &&
            objectiveName === objective.objectiveName,
        )
        .map(({ alert }) => alert)
        .sort(worstAlertsFirst),
  }));
}
