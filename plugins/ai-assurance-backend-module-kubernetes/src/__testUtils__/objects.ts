import { exampleStore } from './cluster';
import {
  AnalysisRun,
  analysisRunSchema,
  ArgoRollout,
  argoRolloutSchema,
  InferenceService,
  inferenceServiceSchema,
} from '../core/answers';

/** Changes a recorded object before it is read. */
export type Change = (object: Record<string, any>) => void;

/** The recorded InferenceService, changed and read. */
export function service(change: Change = () => {}): InferenceService {
  const [object] = exampleStore().inferenceservices!;
  change(object);
  return inferenceServiceSchema.parse(object);
}

/** The recorded Rollout, changed and read. */
export function rollout(change: Change = () => {}): ArgoRollout {
  const [object] = exampleStore().rollouts!;
  change(object);
  return argoRolloutSchema.parse(object);
}

/** The recorded AnalysisRun, changed and read. */
export function run(change: Change = () => {}): AnalysisRun {
  const [object] = exampleStore().analysisruns!;
  change(object);
  return analysisRunSchema.parse(object);
}
