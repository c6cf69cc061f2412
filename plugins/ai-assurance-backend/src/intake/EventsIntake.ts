import { LoggerService } from '@backstage/backend-plugin-api';
import { EventParams, EventsService } from '@backstage/plugin-events-node';
import { setTimeout as pause } from 'node:timers/promises';
import { parseJson } from './arrivals';
import { eventOf, Headers, isBinaryMode } from './core/binaryMode';
import { namedSender } from './namedSender';
import { Arrival, ItemResult, Sender } from './types';

/** The topic of Backstage's events service that is evidence. */
export const EVIDENCE_TOPIC = 'ai-assurance.evidence';

/** How long to wait before each further try of an event while the store is away, in milliseconds. */
const retryPausesMs = [500, 2000, 8000];

/** Largest number of events in one payload. */
const maxEvents = 1000;

/** Kafka's binding of CloudEvents, and HTTP's, which the webhook ingress passes on. */
const headerPrefixes = ['ce_', 'ce-'];

function bytesOf(payload: unknown): Uint8Array | undefined {
  if (payload instanceof Uint8Array) return payload;
  // A Buffer that went through JSON on its way.
  const { type, data } = (payload ?? {}) as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data)
    ? Uint8Array.from(data)
    : undefined;
}

/** The items of an event: text, bytes or a value, one event or a list of them, structured or in binary mode. */
export function arrivalsOfEvent(
  params: Pick<EventParams, 'eventPayload' | 'metadata'>,
): Arrival[] {
  const { eventPayload: payload } = params;
  const bytes =
    typeof payload === 'string' ? Buffer.from(payload) : bytesOf(payload);
  const parsed: Arrival = bytes ? parseJson(bytes) : { value: payload };
  if (!('value' in parsed)) return [parsed];
  const headers = lowerCased(params.metadata);
  const prefix = headerPrefixes.find(one => isBinaryMode(headers, one));
  if (prefix) return [{ value: eventOf(headers, parsed.value, prefix) }];
  if (!Array.isArray(parsed.value)) return [parsed];
  return parsed.value.map(value => ({ value }));
}

function lowerCased(metadata: EventParams['metadata']): Headers {
  return Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [
      name.toLocaleLowerCase('en-US'),
      value,
    ]),
  );
}

export interface EventsIntakeDeps {
  receive(arrivals: Arrival[], sender: Sender): Promise<ItemResult[]>;
  /** That the evidence may be about; `*` stands for all. */
  subjects: readonly string[];
  logger: LoggerService;
  /** How long to wait before each further try, in milliseconds. */
  pausesMs?: readonly number[];
}

/**
 * Evidence from Backstage's events service, and so from the Kafka, SQS, Pub/Sub and webhook modules that feed it. Nobody
 * signs in there: the configuration names the subjects that it may be about, and without it nothing is taken.
 */
export class EventsIntake {
  readonly #deps: EventsIntakeDeps;

  constructor(deps: EventsIntakeDeps) {
    this.#deps = deps;
  }

  /** Subscribes to the topic, or says once why not. */
  async subscribe(events: EventsService): Promise<void> {
    const { logger, subjects } = this.#deps;
    if (subjects.length === 0) {
      logger.info(
        `Evidence from the events topic ${EVIDENCE_TOPIC} is not taken: name the subjects that it may be about in aiAssurance.intake.events.subjects`,
      );
      return;
    }
    await events.subscribe({
      id: 'evidence',
      topics: [EVIDENCE_TOPIC],
      onEvent: params => this.onEvent(params),
    });
  }

  /**
   * Takes an event; what is not good is quarantined. While the store is away it is tried again some times, since the
   * local event bus does not tell the publisher of a failure; then the error is thrown, so that a bus which redelivers does.
   */
  async onEvent(
    params: Pick<EventParams, 'eventPayload' | 'metadata'>,
  ): Promise<void> {
    const { logger, receive, subjects } = this.#deps;
    const sender = namedSender(
      'events',
      subjects,
      'Add it to aiAssurance.intake.events.subjects.',
    );
    const arrivals = arrivalsOfEvent(params);
    const results: ItemResult[] = [];
    for (let at = 0; at < arrivals.length; at += maxEvents) {
      const group = arrivals.slice(at, at + maxEvents);
      results.push(...(await this.#patiently(() => receive(group, sender))));
    }
    // Nobody hears the answer: what was not even quarantined is told to those who run the portal.
    const refused = results.filter(({ outcome }) => outcome === 'refused');
    if (refused.length > 0) {
      logger.warn(
        `${refused.length} of ${results.length} events on ${EVIDENCE_TOPIC} were refused, the first one: ${refused[0].code} ${refused[0].message}`,
      );
    }
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (const pauseMs of this.#deps.pausesMs ?? retryPausesMs) {
      try {
        return await work();
      } catch (error) {
        this.#deps.logger.warn(
          `Evidence from ${EVIDENCE_TOPIC} could not be stored; trying again in ${pauseMs} ms`,
          error as Error,
        );
        await pause(pauseMs);
      }
    }
    return work();
  }
}
