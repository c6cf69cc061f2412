import {
  CollectContext,
  CollectorError,
  Period,
  periodOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** How many missed periods are made up for. */
const maxPeriods = 48;

/**
 * The newest period that is over and settled, and before it those that were missed since the last good run, newest first.
 * The engine keeps history, so what was not asked in time can still be asked.
 */
export function periodsToAsk(
  { nowMs, memory }: Pick<CollectContext, 'nowMs' | 'memory'>,
  lengthMs: number,
  settleMs: number,
): Period[] {
  const newest = periodOf(nowMs - settleMs - lengthMs, lengthMs);
  const kept = memory.read();
  const lastEndMs =
    kept && typeof kept === 'object' && !Array.isArray(kept)
      ? kept.lastEndMs
      : undefined;
  if (typeof lastEndMs !== 'number') return [newest];
  const periods: Period[] = [];
  for (
    let period = newest;
    period.endMs > lastEndMs && periods.length < maxPeriods;
    period = periodOf(period.startMs - 1, lengthMs)
  )
    periods.push(period);
  return periods;
}

/**
 * Runs `work` for the newest period, and then for the missed ones. Nothing about the newest fails the run; a missed period
 * about which the engine has nothing stays a gap, which is what it is.
 */
export async function* eachPeriod<T>(
  context: CollectContext,
  periods: Period[],
  work: (period: Period) => Promise<T>,
): AsyncGenerator<T> {
  const found: T[] = [];
  for (const [index, period] of periods.slice(0, context.maxFacts).entries()) {
    try {
      found.push(await work(period));
    } catch (error) {
      const isGap =
        index > 0 &&
        error instanceof CollectorError &&
        error.code === 'partial-answer';
      if (!isGap) throw error;
    }
  }
  // Yielded only now: a run that fails brings nothing, so that its periods are asked again as a whole.
  yield* found;
  if (periods.length > 0) context.memory.write({ lastEndMs: periods[0].endMs });
}
