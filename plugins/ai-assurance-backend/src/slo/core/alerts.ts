import { AlertCause } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { isUrgent } from './burnWindows';

/** What one alert looks at, in this evaluation. Alerts of one cause and severity are one group and one alert. */
export interface AlertSignal {
  cause: AlertCause;
  severity: string;
  longMs: number;
  shortMs: number;
  factor: number;
  longBurn: number | null;
  shortBurn: number | null;
  longBadCount: number;
  longTotalCount: number;
  /** `undefined`: cannot be told now, so that nothing begins and nothing ends. */
  isBad: boolean | undefined;
  /** How long it has to be bad before the alert fires. */
  alertAfterMs: number;
  /** How long it has to be good again before the alert ends: its hysteresis. */
  quietForMs: number;
}

export interface AlertState {
  alertId: string;
  cause: AlertCause;
  severity: string;
  longMs: number;
  shortMs: number;
  factor: number;
  state: 'pending' | 'firing';
  /** When it was first seen bad, and of a firing one since when it fires. */
  sinceMs: number;
  /** Since when a firing one is good again. */
  quietSinceMs: number | undefined;
}

export interface AlertChange {
  alert: AlertState;
  signal: AlertSignal;
  to: 'firing' | 'resolved';
}

/** An alert of which nothing is looked at any more, for example since its objective is gone: it ends. */
const keyOf = (one: { cause: string; severity: string }) =>
  `${one.cause}|${one.severity}`;

/** The worst signal of each group: bad before unknown before good, then in the order of the list. */
function grouped(signals: AlertSignal[]): Map<string, AlertSignal> {
  const rank = (signal: AlertSignal) => {
    if (signal.isBad) return 0;
    return signal.isBad === undefined ? 1 : 2;
  };
  const groups = new Map<string, AlertSignal>();
  for (const signal of signals) {
    const known = groups.get(keyOf(signal));
    if (!known || rank(signal) < rank(known)) groups.set(keyOf(signal), signal);
  }
  return groups;
}

/**
 * Moves the alerts of one objective on. An alert fires once what it looks at was bad for as long as it asks, and ends once
 * that was good for its quiet time, so that one that flutters is announced once. What cannot be told changes nothing.
 */
export function nextAlerts(
  before: AlertState[],
  signals: AlertSignal[],
  nowMs: number,
  newId: () => string,
): { alerts: AlertState[]; changes: AlertChange[] } {
  const alerts: AlertState[] = [];
  const changes: AlertChange[] = [];
  const groups = grouped(signals);
  const known = new Map(before.map(alert => [keyOf(alert), alert]));
  for (const [key, signal] of groups) {
    const old = known.get(key);
    known.delete(key);
    if (signal.isBad === undefined) {
      if (old) alerts.push(old);
      continue;
    }
    if (signal.isBad) {
      const { longMs, shortMs, factor } = signal;
      const alert: AlertState = old
        ? { ...old, quietSinceMs: undefined }
        : {
            alertId: newId(),
            cause: signal.cause,
            severity: signal.severity,
            longMs,
            shortMs,
            factor,
            state: 'pending',
            sinceMs: nowMs,
            quietSinceMs: undefined,
          };
      if (
        alert.state === 'pending' &&
        nowMs - alert.sinceMs >= signal.alertAfterMs
      ) {
        const firing: AlertState = {
          ...alert,
          longMs,
          shortMs,
          factor,
          state: 'firing',
          sinceMs: nowMs,
        };
        alerts.push(firing);
        changes.push({ alert: firing, signal, to: 'firing' });
      } else {
        alerts.push(alert);
      }
    } else if (old?.state === 'firing') {
      const quietSinceMs = old.quietSinceMs ?? nowMs;
      if (nowMs - quietSinceMs >= signal.quietForMs)
        changes.push({ alert: old, signal, to: 'resolved' });
      else alerts.push({ ...old, quietSinceMs });
    }
  }
  // What nothing looks at any more has ended: its windows are others now.
  for (const old of known.values()) {
    if (old.state === 'firing')
      changes.push({ alert: old, signal: goneSignal(old), to: 'resolved' });
  }
  return { alerts, changes };
}

function goneSignal(alert: AlertState): AlertSignal {
  return {
    cause: alert.cause,
    severity: alert.severity,
    longMs: alert.longMs,
    shortMs: alert.shortMs,
    factor: alert.factor,
    longBurn: null,
    shortBurn: null,
    longBadCount: 0,
    longTotalCount: 0,
    isBad: false,
    alertAfterMs: 0,
    quietForMs: 0,
  };
}

/** Worst first: urgent ones, then by cause and age. */
export function worstAlertsFirst(
  a: Pick<AlertState, 'alertId' | 'severity' | 'sinceMs'>,
  b: Pick<AlertState, 'alertId' | 'severity' | 'sinceMs'>,
): number {
  return (
    Number(isUrgent(b.severity)) - Number(isUrgent(a.severity)) ||
    a.sinceMs - b.sinceMs ||
    (a.alertId < b.alertId ? -1 : 1)
  );
}
