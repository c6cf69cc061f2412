import type {
  Capture,
  DeviceClass,
  RuntimeSettings,
} from '@ai-assurance/example-digit-reader';

/** What makes a device class what it is: settings of the runtime and work before the model, both real. */
export interface ClassProfile {
  runtime: RuntimeSettings;
  capture: Capture;
  /** Model identifiers of the make-believe phones; the devices share them out evenly. */
  models: string[];
  os: { name: string; version: string };
}

/**
 * Better phones have a camera whose hardware delivers a small, clean frame; cheaper ones deliver a large, raw frame that
 * the app has to smooth and shrink itself, and run the model without the optimiser that their memory does not allow.
 */
export const PROFILES: Record<DeviceClass, ClassProfile> = {
  flagship: {
    runtime: { graphOptimizationLevel: 'all', numThreads: 1 },
    capture: { scale: 4, denoisePasses: 0 },
    models: ['demo-flagship-a', 'demo-flagship-b'],
    os: { name: 'Android', version: '17' },
  },
  'mid-range': {
    runtime: { graphOptimizationLevel: 'basic', numThreads: 1 },
    capture: { scale: 10, denoisePasses: 1 },
    models: ['demo-mid-a', 'demo-mid-b'],
    os: { name: 'Android', version: '15' },
  },
  'low-end': {
    runtime: { graphOptimizationLevel: 'disabled', numThreads: 1 },
    capture: { scale: 24, denoisePasses: 4 },
    models: ['demo-low-a', 'demo-low-b'],
    os: { name: 'Android', version: '13' },
  },
};

/** Version of the make-believe app that carries the model. */
export const APP_VERSION = '3.2.0';
