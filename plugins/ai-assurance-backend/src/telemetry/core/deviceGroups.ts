import { SegmentGroup } from '../types';
import { DeviceCount } from './devices';
import { ReadWindow } from './latency';

/** Collects how many devices the segments of a metric are made of. */
export class DeviceGroups {
  readonly #groups = new Map<
    string,
    {
      segment: Pick<SegmentGroup, 'version' | 'cohort' | 'environment'>;
      devices: DeviceCount;
      isOpen: boolean;
    }
  >();

  add({ version, cohort, environment, value }: ReadWindow): void {
    const key = JSON.stringify([version, cohort, environment]);
    let group = this.#groups.get(key);
    if (!group) {
      group = {
        segment: { version, cohort, environment },
        devices: new DeviceCount(),
        isOpen: false,
      };
      this.#groups.set(key, group);
    }
    group.devices.add(value.devices);
    // Some of it was told by nobody in particular: then it is no group of devices.
    if (!value.devices) group.isOpen = true;
  }

  groups(minimumOf: (cohort: string | null) => number): SegmentGroup[] {
    return [...this.#groups.values()].map(({ segment, devices, isOpen }) => {
      const deviceCount = isOpen ? undefined : devices.count;
      const minimum = minimumOf(segment.cohort ?? null);
      return {
        ...segment,
        deviceCount,
        minimum,
        isSuppressed: deviceCount !== undefined && deviceCount < minimum,
      };
    });
  }
}
