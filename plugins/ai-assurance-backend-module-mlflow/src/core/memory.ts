import {
  CollectorMemory,
  readMemory,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { JsonValue } from '@backstage/types';
import { z } from 'zod';

/** What was seen of a model before: MLflow shows only its present. */
export interface Remembered {
  /** What MLflow calls the model: of another one nothing is remembered. */
  modelName: string;
  /** Version by alias. */
  aliases: Record<string, string>;
  /** Mark of what was said of each version, and how often that had changed. */
  versions: Record<string, { mark: string; changeCount: number }>;
}

const schema = z.object({
  modelName: z.string(),
  aliases: z.record(z.string(), z.string()),
  versions: z.record(
    z.string(),
    z.object({ mark: z.string(), changeCount: z.int() }),
  ),
});

/** So many versions fit into the memory of a collector; of older ones a change is seen, but not a change back. */
const maxVersions = 700;

/** What a run before remembered of a model; `undefined` when none did, or in a form that is not ours. */
export function rememberedOf(
  memory: CollectorMemory,
  modelName: string,
): Remembered | undefined {
  const remembered = readMemory(memory, schema);
  return remembered?.modelName === modelName ? remembered : undefined;
}

/** The same for keeping: the newest versions, by number where they have one. */
export function memoryOf(remembered: Remembered): JsonValue {
  const newest = Object.entries(remembered.versions)
    .sort(([a], [b]) => Number(b) - Number(a) || 0)
    .slice(0, maxVersions);
  return { ...remembered, versions: Object.fromEntries(newest) };
}
