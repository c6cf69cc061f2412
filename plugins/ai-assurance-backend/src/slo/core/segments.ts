import { ObjectiveSegment } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { hiddenCells } from '../../telemetry';
import { SegmentName } from './countWindows';

/** How many devices a segment is made of. */
export interface SegmentDevices {
  /** At least so many in the window; `undefined` where no device is known: then it is no group of devices. */
  deviceCount: number | undefined;
  /** The same of the stretch that the burn rate of now is about. */
  recentDeviceCount: number | undefined;
  /** Fewest that anything may be said about. */
  minimum: number;
  /** Nobody can say how many devices it is made of; then it is told as one of none. */
  isSizeUnknown?: boolean;
}

/** What an objective shows of segments before it is known whether they may be shown. */
export interface SegmentCell {
  segment: ObjectiveSegment;
  devices: SegmentDevices;
}

const hiddenSegment = (
  { version, cohort, environment }: SegmentName,
  isSizeUnknown = false,
): ObjectiveSegment => ({
  version,
  cohort,
  environment,
  isSuppressed: true,
  ...(isSizeUnknown ? { isSizeUnknown } : {}),
  goodCount: 0,
  totalCount: 0,
  attainmentRatio: null,
  intervalLow: null,
  intervalHigh: null,
  budgetRemainingRatio: null,
  burn: null,
});

/** Places of the cells that share a label, for each label. */
function linesBy(
  cells: SegmentCell[],
  labelOf: (segment: ObjectiveSegment) => string | null,
): number[][] {
  const lines = new Map<string | null, number[]>();
  cells.forEach(({ segment }, i) => {
    const label = labelOf(segment);
    const line = lines.get(label);
    if (line) line.push(i);
    else lines.set(label, [i]);
  });
  return [...lines.values()];
}

/**
 * The segments as they may be shown: one of too few devices says nothing but who it is, and in the objective and in each
 * version, cohort and environment, whose sums are shown elsewhere, as many more as keep the sum from telling. Burn rates of
 * now are left out where too few devices spoke lately.
 */
export function shownSegments(cells: SegmentCell[]): ObjectiveSegment[] {
  const hidden = hiddenCells(
    cells.map(({ segment, devices }) => ({
      count: segment.totalCount,
      deviceCount: devices.deviceCount,
      minimum: devices.minimum,
    })),
    [
      cells.map((_, i) => i),
      ...linesBy(cells, segment => segment.version),
      ...linesBy(cells, segment => segment.cohort),
      ...linesBy(cells, segment => segment.environment),
    ],
  );
  return cells.map(({ segment, devices }, i) => {
    if (hidden.has(i)) return hiddenSegment(segment, devices.isSizeUnknown);
    const isFewNow =
      devices.recentDeviceCount !== undefined &&
      devices.recentDeviceCount < devices.minimum;
    return isFewNow ? { ...segment, burn: null } : segment;
  });
}
