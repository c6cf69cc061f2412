import { Window } from '../types';
import { ReadWindow } from './latency';
import { mergeValues, WindowValue } from './windowValue';

function sumOf(value: WindowValue): number {
  if (value.kind === 'sum') return value.sum;
  if (value.kind === 'gauge') return value.gauge.last;
  return value.kind === 'explicit' ? value.explicit.sum : value.exponential.sum;
}

function windowOf({ value, ...segment }: ReadWindow): Window {
  return {
    ...segment,
    kind: value.kind,
    sum: sumOf(value),
    ...(value.n !== undefined && { n: value.n }),
    gauge: value.kind === 'gauge' ? value.gauge : undefined,
    explicit: value.kind === 'explicit' ? value.explicit : undefined,
    exponential: value.kind === 'exponential' ? value.exponential : undefined,
  };
}

/** Collects values of series into windows: one may be in its row and, late, on its way there as well. */
export class WindowList {
  readonly #byKey = new Map<string, ReadWindow & { seriesId: number }>();

  add(seriesId: number, window: ReadWindow): void {
    const key = `${seriesId}|${window.startMs}`;
    const known = this.#byKey.get(key);
    this.#byKey.set(
      key,
      known
        ? { ...known, value: mergeValues(known.value, window.value) }
        : { ...window, seriesId },
    );
  }

  /** Oldest first. */
  windows(): Window[] {
    return [...this.#byKey.values()]
      .sort((a, b) => a.startMs - b.startMs || a.seriesId - b.seriesId)
      .map(({ seriesId, ...window }) => windowOf(window));
  }
}
