import { CollectorMemory } from './collector';
import { ValueSchema } from './http/readAnswer';

/**
 * What the last run kept; `undefined` on the first, and for what is not of the collector's own form. The run then finds all
 * of its facts anew, and known ones change nothing. Safe to repeat.
 * @public
 */
export function readMemory<T>(
  memory: CollectorMemory,
  schema: ValueSchema<T>,
): T | undefined {
  const reading = schema.safeParse(memory.read());
  return reading.success ? reading.data : undefined;
}
