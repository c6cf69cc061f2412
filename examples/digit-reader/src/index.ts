/** A small real model: trained on real digits, written as ONNX, run with onnxruntime-web. */
export {
  allDigits,
  datasetDigest,
  digitAt,
  pick,
  PIXELS,
  SIDE,
  split,
} from './digits/digits';
export type { DigitSet } from './digits/digits';
export { seeded, shuffledIndices } from './digits/seeded';
export {
  dim,
  noise,
  shift,
  transformed,
  TRANSFORMS,
} from './digits/transforms';
export type { Transform } from './digits/transforms';
export { wilsonInterval } from './digits/wilson';
export type { ShareWithInterval } from './digits/wilson';
export { CLASSES, DEFAULT_TRAINING, train } from './training/train';
export type { TrainingOptions, Weights } from './training/train';
export { digestOf, writeModel } from './onnx/writeModel';
export type { Precision } from './onnx/writeModel';
export type { Capture } from './runtime/capture';
export type { Reading, ReadOptions, RuntimeSettings } from './runtime/messages';
export { DEFAULT_RUNTIME, openRuntime } from './runtime/openRuntime';
export type { LoadedModel, Runtime } from './runtime/openRuntime';
export { evaluate } from './runtime/evaluate';
export type { Evaluation } from './runtime/evaluate';
export { HELD_OUT_COUNT, makeModels } from './store/makeModels';
export type { DigitReader, ModelVersion } from './store/makeModels';
export { carefulVersion, PLAIN_WORK } from './store/carefulVersion';
export type { Work } from './store/carefulVersion';
export { prepareModels } from './store/prepareModels';
export type { PrepareOptions } from './store/prepareModels';
export { DEVICE_CLASSES, readScenario } from './scenario/scenario';
export type { DeviceClass, Scenario } from './scenario/scenario';
export { watchScenario } from './scenario/watchScenario';
export type { ScenarioWatch, WatchOptions } from './scenario/watchScenario';
export {
  explainRefusal,
  logger,
  PortalGate,
  portalHeaders,
  portalSettings,
} from './portal/portal';
export type { PortalSettings } from './portal/portal';
export {
  BRIGHTNESS_EDGES,
  CONFIDENCE_EDGES,
  guarded,
  hearDiagnostics,
  openMeters,
  otlpExporter,
} from './telemetry/telemetry';
