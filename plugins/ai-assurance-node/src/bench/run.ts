import { LoggerService } from '@backstage/backend-plugin-api';
import { JsonValue } from '@backstage/types';
import {
  AnyCollectedFact,
  CollectorSubject,
  EvidenceCollector,
} from '../collector';

/** How a run ended, with all that it let out. */
export interface RunResult {
  facts: AnyCollectedFact[];
  /** What it threw; `undefined` when it ended well. */
  error: unknown;
  memory: JsonValue | undefined;
  /** Every line that was logged, with its fields. */
  logged: string[];
}

export interface RunOptions {
  collector: EvidenceCollector;
  subject: CollectorSubject;
  nowMs: number;
  lastSuccessMs?: number;
  maxFacts?: number;
  memory?: JsonValue;
  signal?: AbortSignal;
}

/** One run, driven as the suite drives it, but trusting nothing. */
export async function runCollector(options: RunOptions): Promise<RunResult> {
  const logged: string[] = [];
  const facts: AnyCollectedFact[] = [];
  let memory = options.memory;
  let error: unknown;
  try {
    const run = options.collector.collect({
      subject: options.subject,
      nowMs: options.nowMs,
      lastSuccessMs: options.lastSuccessMs,
      signal: options.signal ?? new AbortController().signal,
      maxFacts: options.maxFacts ?? 1000,
      memory: {
        read: () => structuredClone(options.memory),
        write: value => {
          memory = JSON.parse(JSON.stringify(value));
        },
      },
      logger: recordingLogger(logged),
    });
    for await (const fact of run) facts.push(structuredClone(fact));
  } catch (caught) {
    error = caught ?? new Error('the collector threw nothing');
  }
  return { facts, error, memory, logged };
}

function recordingLogger(logged: string[]): LoggerService {
  const line = (message: string, meta?: unknown) => {
    const extra = meta instanceof Error ? textOfError(meta) : meta;
    logged.push(`${message} ${JSON.stringify(extra ?? {})}`);
  };
  const logger: LoggerService = {
    error: line,
    warn: line,
    info: line,
    debug: line,
    child: fields => {
      line('child', fields);
      return logger;
    },
  };
  return logger;
}

/** Everything that an error could show: message, stack, fields and causes. */
export function textOfError(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  return [
    error.message,
    error.stack ?? '',
    JSON.stringify({ ...error }),
    error.cause === undefined ? '' : textOfError(error.cause),
  ].join('\n');
}
