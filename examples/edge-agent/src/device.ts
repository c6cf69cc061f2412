import type {
  DigitReader,
  ModelVersion,
  Runtime,
  Scenario,
} from '@ai-assurance/example-digit-reader';
import { digitAt, transformed } from '@ai-assurance/example-digit-reader';
import type { ClassProfile } from './classes';
import type { DeviceMetrics } from './deviceMetrics';

/** Digits that a device reads in one session. */
export const DIGITS_PER_SESSION = 20;

/** What one session came to. */
export interface SessionResult {
  outcome: 'ok' | 'crashed';
  readCount: number;
  failedLoads: number;
  /** The runtime's or the app's own words, when something failed. */
  why: string | undefined;
}

/** What a device is given for a session. */
export interface SessionInput {
  reader: DigitReader;
  runtime: Runtime;
  profile: ClassProfile;
  metrics: DeviceMetrics;
  scenario: Scenario;
}

/** A device with one version on it: it keeps the bundle it downloaded and remembers which digit comes next. */
export class Device {
  readonly version: ModelVersion;
  #bundle: Uint8Array;
  #nextDigit: number;
  #sessionCount = 0;

  /**
   * `arrivesCut` makes the first download end early, as it does on a bad network: the device keeps the part it got,
   * finds out when the runtime cannot load it, and downloads again.
   */
  constructor(
    version: ModelVersion,
    options: { firstDigit: number; arrivesCut: boolean },
  ) {
    this.version = version;
    this.#bundle = options.arrivesCut
      ? version.bytes.subarray(0, Math.floor(version.bytes.length * 0.6))
      : version.bytes;
    this.#nextDigit = options.firstDigit;
  }

  /** The app is opened, loads its model, reads some digits and is closed. Everything reported is measured in this run. */
  async session({
    reader,
    runtime,
    profile,
    metrics,
    scenario,
  }: SessionInput): Promise<SessionResult> {
    this.#sessionCount += 1;
    const result: SessionResult = {
      outcome: 'ok',
      readCount: 0,
      failedLoads: 0,
      why: undefined,
    };
    try {
      const model = await this.#load(runtime, metrics, result);
      try {
        const cutEvery = scenario.devices.cutFrameEverySessions;
        const readings = await model.read(this.#images(reader, scenario), {
          capture: profile.capture,
          cutFrameAt:
            cutEvery > 0 && this.#sessionCount % cutEvery === 0
              ? DIGITS_PER_SESSION - 1
              : undefined,
        });
        for (const reading of readings) {
          metrics.inference(reading.seconds);
          metrics.brightness(reading.brightness);
          metrics.confidence(reading.confidence);
          metrics.outputClass(reading.digit);
        }
        result.readCount = readings.length;
      } finally {
        await model.release();
      }
    } catch (error) {
      result.outcome = 'crashed';
      result.why = error instanceof Error ? error.message : String(error);
    }
    metrics.session(result.outcome);
    metrics.peakMemory(await runtime.peakMemoryBytes());
    return result;
  }

  async #load(runtime: Runtime, metrics: DeviceMetrics, result: SessionResult) {
    try {
      return await this.#attempt(runtime, metrics);
    } catch (error) {
      result.failedLoads += 1;
      result.why = error instanceof Error ? error.message : String(error);
      this.#bundle = this.version.bytes;
      return this.#attempt(runtime, metrics);
    }
  }

  async #attempt(runtime: Runtime, metrics: DeviceMetrics) {
    try {
      const model = await runtime.load(this.#bundle);
      metrics.loadAttempt('ok');
      metrics.loadDuration(model.loadSeconds);
      return model;
    } catch (error) {
      metrics.loadAttempt('failed');
      throw error;
    }
  }

  #images(reader: DigitReader, scenario: Scenario): Uint8Array[] {
    return Array.from({ length: DIGITS_PER_SESSION }, () => {
      const index = this.#nextDigit;
      this.#nextDigit = (this.#nextDigit + 1) % reader.heldOut.count;
      return transformed(
        digitAt(reader.heldOut, index),
        scenario.input,
        index + this.#sessionCount * reader.heldOut.count,
      );
    });
  }
}
