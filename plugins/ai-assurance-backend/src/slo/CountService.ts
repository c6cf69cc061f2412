import { CollectorError } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { TelemetryAnswers, Window } from '../telemetry';
import { CountBelow } from './core/countEvents';
import { countWindows, sliced } from './core/countWindows';
import {
  countAnswers,
  expressionsOf,
  isEngineCounter,
} from './core/engineAnswers';
import { hourMs, minuteMs } from './core/hours';
import { sourceIdOf } from './core/indicatorKey';
import { rangeToRead, Reading, readingName } from './core/readings';
import { CountKeeper } from './CountKeeper';
import {
  Counted,
  Due,
  metricOf,
  minutesOf,
  nothingIn,
  togetherIn,
} from './countReadings';
import { SloEngine } from './engines';
import { Marks } from './HourMemory';
import { markOf, Series, SeriesStore } from './SeriesStore';

/** Bounds what is in memory while a month is read. */
const pieceMs = 6 * hourMs;
const readsAtOnce = 8;
/** Counted minutes that wait to be kept together. */
const mostWaitingMinutes = 5_000;

/** A source that did not answer, by subject. */
export interface SourceFailure {
  subject: string;
  sourceId: string;
  readingKey: string;
  problem: string;
}

export interface CountOutcome {
  failures: SourceFailure[];
  series: Series[];
  /** Since when counts are whole, by the name of the reading. */
  wholeFromMs: Map<string, number>;
  marks: Marks;
}

export interface CountServiceDeps {
  series: SeriesStore;
  keeper: CountKeeper;
  telemetry: TelemetryAnswers;
  countBelow: CountBelow;
  engines: SloEngine[];
  logger: LoggerService;
}

/** Brings counts up to date: reads what changed, and keeps it as sums by hour. */
export class CountService {
  readonly #deps: CountServiceDeps;

  constructor(deps: CountServiceDeps) {
    this.#deps = deps;
  }

  /** Counts all readings up to `endMs`, on a whole minute. A source that fails leaves its counts as they were. */
  async count(readings: Reading[], endMs: number): Promise<CountOutcome> {
    const { series } = this.#deps;
    const subjects = [...new Set(readings.map(reading => reading.subject))];
    const progress = new Map(
      (await series.progressOf(subjects)).map(one => [
        readingName(one.subject, one.reading),
        one,
      ]),
    );
    let known = await series.seriesOf(subjects);
    const failures: SourceFailure[] = [];
    const keep = async (...kept: [Counted[], Due[], number?]) => {
      const after = await this.#deps.keeper.keep(known, ...kept);
      known = after.series;
      for (const one of after.progress)
        progress.set(readingName(one.subject, one.reading), one);
    };
    const due: Due[] = readings.map(reading => {
      const own = progress.get(readingName(reading.subject, reading.key));
      return {
        reading,
        progress: own,
        range: rangeToRead(reading, own, endMs),
      };
    });
    // Long stretches go piece by piece, and each piece is kept: a source that fails midway goes on there.
    const long = due.filter(
      ({ range }) => range.toMs - range.fromMs > 30 * hourMs,
    );
    for (const one of long) {
      const beginMs = await this.#firstPieceMs(one);
      // What was there before has to go even where nothing is counted now.
      const isNews = one.progress !== undefined;
      let waiting: Counted[] =
        isNews && beginMs > one.range.fromMs
          ? nothingIn(one, { fromMs: one.range.fromMs, toMs: beginMs })
          : [];
      let waitingMinutes = 0;
      for (let fromMs = beginMs; fromMs < one.range.toMs; fromMs += pieceMs) {
        const toMs = Math.min(fromMs + pieceMs, one.range.toMs);
        const piece = { ...one, range: { ...one.range, fromMs, toMs } };
        const read = await this.#read([piece]);
        failures.push(...read.failures);
        if (read.failures.length > 0) break;
        for (const counted of read.counted) {
          const minutes = minutesOf(counted);
          waitingMinutes += minutes;
          if (minutes > 0 || isNews) waiting.push(counted);
        }
        if (waitingMinutes < mostWaitingMinutes && toMs < one.range.toMs)
          continue;
        await keep(waiting, [piece], one.range.fromMs);
        waiting = [];
        waitingMinutes = 0;
      }
    }
    const short = due.filter(one => !long.includes(one));
    const read = await this.#read(short);
    failures.push(...read.failures);
    const failed = new Set(
      read.failures.map(one => readingName(one.subject, one.readingKey)),
    );
    await keep(
      read.counted,
      short.filter(
        ({ reading }) => !failed.has(readingName(reading.subject, reading.key)),
      ),
    );
    return {
      failures,
      series: known,
      wholeFromMs: new Map(
        [...progress].map(([name, one]) => [name, one.wholeFromMs]),
      ),
      marks: new Map([...progress].map(([name, one]) => [name, markOf(one)])),
    };
  }

  /** Where pieces begin to hold anything: a new subject has no month to be read piece by piece. */
  async #firstPieceMs({ reading, range }: Due): Promise<number> {
    const { counter, subject } = reading;
    if (isEngineCounter(counter)) return range.fromMs;
    let firstMs: number | undefined;
    try {
      firstMs = await this.#deps.telemetry.firstStartMs({
        subject,
        metric: counter.metric,
      });
    } catch {
      // Whoever reads the first piece is told why, and says so.
      return range.fromMs;
    }
    // The last piece is read in any case, so that it is known how far was counted.
    const lastMs = Math.min(firstMs ?? Infinity, range.toMs - minuteMs);
    const pieces = Math.floor((lastMs - range.fromMs) / pieceMs);
    return range.fromMs + Math.max(0, pieces) * pieceMs;
  }

  async #read(
    due: Due[],
  ): Promise<{ counted: Counted[]; failures: SourceFailure[] }> {
    const counted: Counted[] = [];
    const failures: SourceFailure[] = [];
    const fail = ({ reading }: Due, error: unknown) => {
      const { logger } = this.#deps;
      const sourceId = sourceIdOf(reading.counter);
      logger.warn(
        `${sourceId} could not be read for ${reading.subject}; its objectives become inconclusive`,
        error as Error,
      );
      failures.push({
        subject: reading.subject,
        sourceId,
        readingKey: reading.key,
        problem: problemOf(error),
      });
    };
    const own = due.filter(({ reading }) => !isEngineCounter(reading.counter));
    await inParallel(togetherIn(own), async group => {
      try {
        counted.push(...(await this.#readTogether(group)));
        return;
      } catch (error) {
        if (group.length === 1) {
          fail(group[0], error);
          return;
        }
      }
      // One of them stops the others: each by itself, so that it is found.
      for (const one of group) {
        try {
          counted.push(...(await this.#readTelemetry(one)));
        } catch (error) {
          fail(one, error);
        }
      }
    });
    const groups = new Map<string, Due[]>();
    for (const one of due.filter(({ reading }) =>
      isEngineCounter(reading.counter),
    )) {
      const { fromMs, toMs } = one.range;
      const key = `${sourceIdOf(one.reading.counter)}|${fromMs}|${toMs}`;
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    for (const group of groups.values())
      await this.#askEngine(group, counted, fail);
    return { counted, failures };
  }

  /** Reads a group of equal ranges in one statement, or one reading piece by piece. */
  async #readTogether(group: Due[]): Promise<Counted[]> {
    if (group.length === 1) return this.#readTelemetry(group[0]);
    const results: Counted[] = [];
    const { fromMs, toMs } = group[0].range;
    await this.#deps.telemetry.windowsOfEach(
      group.map(({ reading }) => ({
        subject: reading.subject,
        metric: metricOf(reading),
        reading,
      })),
      { fromMs, toMs },
      ({ reading }, windows) =>
        results.push(...this.#counted(reading, { fromMs, toMs }, windows)),
    );
    return results;
  }

  #counted(
    reading: Reading,
    range: { fromMs: number; toMs: number },
    windows: Window[],
  ): Counted[] {
    return reading.indicators.map(({ key, indicator }) => ({
      subject: reading.subject,
      indicator: key,
      range,
      segments: countWindows(windows, indicator, range, this.#deps.countBelow),
    }));
  }

  async #readTelemetry({ reading, range }: Due): Promise<Counted[]> {
    const { telemetry } = this.#deps;
    const metric = metricOf(reading);
    const results: Counted[] = [];
    for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += pieceMs) {
      const piece = { fromMs, toMs: Math.min(fromMs + pieceMs, range.toMs) };
      const windows = await telemetry.windows({
        subject: reading.subject,
        metric,
        ...piece,
      });
      results.push(...this.#counted(reading, piece, windows));
    }
    return results;
  }

  async #askEngine(
    group: Due[],
    counted: Counted[],
    fail: (due: Due, error: unknown) => void,
  ): Promise<void> {
    const name = sourceIdOf(group[0].reading.counter);
    const engine = this.#deps.engines.find(one => one.name === name);
    if (!engine) {
      const error = new CollectorError(
        'misconfigured',
        `${name} is no engine in aiAssurance.slo.engines any more`,
      );
      for (const due of group) fail(due, error);
      return;
    }
    // Steps begin at whole ones, so that every evaluation asks about the same.
    const whole = (ms: number) =>
      Math.floor(ms / engine.stepMs) * engine.stepMs;
    const fromMs = whole(group[0].range.fromMs);
    const toMs = whole(group[0].range.toMs);
    if (toMs <= fromMs) return;
    const questions = group.map(due =>
      isEngineCounter(due.reading.counter)
        ? expressionsOf(due.reading.counter, engine.stepMs)
        : [],
    );
    const answers = await engine.ask(questions.flat(), fromMs, toMs);
    let at = 0;
    group.forEach((due, index) => {
      const own = answers.slice(at, at + questions[index].length);
      at += questions[index].length;
      const { counter, indicators, subject } = due.reading;
      try {
        const failure = own.find(one => one instanceof CollectorError);
        if (failure || !isEngineCounter(counter)) throw failure;
        for (const { key, indicator } of indicators) {
          const segments = countAnswers(
            indicator.counter as typeof counter,
            own as Exclude<(typeof own)[number], CollectorError>[],
            { fromMs, toMs, stepMs: engine.stepMs },
            engine.labels,
          );
          counted.push({
            subject,
            indicator: key,
            range: { fromMs, toMs },
            segments: sliced(segments, indicator, { fromMs, toMs }),
          });
        }
      } catch (error) {
        fail(due, error);
      }
    });
  }
}

function problemOf(error: unknown): string {
  if (error instanceof CollectorError) return `${error.code}: ${error.message}`;
  return (error as Error).message;
}

async function inParallel<T>(
  items: T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < items.length) {
      const item = items[next];
      next += 1;
      await work(item);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(readsAtOnce, items.length) }, one),
  );
}
