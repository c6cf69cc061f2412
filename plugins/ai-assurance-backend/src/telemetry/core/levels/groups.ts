import { DeviceCount, DeviceSketch, mergeDevices } from '../devices';
import { HistogramSum } from '../histogramSum';
import { WindowValue } from '../windowValue';
import { ByteReader, ByteWriter } from './bytes';
import {
  readDevices,
  readValue,
  Shapes,
  writeDevices,
  writeValue,
} from './valueBytes';

const allDays = Number.MAX_SAFE_INTEGER;

/** Histograms of several segments in one, with the part of them that failed and the devices they come from. */
export class Group {
  readonly histograms = new HistogramSum();
  errorCount = 0;
  #devices: DeviceSketch[] | undefined;
  /** Whether something was counted of which no device is known. */
  #isOpen = false;

  add(startMs: number, value: WindowValue, outcome: 'ok' | 'error'): void {
    const count = countOf(value);
    if (count === 0) return;
    this.histograms.add(startMs, value);
    if (outcome === 'error') this.errorCount += count;
    this.#devices = mergeDevices(this.#devices, value.devices, allDays);
    if (!value.devices) this.#isOpen = true;
  }

  join(startMs: number, other: GroupPart): void {
    for (const value of other.values) this.histograms.add(startMs, value);
    this.errorCount += other.errorCount;
    this.#devices = mergeDevices(this.#devices, other.devices, allDays);
    if (other.isOpen) this.#isOpen = true;
  }

  /** How many devices it is made of, at least; `undefined` where a part of it is of no known device. */
  get deviceCount(): number | undefined {
    if (this.#isOpen) return undefined;
    const count = new DeviceCount();
    count.add(this.#devices);
    return count.count;
  }

  toPart(seriesId: number): GroupPart {
    return {
      seriesId,
      errorCount: this.errorCount,
      values: this.histograms.values(),
      // A row keeps what a window keeps: the two earliest days.
      devices: this.#devices && mergeDevices(this.#devices, []),
      isOpen: this.#isOpen,
    };
  }
}

/** A group as a row holds it. */
export interface GroupPart {
  /** Any series of the group: its labels name the group. */
  seriesId: number;
  errorCount: number;
  values: WindowValue[];
  devices: DeviceSketch[] | undefined;
  isOpen: boolean;
}

/** How much a histogram counted; other values count nothing. */
export function countOf(value: WindowValue): number {
  if (value.kind === 'exponential') return value.exponential.count;
  return value.kind === 'explicit' ? value.explicit.count : 0;
}

/** Writes groups one after the other, the boundaries they share in front. */
export function writeGroups(groups: GroupPart[]): Uint8Array {
  const shapes = new Shapes();
  const parts = new ByteWriter();
  for (const group of groups) {
    parts.varint(group.seriesId);
    parts.byte((group.isOpen ? 1 : 0) | (group.devices ? 2 : 0));
    if (group.devices) writeDevices(parts, group.devices);
    parts.count(group.errorCount);
    parts.varint(group.values.length);
    for (const value of group.values) writeValue(parts, shapes, value);
  }
  const whole = new ByteWriter();
  shapes.write(whole);
  whole.bytes(parts.take());
  return whole.take();
}

/** Reads what {@link writeGroups} wrote. */
export function readGroups(bytes: Uint8Array): GroupPart[] {
  const from = new ByteReader(bytes);
  if (from.isAtEnd) return [];
  const shapes = Shapes.read(from);
  const parts: GroupPart[] = [];
  while (!from.isAtEnd) {
    const seriesId = from.varint();
    const flags = from.byte();
    const devices = flags & 2 ? readDevices(from) : undefined;
    const errorCount = from.count();
    const values: WindowValue[] = [];
    for (let left = from.varint(); left > 0; left -= 1)
      values.push(readValue(from, shapes));
    parts.push({
      seriesId,
      errorCount,
      values,
      devices,
      isOpen: (flags & 1) === 1,
    });
  }
  return parts;
}
