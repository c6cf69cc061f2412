import { wholeMinuteMs } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { defaultMonitors } from './core/features';
import { Declared, Monitor } from './core/monitors';
import { KnownReference, KnownReferences } from './KnownReferences';
import { DriftSettings } from './settings';
import { onlyNamed } from './signalAnswers';
import { Range, SignalData, SignalSources } from './SignalSources';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What is remembered of a watched signal. */
export interface KnownMonitor {
  evaluatedAtMs: number;
  /** End of the last window with outputs. */
  lastReportedAtMs: number | undefined;
}

/** A subject to be judged. */
export interface AskedSubject {
  subject: string;
  declared: Declared | undefined;
  /** By feature; `undefined`: nothing can be remembered of that time. */
  known: ReadonlyMap<string, KnownMonitor> | undefined;
}

function isDue(
  everyMs: number | undefined,
  before: KnownMonitor | undefined,
  nowMs: number,
): boolean {
  if (!before || everyMs === undefined) return true;
  // Ticks come a little early or late: one that is nearly due is due.
  return nowMs - before.evaluatedAtMs >= everyMs - minuteMs / 2;
}

/** One signal before it is judged with the others. */
export interface Gathered {
  monitor: Monitor;
  reference: KnownReference | undefined;
  data: SignalData;
  range: Range;
  lastReportedAtMs: number | undefined;
}

export interface GathererDeps {
  references: KnownReferences;
  sources: SignalSources;
  telemetry: TelemetryAnswers;
  settings: DriftSettings;
}

/** Declared monitors, and what is watched of everybody. */
export function monitorsOf(declared: Declared | undefined): Monitor[] {
  const own = declared?.monitors ?? [];
  return [
    ...own,
    ...defaultMonitors.filter(
      one => !own.some(({ feature }) => feature === one.feature),
    ),
  ];
}

/** Brings together what is needed to judge signals: what their sources hold, and the references that were the newest. */
export class SignalGatherer {
  readonly #deps: GathererDeps;

  constructor(deps: GathererDeps) {
    this.#deps = deps;
  }

  /**
   * What is needed to judge the signals of subjects, in their order: a few statements read it all. Leaves out a signal that is
   * watched of everybody where nobody approved a reference for it and it was not reported within a day, and one that is not due.
   */
  async gather(
    asked: readonly AskedSubject[],
    nowMs: number,
    groupSizes: ReadonlyMap<string, number>,
  ): Promise<Gathered[][]> {
    const references = await this.#deps.references.newestOf(
      asked.map(({ subject }) => subject),
      nowMs,
    );
    // The minute that has begun is left out: its points are still coming in.
    const toMs = wholeMinuteMs(nowMs);
    const due = asked.map(({ subject, declared, known }) =>
      monitorsOf(declared)
        .filter(({ feature, everyMs }) =>
          isDue(everyMs, known?.get(feature), nowMs),
        )
        .map(monitor => {
          const windowMs =
            monitor.windowMs ?? this.#deps.settings.currentWindowMs;
          return {
            subject,
            monitor,
            range: { fromMs: toMs - windowMs, toMs },
          };
        }),
    );
    const read = await this.#deps.sources.readMany(due.flat(), groupSizes);
    const all: Gathered[][] = [];
    let at = 0;
    for (const [i, signals] of due.entries()) {
      const { subject, known } = asked[i];
      const gathered: Gathered[] = [];
      for (const { monitor, range } of signals) {
        const data = onlyNamed(read[at], monitor);
        at += 1;
        const reference = references.get(subject)?.get(monitor.feature);
        const lastReportedAtMs = await this.#lastReportedOf(
          subject,
          monitor,
          data,
          toMs,
          known,
        );
        const isRecent =
          lastReportedAtMs !== undefined && toMs - lastReportedAtMs < dayMs;
        if (defaultMonitors.includes(monitor) && !reference && !isRecent)
          continue;
        gathered.push({ monitor, reference, data, range, lastReportedAtMs });
      }
      all.push(gathered);
    }
    return all;
  }

  async #lastReportedOf(
    subject: string,
    monitor: Monitor,
    data: SignalData,
    toMs: number,
    known: ReadonlyMap<string, KnownMonitor> | undefined,
  ): Promise<number | undefined> {
    if (data.newestMs !== undefined) return toMs;
    const before = known?.get(monitor.feature);
    if (before) return before.lastReportedAtMs;
    return data.isUnknown
      ? undefined
      : this.#lastReported(subject, monitor, toMs);
  }

  /** Asked once for a signal that is not watched yet; from then on the monitor remembers. */
  async #lastReported(
    subject: string,
    monitor: Monitor,
    toMs: number,
  ): Promise<number | undefined> {
    if (monitor.source.kind !== 'telemetry') return undefined;
    const windows = await this.#deps.telemetry.windows({
      subject,
      metric: monitor.source.metric,
      fromMs: toMs - dayMs,
      toMs,
    });
    const last = windows[windows.length - 1];
    return last && last.startMs + minuteMs;
  }
}
