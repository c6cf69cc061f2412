import {
  AuthenticationError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { SubjectAnswers } from '../../cohorts';
import { Clock, withCode } from '../../platform';
import { parseJson } from '../arrivals';
import { Headers, isBinaryMode } from '../core/binaryMode';
import { counted, noOutcomes, OutcomeCounts } from '../core/outcome';
import { mapCdEvents } from '../core/webhooks/cdevents';
import { mapGitHub } from '../core/webhooks/github';
import { Mapping } from '../core/webhooks/mapping';
import { mapPagerDuty } from '../core/webhooks/pagerduty';
import { namedSender } from '../namedSender';
import { Arrival, ItemResult, Sender } from '../types';
import { WebhookSettings, WebhookType } from './settings';
import { isSigned, SignatureScheme } from './signature';

const mappings: Partial<Record<WebhookType, Mapping>> = {
  pagerduty: mapPagerDuty,
  cdevents: mapCdEvents,
  github: mapGitHub,
};

/** Compared with when there is no such webhook, so that both answers take their time. */
const nobody: { scheme: SignatureScheme; secrets: string[] } = {
  scheme: {
    header: 'x-signature-256',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: '',
    toleranceSeconds: 0,
  },
  secrets: [''],
};

export interface WebhookServiceDeps {
  webhooks: WebhookSettings[];
  clock: Clock;
  subjects: Pick<SubjectAnswers, 'list'>;
  receive(arrivals: Arrival[], sender: Sender): Promise<ItemResult[]>;
}

/** Evidence from systems that deliver by themselves and sign what they say. */
export class WebhookService {
  readonly #deps: WebhookServiceDeps;

  constructor(deps: WebhookServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Takes a delivery. Nothing of it is looked at before its signature holds; an unknown name and a wrong signature get the
   * same AuthenticationError. Safe to repeat: the same delivery makes the same evidence.
   */
  async deliver(
    name: string,
    body: Uint8Array,
    headers: Headers,
  ): Promise<OutcomeCounts> {
    const { webhooks, clock, receive } = this.#deps;
    const webhook = webhooks.find(one => one.name === name);
    const { scheme, secrets } = webhook ?? nobody;
    const nowMs = clock.nowMs();
    const isGood = isSigned({ body, headers, nowMs }, scheme, secrets);
    if (!webhook || !isGood) {
      throw withCode(
        new AuthenticationError(
          'There is no such webhook, or its signature is not good.',
        ),
        'BAD_SIGNATURE',
      );
    }
    const arrivals = await this.#arrivals(webhook, body, headers);
    const results = await receive(
      arrivals,
      await this.#sender(webhook, arrivals),
    );
    const full = results.find(result => result.code === 'QUARANTINE_FULL');
    if (full) {
      // The sender delivers again by itself; until there is room nothing is lost.
      throw withCode(
        new ServiceUnavailableError(full.message),
        'QUARANTINE_FULL',
      );
    }
    return counted(noOutcomes, results);
  }

  /** Maps the text of a delivery again that waits in quarantine; `undefined` when this is not a mapped webhook (any more). */
  async remap(origin: string, body: unknown): Promise<unknown[] | undefined> {
    const webhook = this.#deps.webhooks.find(
      one => `webhook:${one.name}` === origin,
    );
    const mapping = webhook && mappings[webhook.type];
    if (!mapping) return undefined;
    const mapped = mapping(body, await this.#context(webhook));
    return mapped.ok ? mapped.items : undefined;
  }

  async #arrivals(
    webhook: WebhookSettings,
    bytes: Uint8Array,
    headers: Headers,
  ): Promise<Arrival[]> {
    const mapping = mappings[webhook.type];
    // Whoever saw one delivery could send its data again under another id, time or subject.
    if (!mapping && isBinaryMode(headers)) {
      throw withCode(
        new InputError(
          "ce-specversion: the signature is over the body, so that attributes in headers are nobody's word. Send the event in structured mode (application/cloudevents+json).",
        ),
        'UNSIGNED_ATTRIBUTES',
      );
    }
    const parsed = parseJson(bytes);
    if (!('value' in parsed)) return [parsed];
    if (!mapping) {
      return Array.isArray(parsed.value)
        ? parsed.value.map(value => ({ value }))
        : [parsed];
    }
    const mapped = mapping(parsed.value, await this.#context(webhook));
    if (mapped.ok) return mapped.items.map(value => ({ value }));
    return [{ bytes, code: mapped.code, message: mapped.message }];
  }

  async #context(webhook: WebhookSettings) {
    const { annotation } = webhook;
    const records = annotation ? await this.#deps.subjects.list() : [];
    // What is configured is meant: annotations are for those that the configuration leaves out.
    const named = (name: string) =>
      webhook.subjectOf.get(name) ??
      records
        .filter(record => record.annotations[annotation!] === name)
        .map(record => record.entityRef);
    const subjectsOf = (names: readonly string[]) =>
      names.map(named).find(subjects => subjects.length > 0) ?? [];
    return { webhook: webhook.name, subjectsOf };
  }

  /** Mapped deliveries are about whom the mapping says; evidence of its own making is held to the subjects configured. */
  async #sender(
    webhook: WebhookSettings,
    arrivals: Arrival[],
  ): Promise<Sender> {
    const isMapped = mappings[webhook.type] !== undefined;
    const about = arrivals.flatMap(arrival =>
      'value' in arrival ? (arrival.value as { subject: string }).subject : [],
    );
    const sender = namedSender(
      `webhook:${webhook.name}`,
      isMapped ? about : webhook.subjects,
      `Add it to the subjects of the webhook ${webhook.name}.`,
    );
    // Whoever signed may leave what cannot be read.
    return { ...sender, maySomewhere: async () => true };
  }
}
