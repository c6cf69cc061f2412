/** A moment of a chart; moments are evenly spaced, each stands for the stretch up to the next. */
interface Moment {
  atMs: number;
}

/** How much of the shown axis is left empty in front of the first data, so that it does not stick to the edge. */
const leadRatio = 0.05;

/**
 * Lets the axis start shortly before the first data when more than half of the range is empty before it: a line
 * squeezed at the right edge can not be read. `startMs` is where the axis then starts; absent when nothing was cut.
 * Gaps after the first data stay, since a silence in between is news.
 */
export function fromFirstData<T extends Moment>(
  moments: T[],
  hasData: (moment: T) => boolean,
): { moments: T[]; startMs?: number } {
  const first = moments.findIndex(hasData);
  if (first <= moments.length / 2) return { moments };
  const lead = Math.max(1, Math.round((moments.length - first) * leadRatio));
  const shown = moments.slice(first - lead);
  return { moments: shown, startMs: shown[0].atMs };
}

/**
 * Events by the moment whose stretch they fall into, by index. Those after the last moment belong to it when they
 * lie within one step; all others are outside of the axis and left out.
 */
export function eventsByMoment<E extends Moment>(
  moments: Moment[],
  events: E[],
): Map<number, E[]> {
  const found = new Map<number, E[]>();
  if (moments.length === 0) return found;
  const last = moments[moments.length - 1].atMs;
  const stepMs =
    moments.length > 1 ? last - moments[moments.length - 2].atMs : 0;
  for (const event of events) {
    if (event.atMs < moments[0].atMs || event.atMs > last + stepMs) continue;
    let index = moments.length - 1;
    while (moments[index].atMs > event.atMs) index -= 1;
    found.set(index, [...(found.get(index) ?? []), event]);
  }
  return found;
}
