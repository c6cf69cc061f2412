import type {
  DeviceClass,
  DigitReader,
  PortalGate,
  PortalSettings,
  Runtime,
  Scenario,
} from '@ai-assurance/example-digit-reader';
import {
  DEVICE_CLASSES,
  guarded,
  openRuntime,
  otlpExporter,
} from '@ai-assurance/example-digit-reader';
import { PROFILES } from './classes';
import { Device } from './device';
import { DeviceMetrics, openDeviceMetrics } from './deviceMetrics';

/** The edge model that the devices carry. */
export const EDGE_MODEL = 'resource:default/digit-reader-edge';

/** Devices that report, for each class: as many as the catalog expects. Half of them is the smallest group that is shown. */
export const DEVICES_PER_CLASS = 10;

/** How long a device rests from the start of one session to the start of the next. */
export const SESSION_EVERY_MS = 20_000;

/** What happened since the last time somebody asked. */
export interface Tally {
  sessions: number;
  crashed: number;
  readings: number;
  failedLoads: number;
  lastTrouble: string | undefined;
}

/** Which version the device at this place of its class runs: the first ones get version 2 first. */
export function versionFor(
  scenario: Scenario,
  deviceClass: DeviceClass,
  index: number,
  deviceCount = DEVICES_PER_CLASS,
): '1' | '2' {
  return index <
    Math.round(scenario.devices.version2Shares[deviceClass] * deviceCount)
    ? '2'
    : '1';
}

interface FleetOptions {
  reader: DigitReader;
  settings: PortalSettings;
  gate: PortalGate;
  scenario(): Scenario;
  say(line: string): void;
}

interface Slot {
  deviceClass: DeviceClass;
  index: number;
  device: Device | undefined;
  metrics: DeviceMetrics | undefined;
}

/**
 * All devices. Devices of one class with the same version share one runtime, as apps of one build behave alike: their
 * memory is that runtime's. Each reports as a resource of its own.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #slots: Slot[];
  readonly #runtimes = new Map<string, Runtime>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;
  #tally: Tally = {
    sessions: 0,
    crashed: 0,
    readings: 0,
    failedLoads: 0,
    lastTrouble: undefined,
  };

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#slots = DEVICE_CLASSES.flatMap(deviceClass =>
      Array.from({ length: DEVICES_PER_CLASS }, (_, index) => ({
        deviceClass,
        index,
        device: undefined,
        metrics: undefined,
      })),
    );
  }

  /** Starts all devices, spread evenly over one round so that they do not all work at once. */
  start(): void {
    this.#slots.forEach((slot, position) =>
      this.#later(
        slot,
        Math.round((position / this.#slots.length) * SESSION_EVERY_MS),
      ),
    );
  }

  /** Returns the counts since the last call and begins counting anew. */
  takeTally(): Tally {
    const tally = this.#tally;
    this.#tally = {
      sessions: 0,
      crashed: 0,
      readings: 0,
      failedLoads: 0,
      lastTrouble: undefined,
    };
    return tally;
  }

  /** Waits for running sessions, sends what is measured, and ends all runtimes. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timers.forEach(timer => clearTimeout(timer));
    await Promise.all(this.#running);
    await Promise.all(this.#slots.map(slot => slot.metrics?.close()));
    await Promise.all(
      [...this.#runtimes.values()].map(runtime => runtime.close()),
    );
  }

  #later(slot: Slot, afterMs: number): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#later(slot, SESSION_EVERY_MS);
      const run = this.#use(slot).catch(error =>
        this.#options.say(
          `${slot.deviceClass} device ${slot.index}: ${
            error instanceof Error ? error.stack : error
          }`,
        ),
      );
      const tracked = run.finally(() => this.#running.delete(tracked));
      this.#running.add(tracked);
    }, afterMs);
    this.#timers.add(timer);
  }

  async #use(slot: Slot): Promise<void> {
    const scenario = this.#options.scenario();
    const { device, metrics } = await this.#equip(slot, scenario);
    const result = await device.session({
      reader: this.#options.reader,
      runtime: this.#runtimeFor(slot.deviceClass, device.version.version),
      profile: PROFILES[slot.deviceClass],
      metrics,
      scenario,
    });
    this.#tally.sessions += 1;
    this.#tally.readings += result.readCount;
    this.#tally.failedLoads += result.failedLoads;
    if (result.outcome === 'crashed') this.#tally.crashed += 1;
    if (result.why)
      this.#tally.lastTrouble = `${slot.deviceClass} device ${slot.index}: ${result.why}`;
  }

  /** A device whose version changed sends its last words as what it was and comes back as what it is now. */
  async #equip(
    slot: Slot,
    scenario: Scenario,
  ): Promise<{ device: Device; metrics: DeviceMetrics }> {
    const { deviceClass, index } = slot;
    const wanted = versionFor(scenario, deviceClass, index);
    if (slot.device && slot.metrics && slot.device.version.version === wanted)
      return { device: slot.device, metrics: slot.metrics };

    const before = slot.device?.version.version;
    await slot.metrics?.close();
    const version = this.#options.reader.versions.find(
      candidate => candidate.version === wanted,
    );
    if (!version)
      throw new Error(`There is no version ${wanted} of the digit reader`);
    const position =
      DEVICE_CLASSES.indexOf(deviceClass) * DEVICES_PER_CLASS + index;
    slot.device = new Device(version, {
      firstDigit: Math.floor(
        (position * this.#options.reader.heldOut.count) / this.#slots.length,
      ),
      // One phone of the cheapest class sits on a bad network: what it downloads first is cut short.
      arrivesCut: deviceClass === 'low-end' && index === 0,
    });
    const profile = PROFILES[deviceClass];
    slot.metrics = openDeviceMetrics(
      {
        instanceId: `demo-${deviceClass}-${String(index + 1).padStart(2, '0')}`,
        deviceClass,
        deviceModel: profile.models[index % profile.models.length],
        subject: EDGE_MODEL,
        version: version.version,
        digest: version.digest,
      },
      guarded(otlpExporter(this.#options.settings), this.#options.gate),
    );
    if (before)
      this.#options.say(
        `${deviceClass} device ${index} moved from version ${before} to ${wanted}`,
      );
    await this.#closeUnused(deviceClass);
    return { device: slot.device, metrics: slot.metrics };
  }

  #runtimeFor(deviceClass: DeviceClass, version: string): Runtime {
    const key = `${deviceClass}/${version}`;
    const open =
      this.#runtimes.get(key) ?? openRuntime(PROFILES[deviceClass].runtime);
    this.#runtimes.set(key, open);
    return open;
  }

  async #closeUnused(deviceClass: DeviceClass): Promise<void> {
    for (const version of ['1', '2']) {
      const key = `${deviceClass}/${version}`;
      const runtime = this.#runtimes.get(key);
      const isUsed = this.#slots.some(
        slot =>
          slot.deviceClass === deviceClass &&
          slot.device?.version.version === version,
      );
      if (!runtime || isUsed) continue;
      this.#runtimes.delete(key);
      await runtime.close();
    }
  }
}
