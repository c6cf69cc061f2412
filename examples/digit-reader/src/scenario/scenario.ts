import { Transform, TRANSFORMS } from '../digits/transforms';

/** The device classes of the demo. */
export const DEVICE_CLASSES = ['flagship', 'mid-range', 'low-end'] as const;
/** @see DEVICE_CLASSES */
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** What the running examples live through: what the cameras see, who runs which version, how the service is set up. */
export interface Scenario {
  name: string;
  /** What it shows, in one sentence. */
  says: string;
  input: { transform: Transform; strength: number };
  devices: {
    /** Share of each class's devices that run version 2, 0…1. */
    version2Shares: Record<DeviceClass, number>;
    /** Every how many sessions of a device a camera frame arrives cut in half and ends the session; 0 is never. */
    cutFrameEverySessions: number;
  };
  service: {
    /** Version of the reader that takes the traffic of the service. */
    version: number;
    /** How often the model runs for one answer. */
    repeats: number;
    captureScale: number;
    denoisePasses: number;
    /** Share of the load whose requests are malformed on purpose, 0…1. */
    malformedShare: number;
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads fields one by one and complains about the first that is wrong, by its full name. */
class Fields {
  readonly #value: Record<string, unknown>;
  readonly #path: string;

  constructor(value: unknown, path: string, known: readonly string[]) {
    if (!isRecord(value))
      throw new Error(
        `${path || 'The scenario'} must be a mapping of names to values`,
      );
    const unknown = Object.keys(value).find(key => !known.includes(key));
    if (unknown !== undefined)
      throw new Error(
        `${this.#join(path, unknown)} is not known here; known are ${known.join(
          ', ',
        )}`,
      );
    this.#value = value;
    this.#path = path;
  }

  #join(path: string, key: string): string {
    return path ? `${path}.${key}` : key;
  }

  group(key: string, known: readonly string[]): Fields {
    return new Fields(
      this.#value[key] ?? {},
      this.#join(this.#path, key),
      known,
    );
  }

  number(
    key: string,
    range: { min: number; max: number; otherwise?: number; whole?: boolean },
  ): number {
    const value = this.#value[key] ?? range.otherwise;
    const isGood =
      typeof value === 'number' &&
      value >= range.min &&
      value <= range.max &&
      (!range.whole || Number.isInteger(value));
    if (!isGood) {
      throw new Error(
        `${this.#join(this.#path, key)} must be a ${
          range.whole ? 'whole ' : ''
        }number from ${range.min} to ${range.max}, not ${JSON.stringify(
          value,
        )}`,
      );
    }
    return value;
  }

  text(key: string): string {
    const value = this.#value[key];
    if (typeof value !== 'string' || value === '')
      throw new Error(`${this.#join(this.#path, key)} must be a text`);
    return value;
  }

  oneOf<T extends string>(key: string, known: readonly T[]): T {
    const value = this.text(key);
    if (!known.includes(value as T))
      throw new Error(
        `${this.#join(this.#path, key)} must be one of ${known.join(
          ', ',
        )}, not ${value}`,
      );
    return value as T;
  }
}

/** Checks a parsed scenario file. Throws an error that names the first field that is wrong. */
export function readScenario(value: unknown): Scenario {
  const top = new Fields(value, '', [
    'name',
    'says',
    'input',
    'devices',
    'service',
  ]);
  const input = top.group('input', ['transform', 'strength']);
  const transform = input.oneOf('transform', TRANSFORMS);
  const devices = top.group('devices', [
    'version2Shares',
    'cutFrameEverySessions',
  ]);
  const shares = devices.group('version2Shares', DEVICE_CLASSES);
  const service = top.group('service', [
    'version',
    'repeats',
    'captureScale',
    'denoisePasses',
    'malformedShare',
  ]);
  const share = (key: DeviceClass) => shares.number(key, { min: 0, max: 1 });
  return {
    name: top.text('name'),
    says: top.text('says'),
    input: {
      transform,
      strength:
        transform === 'shift'
          ? input.number('strength', { min: 0, max: 27, whole: true })
          : input.number('strength', {
              min: 0,
              max: 1,
              otherwise: transform === 'none' ? 0 : undefined,
            }),
    },
    devices: {
      version2Shares: {
        flagship: share('flagship'),
        'mid-range': share('mid-range'),
        'low-end': share('low-end'),
      },
      cutFrameEverySessions: devices.number('cutFrameEverySessions', {
        min: 0,
        max: 1000,
        otherwise: 0,
        whole: true,
      }),
    },
    service: {
      version: service.number('version', {
        min: 1,
        max: 1000,
        otherwise: 1,
        whole: true,
      }),
      repeats: service.number('repeats', {
        min: 1,
        max: 1000,
        otherwise: 1,
        whole: true,
      }),
      captureScale: service.number('captureScale', {
        min: 1,
        max: 64,
        otherwise: 1,
        whole: true,
      }),
      denoisePasses: service.number('denoisePasses', {
        min: 0,
        max: 20,
        otherwise: 0,
        whole: true,
      }),
      malformedShare: service.number('malformedShare', {
        min: 0,
        max: 1,
        otherwise: 0,
      }),
    },
  };
}
