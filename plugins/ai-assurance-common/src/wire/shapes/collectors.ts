// Collectors and how they are doing, on the wire.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs } from './basics';

/**
 * How one collector is doing about one subject.
 * - `waiting`: it has not been asked yet
 * - `working`: its newest run went well
 * - `failing`: its newest run failed; what it should bring is unknown until it works again
 * @public
 */
export const SOURCE_STATES = ['waiting', 'working', 'failing'] as const;

const sourceState: z.ZodType<
  (typeof SOURCE_STATES)[number],
  (typeof SOURCE_STATES)[number]
> = z.enum(SOURCE_STATES);

/** @public */
export const collectorSummaryShape = z.object({
  collectorId: z.string(),
  title: z.string(),
  version: z.string(),
  isEnabled: z.boolean(),
  everySeconds: count,
  timeoutSeconds: count,
  workingCount: count.describe('Sources of those that were asked for'),
  failingCount: count,
  waitingCount: count,
});

/** @public */
export const sourceSummaryShape = z.object({
  collectorId: z.string(),
  title: z.string().describe('What people call the collector'),
  subject: entityRefSchema,
  state: sourceState,
  sinceMs: epochMs
    .optional()
    .describe('When the first run with this state ended'),
  lastRunMs: epochMs.optional(),
  lastSuccessMs: epochMs.optional().describe('Absent: none ever went well'),
  failureCode: z.string().optional(),
  failureMessage: z.string().optional(),
  failedRunCount: count.optional().describe('Failed runs in a row'),
  factCount: count
    .optional()
    .describe('Facts that the newest run brought, known ones included'),
  nextAskMs: epochMs.optional().describe('When it is to be asked next'),
  evidenceId: z
    .string()
    .optional()
    .describe('The newest evidence of how it is doing'),
});
