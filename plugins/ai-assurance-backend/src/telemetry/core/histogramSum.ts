import { ExplicitHistogram, ExponentialHistogram } from '../types';
import { mergeExplicit } from './explicit';
import { ExponentialAccumulator } from './accumulate';
import { EMPTY_EXPONENTIAL } from './exponential';
import { Histogram } from './quantile';
import { WindowValue } from './windowValue';

interface Shape {
  histogram: ExplicitHistogram;
  newestStartMs: number;
  windowCount: number;
}

/** Adds up histograms of any kind as they come; what cannot be merged is kept apart, never mixed. */
export class HistogramSum {
  #sum: ExponentialAccumulator | undefined;
  /** What was summed up to the last question. */
  #read: ExponentialHistogram | undefined;
  readonly #shapes = new Map<string, Shape>();

  add(startMs: number, value: WindowValue): void {
    if (value.kind === 'exponential') {
      this.#sum ??= new ExponentialAccumulator();
      this.#sum.addHistogram(value.exponential);
      this.#read = undefined;
    }
    if (value.kind !== 'explicit') return;
    const key = value.explicit.boundaries.join(',');
    const known = this.#shapes.get(key);
    this.#shapes.set(key, {
      histogram: known
        ? mergeExplicit(known.histogram, value.explicit)
        : value.explicit,
      newestStartMs: Math.max(known?.newestStartMs ?? startMs, startMs),
      windowCount: (known?.windowCount ?? 0) + 1,
    });
  }

  get #exponential(): ExponentialHistogram {
    if (!this.#sum) return EMPTY_EXPONENTIAL;
    this.#read ??= this.#sum.histogram();
    return this.#read;
  }

  /** Everything that was counted, whatever the kind. */
  get count(): number {
    return [...this.#shapes.values()].reduce(
      (sum, shape) => sum + shape.histogram.count,
      this.#exponential.count,
    );
  }

  get sum(): number {
    return [...this.#shapes.values()].reduce(
      (sum, shape) => sum + shape.histogram.sum,
      this.#exponential.sum,
    );
  }

  /** One value for each kind and each shape that counted something; adding them elsewhere gives the same sum. */
  values(): WindowValue[] {
    const exponential = this.exponential();
    return [
      ...(exponential ? [{ kind: 'exponential' as const, exponential }] : []),
      ...[...this.#shapes.values()].map(({ histogram }) => ({
        kind: 'explicit' as const,
        explicit: histogram,
      })),
    ];
  }

  /** The exponential part; `undefined` when it counted nothing. */
  exponential() {
    return this.#exponential.count > 0 ? this.#exponential : undefined;
  }

  /**
   * The explicit part with the boundaries of the newest window (of several that are equally new, those that counted
   * most), and how many windows have others.
   */
  explicit():
    | { histogram: ExplicitHistogram; leftOutCount: number }
    | undefined {
    const shapes = [...this.#shapes.values()].filter(
      shape => shape.histogram.count > 0,
    );
    const [newest, ...others] = shapes.sort(
      (a, b) =>
        b.newestStartMs - a.newestStartMs ||
        b.histogram.count - a.histogram.count,
    );
    if (!newest) return undefined;
    return {
      histogram: newest.histogram,
      leftOutCount: others.reduce((sum, shape) => sum + shape.windowCount, 0),
    };
  }

  /** The one histogram that speaks for most of what was counted; for quantiles. */
  largest(): Histogram | undefined {
    const candidates: Histogram[] = [
      this.#exponential,
      ...[...this.#shapes.values()].map(shape => shape.histogram),
    ];
    const largest = candidates.reduce((a, b) => (b.count > a.count ? b : a));
    return largest.count > 0 ? largest : undefined;
  }
}
