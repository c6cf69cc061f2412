import {
  EvidenceItem,
  ItemReading,
  readEvidenceItem,
} from '@ai-assurance/evidence';
import { IngestResult } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotAllowedError } from '@backstage/errors';
import { EvidenceIntake, GoodReading, PreparedItem } from '../ledger';
import { Clock, Db, Outbox, withCode } from '../platform';
import { contentOf, maxContentBytes } from './content';
import { givenBy } from './core/given';
import {
  ClockBound,
  isTaken,
  mayBeOrigin,
  refusalOf,
  reservedType,
} from './core/incoming';
import { recordedResult } from './core/outcome';
import { BadItem, QuarantineStore } from './QuarantineStore';
import { IntakeSettings } from './settings';
import {
  Arrival,
  Given,
  ItemResult,
  Judgement,
  ReadArrival,
  Sender,
} from './types';

/** Who is a subject: evidence about anything else waits until the catalog knows it. */
export interface Subjects {
  get(entityRef: string): Promise<object | undefined>;
}

export interface IntakeServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: EvidenceIntake;
  subjects: Subjects;
  store: QuarantineStore;
  settings: IntakeSettings;
}

/** What the sender may do about a subject, and whether the catalog has it; asked once for each. */
interface Standing {
  mayPush: boolean;
  isKnown: boolean;
}

/** An item that is let in, by its place in the request. */
interface Good {
  index: number;
  item: Pick<EvidenceItem, 'id' | 'source'>;
  recorded: GoodReading | PreparedItem;
}

/** An item that is not let in, by its place in the request. */
interface Turned {
  index: number;
  arrival: Arrival;
  given: Given;
  code: string;
  message: string;
}

const maxSubjectsInError = 5;

const notAllowedOn = (subjects: string[], sender: Sender) =>
  `You need the permission ai-assurance.evidence.push on ${subjects
    .slice(0, maxSubjectsInError)
    .join(', ')}. ${sender.remedy}`;

/** What is wrong with the content of an item, and not with its size or with how it was written. */
const judgedByType: ReadonlySet<string> = new Set([
  'INVALID_ITEM',
  'INVALID_PAYLOAD',
  'UNKNOWN_VERSION',
]);

/** Takes what others send as evidence: reads, authorises, judges, records what is good and quarantines what is not. */
export class IntakeService {
  readonly #deps: IntakeServiceDeps;
  readonly #isOrigin = remembered(mayBeOrigin);

  constructor(deps: IntakeServiceDeps) {
    this.#deps = deps;
  }

  /**
   * The same as {@link receive} for a request that can be refused whole: throws NotAllowedError when the sender may push
   * none of the items, and `QUARANTINE_FULL` (429) when nothing of it could be taken.
   */
  async push(
    arrivals: (Arrival | ReadArrival)[],
    sender: Sender,
  ): Promise<IngestResult> {
    const results = await this.receive(arrivals, sender);
    if (results.every(result => result.code === 'NOT_ALLOWED')) {
      const subjects = arrivals.flatMap(arrival => {
        if ('read' in arrival) return arrival.read.prepared.item.subject;
        return 'value' in arrival ? givenBy(arrival.value).subject ?? [] : [];
      });
      throw withCode(
        new NotAllowedError(notAllowedOn([...new Set(subjects)], sender)),
        'NOT_ALLOWED',
      );
    }
    const isKept = results.some(result => result.outcome !== 'refused');
    const full = results.find(result => result.code === 'QUARANTINE_FULL');
    if (!isKept && full) throw tooManyRequests(full.message!);
    return {
      results,
      acceptedCount: results.filter(result => result.outcome === 'accepted')
        .length,
    };
  }

  /**
   * Takes items and answers each in its place, once it is committed. Safe to repeat: what is evidence already changes
   * nothing, and what waits in quarantine already is counted there.
   */
  async receive(
    arrivals: (Arrival | ReadArrival)[],
    sender: Sender,
  ): Promise<ItemResult[]> {
    return (await this.begin(arrivals, sender)).results;
  }

  /**
   * The same in two steps: it resolves when all is judged and stands in line to be recorded. What is begun afterwards is
   * recorded afterwards, and can be judged meanwhile. `results` MUST be awaited.
   */
  async begin(
    arrivals: (Arrival | ReadArrival)[],
    sender: Sender,
  ): Promise<{ results: Promise<ItemResult[]> }> {
    const nowMs = this.#deps.clock.nowMs();
    const results: ItemResult[] = new Array(arrivals.length);
    const good: Good[] = [];
    const bad: Turned[] = [];
    const standings = new Map<string, Standing>();
    const standingOf = async (subject: string): Promise<Standing> => {
      const mayPush = await sender.mayPush(subject);
      const standing = {
        mayPush,
        isKnown: mayPush && (await this.#isKnown(subject)),
      };
      standings.set(subject, standing);
      return standing;
    };
    const clock = this.#clockBound(nowMs);
    for (let index = 0; index < arrivals.length; index += 1) {
      let arrival = arrivals[index];
      if ('read' in arrival) {
        const { prepared, collectedAtMs } = arrival.read;
        const { item, timeMs } = prepared;
        const standing =
          standings.get(item.subject) ?? (await standingOf(item.subject));
        const isGood =
          standing.mayPush &&
          standing.isKnown &&
          isTaken(item, { timeMs, collectedAtMs }, clock, this.#isOrigin);
        if (isGood) {
          good.push({ index, item, recorded: prepared });
          continue;
        }
        // Once more, for the words.
        arrival = arrival.again();
      }
      const reading =
        'value' in arrival ? readEvidenceItem(arrival.value) : undefined;
      if (reading?.ok) {
        const { item } = reading;
        const standing =
          standings.get(item.subject) ?? (await standingOf(item.subject));
        if (!standing.mayPush) {
          const refused = notAllowed(index, [item.subject], sender);
          if (sender.isAnswered) results[index] = refused;
          else bad.push({ ...refused, arrival, given: givenBy(item) });
          continue;
        }
        const refusal = this.#refusal(item, standing.isKnown, nowMs);
        if (refusal)
          bad.push({ index, arrival, given: givenBy(item), ...refusal });
        else good.push({ index, item, recorded: reading });
        continue;
      }
      const given = 'value' in arrival ? givenBy(arrival.value) : {};
      // What names nobody is kept for those who may push something: else anyone could fill the quarantine.
      const isAllowed =
        given.subject === undefined
          ? await sender.maySomewhere()
          : (standings.get(given.subject) ?? (await standingOf(given.subject)))
              .mayPush;
      if (!isAllowed && sender.isAnswered) {
        results[index] = notAllowed(
          index,
          given.subject ? [given.subject] : [],
          sender,
        );
        continue;
      }
      const why = reading
        ? whyBad(reading, given)
        : (arrival as { code: string; message: string });
      bad.push({
        index,
        arrival,
        given,
        code: why.code,
        message: why.message,
      });
    }

    // In line before anything else is awaited.
    const recording =
      good.length > 0
        ? this.#deps.ledger.record(good.map(entry => entry.recorded))
        : Promise.resolve([]);
    const finish = async () => {
      const outcomes = await recording;
      good.forEach(({ index, item }, at) => {
        results[index] = recordedResult(index, item, outcomes[at]);
      });
      if (bad.length > 0) await this.#quarantine(bad, sender, results, nowMs);
      return results;
    };
    return { results: finish() };
  }

  /** Judges a value as if it came in now, from somebody who may push about its subject. */
  async judge(value: unknown): Promise<Judgement> {
    const reading = readEvidenceItem(value);
    if (!reading.ok) return { ok: false, ...whyBad(reading, givenBy(value)) };
    const refusal = this.#refusal(
      reading.item,
      await this.#isKnown(reading.item.subject),
      this.#deps.clock.nowMs(),
    );
    return refusal
      ? { ok: false, ...refusal }
      : { ok: true, readings: [reading] };
  }

  async #isKnown(subject: string): Promise<boolean> {
    return (await this.#deps.subjects.get(subject)) !== undefined;
  }

  #refusal(
    item: EvidenceItem,
    isKnown: boolean,
    nowMs: number,
  ): { code: string; message: string } | undefined {
    if (!isKnown) {
      return {
        code: 'UNKNOWN_SUBJECT',
        message: `subject: ${item.subject} is not an AI service, model or device cohort in the catalog. Register it; then this is taken by itself within some minutes.`,
      };
    }
    const clock = this.#clockBound(nowMs);
    const times = {
      timeMs: Date.parse(item.time),
      collectedAtMs: Date.parse(item.data.envelope.collectedAt),
    };
    return isTaken(item, times, clock, this.#isOrigin)
      ? undefined
      : refusalOf(item, clock);
  }

  #clockBound(nowMs: number): ClockBound {
    return { nowMs, maxAheadMs: this.#deps.settings.maxClockAheadMs };
  }

  async #quarantine(
    turned: Turned[],
    sender: Sender,
    results: ItemResult[],
    nowMs: number,
  ): Promise<void> {
    const items: (BadItem & { index: number })[] = [];
    for (const { arrival, ...bad } of turned) {
      const content = contentOf(arrival);
      const isTooLarge =
        bad.code === 'TOO_LARGE' ||
        (content !== undefined && content.sizeBytes > maxContentBytes);
      if (!content || (isTooLarge && sender.isAnswered)) {
        const { index, code, message } = bad;
        results[index] = { index, outcome: 'refused', code, message };
      } else {
        items.push({ ...bad, content });
      }
    }
    if (items.length === 0) return;
    const { db, outbox, store } = this.#deps;
    const kept = await db.transaction(async tx => {
      const answers = await store.keep(tx, sender, items, nowMs);
      await outbox.queue(tx, { topic: 'quarantine.changed', subjects: [] });
      return answers;
    });
    items.forEach(({ index, code, message }, at) => {
      const place = kept[at];
      results[index] =
        place === 'full'
          ? this.#full(index, sender, `${code}: ${message}`)
          : { index, outcome: 'quarantined', code, message, ...place };
    });
  }

  #full(index: number, sender: Sender, why: string): ItemResult {
    const { maxItems, maxBytes } = this.#deps.settings.bounds;
    return {
      index,
      outcome: 'refused',
      code: 'QUARANTINE_FULL',
      message: `Not good (${why.slice(
        0,
        500,
      )}), and the quarantine has no room left for ${
        sender.caller
      }: at most ${maxItems} items and ${maxBytes} bytes of one sender wait there. Replay or discard some, mend the sender, and send this again.`,
    };
  }
}

const maxRemembered = 1000;

/** The same answers, each question being asked once. A flood of questions only empties it. */
function remembered<Answer>(
  ask: (question: string) => Answer,
): (question: string) => Answer {
  const answers = new Map<string, Answer>();
  return question => {
    const known = answers.get(question);
    if (known !== undefined) return known;
    const answer = ask(question);
    if (answers.size >= maxRemembered) answers.clear();
    answers.set(question, answer);
    return answer;
  };
}

/** Its type comes first: mending the payload of an item that only the suite writes would be in vain. */
function whyBad(
  reading: ItemReading & { ok: false },
  { type }: Given,
): { code: string; message: string } {
  const reserved =
    type !== undefined && judgedByType.has(reading.code)
      ? reservedType(type)
      : undefined;
  return (
    reserved ?? { code: reading.code, message: reading.problems.join('; ') }
  );
}

function notAllowed(index: number, subjects: string[], sender: Sender) {
  return {
    index,
    outcome: 'refused' as const,
    code: 'NOT_ALLOWED',
    message: notAllowedOn(
      subjects.length > 0 ? subjects : ['its subject'],
      sender,
    ),
  };
}

/** Backstage has no class for it; the router reads the status from the property. */
function tooManyRequests(message: string): Error {
  return withCode(
    Object.assign(new Error(message), {
      name: 'TooManyRequestsError',
      statusCode: 429,
    }),
    'QUARANTINE_FULL',
  );
}
