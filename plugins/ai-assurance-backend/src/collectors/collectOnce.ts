import {
  Envelope,
  EvidenceItem,
  readEvidenceItem,
} from '@ai-assurance/evidence';
import {
  AnyCollectedFact,
  COLLECTION_FAILURE_CODES,
  CollectorSubject,
  EvidenceCollector,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { JsonValue } from '@backstage/types';
import { RunFailure } from './core/transition';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';

/** A fact that may become evidence: the draft, and the item that it would be. */
export interface FoundFact {
  draft: EvidenceDraft;
  item: EvidenceItem;
}

/** How a run ended. */
export interface CollectedRun {
  /** In the order of collection; what came before a failure is in it. */
  facts: FoundFact[];
  failure: RunFailure | undefined;
  /** What the collector wants to keep; `undefined` leaves its memory as it was. */
  memory: { value: JsonValue } | undefined;
}

export interface CollectOptions {
  collector: EvidenceCollector;
  subject: CollectorSubject;
  nowMs: number;
  lastSuccessMs: number | undefined;
  memory: JsonValue | undefined;
  maxFacts: number;
  timeoutSeconds: number;
  maxClockAheadMs: number;
  /** Whether evidence about it may be recorded. */
  isSubject(entityRef: string): Promise<boolean>;
  logger: LoggerService;
  /** Aborts when the portal shuts down. */
  stop: AbortSignal;
}

const maxMemoryLength = 64 * 1024;
/** Of all facts of a run together, in characters: more waits for the next run, so that no answer can fill the memory. */
const maxRunLength = 16 * 1024 * 1024;
const maxMessageLength = 500;

/**
 * One run of one collector about one subject. A run that does not end in time is left behind: nothing that it still says is
 * heard. Never throws for what a collector does. Answers `undefined` when the portal stopped it: that says nothing of the
 * source.
 */
export async function collectOnce(
  options: CollectOptions,
): Promise<CollectedRun | undefined> {
  const { collector, subject, nowMs, stop, timeoutSeconds } = options;
  const abort = new AbortController();
  const aborted = new Promise<'aborted'>(resolve =>
    abort.signal.addEventListener('abort', () => resolve('aborted')),
  );
  const stopping = () => abort.abort(new Error('The portal stops'));
  stop.addEventListener('abort', stopping);
  let isLate = false;
  const alarm = setTimeout(() => {
    isLate = true;
    abort.abort(new Error(`Not done within ${timeoutSeconds} s`));
  }, timeoutSeconds * 1000);

  const facts: FoundFact[] = [];
  const ids = new Set<string>();
  let written: { value: JsonValue } | undefined;
  let length = 0;
  let problem: RunFailure | undefined;
  let isCut = false;
  let failure: RunFailure | undefined;
  let iterator: AsyncIterator<AnyCollectedFact> | undefined;
  try {
    if (stop.aborted) return undefined;
    iterator = collector
      .collect({
        subject,
        nowMs,
        lastSuccessMs: options.lastSuccessMs,
        signal: abort.signal,
        maxFacts: options.maxFacts,
        memory: {
          read: () => structuredClone(options.memory),
          write: value => {
            written = { value: checkedMemory(value) };
          },
        },
        logger: options.logger,
      })
      [Symbol.asyncIterator]();
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted]);
      if (step === 'aborted') throw abort.signal.reason;
      if (step.done) break;
      const fact = step.value;
      const reading = await readFact(fact, options);
      if ('problem' in reading) {
        problem ??= reading.problem;
        continue;
      }
      // One run says one thing under one id; the ledger would tell them apart only after the first was recorded.
      if (ids.has(reading.draft.id)) {
        problem ??= {
          code: 'contradiction',
          message: `The fact ${fact.id} came twice in one run`,
        };
        continue;
      }
      length += JSON.stringify(fact.payload).length;
      if (facts.length >= options.maxFacts || length > maxRunLength) {
        isCut = true;
        break;
      }
      ids.add(reading.draft.id);
      facts.push(reading);
    }
  } catch (error) {
    if (stop.aborted && !isLate) return undefined;
    failure = isLate
      ? {
          code: 'timeout',
          message: `The run was not done within ${timeoutSeconds} s`,
        }
      : failureOf(error, options);
  } finally {
    clearTimeout(alarm);
    stop.removeEventListener('abort', stopping);
    // Whatever the collector still holds is let go; a collector that hangs here is not waited for.
    abort.abort(new Error('The run is over'));
    void Promise.resolve(iterator?.return?.()).catch(() => {});
  }
  // A refused fact is no reason to forget: what was noticed beside it would be noticed, and recorded, again and again.
  const isComplete = failure === undefined && !isCut;
  return {
    facts,
    failure: failure ?? problem,
    memory: isComplete ? written : undefined,
  };
}

function checkedMemory(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  if (text.length > maxMemoryLength)
    throw new RangeError(
      `A collector may keep ${maxMemoryLength} characters, not ${text.length}`,
    );
  return JSON.parse(text);
}

async function readFact(
  fact: AnyCollectedFact,
  options: CollectOptions,
): Promise<FoundFact | { problem: RunFailure }> {
  const { collector, nowMs } = options;
  const invalid = (why: string) => ({
    problem: {
      code: 'invalid-fact' as const,
      message: `The fact ${shortId(fact)} is no evidence: ${why}`.slice(
        0,
        maxMessageLength,
      ),
    },
  });
  let item: EvidenceItem;
  let envelope: Envelope;
  try {
    envelope = {
      ...fact.envelope,
      collector: { id: collector.id, version: collector.version },
      collectedAt: instantOf(nowMs),
    };
    const reading = readEvidenceItem({
      specversion: '1.0',
      id: fact.id,
      source: sourceOf(collector.id),
      type: fact.type,
      subject: fact.subject,
      time: instantOf(fact.timeMs),
      datacontenttype: 'application/json',
      data: { envelope, payload: fact.payload },
    });
    if (!reading.ok) return invalid(reading.problems.slice(0, 3).join('; '));
    item = reading.item;
  } catch (error) {
    return invalid(error instanceof Error ? error.name : 'it cannot be read');
  }
  if (fact.timeMs > nowMs + options.maxClockAheadMs)
    return invalid('it is from the future; compare the clocks');
  if (
    item.subject !== options.subject.entityRef &&
    !(await options.isSubject(item.subject))
  )
    return invalid(
      `${item.subject} is no AI service, model or device cohort in the catalog`,
    );
  const { id, type, subject, timeMs, payload } = fact;
  return {
    item,
    draft: {
      type,
      source: item.source,
      id,
      subject,
      timeMs,
      envelope,
      payload,
    } as EvidenceDraft,
  };
}

export function sourceOf(collectorId: string): string {
  return `/ai-assurance/collectors/${collectorId}`;
}

function shortId(fact: { id?: unknown }): string {
  return typeof fact?.id === 'string'
    ? `“${fact.id.slice(0, 100)}”`
    : 'without a usable id';
}

/** Read by its shape, not by its class: a module may come with another copy of the package. */
function failureOf(
  error: unknown,
  { collector, logger }: CollectOptions,
): RunFailure {
  const { code, message } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
  };
  const isCoded =
    error instanceof Error &&
    error.name === 'CollectorError' &&
    (COLLECTION_FAILURE_CODES as readonly unknown[]).includes(code);
  if (isCoded) {
    return {
      code: code as RunFailure['code'],
      message: String(message).slice(0, maxMessageLength),
    };
  }
  // Its message is nobody's to show: it was not written to be, and may quote a header.
  const name = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? error.stack ?? '' : '';
  logger.warn(
    `Collector ${collector.id} broke with a ${name}: ${frames
      .split('\n')
      .filter(line => /^\s+at /.test(line))
      .slice(0, 8)
      .join('\n')}`,
  );
  return {
    code: 'unexpected',
    message: `The collector broke with a ${name}; the log has the place`,
  };
}
