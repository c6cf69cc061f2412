/* eslint-disable jest/no-export, jest/no-standalone-expect -- it registers the tests of others */
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { JsonValue } from '@backstage/types';
// The published types of the bench are those of the package's own entry, not copies of them.
import type {
  AnyCollectedFact,
  CollectorSubject,
  EvidenceCollector,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { CollectorError } from '../collector';
import { readFact } from './evidenceOfFact';
import { failures, floodBytes, silent, stalling } from './failures';
import { runCollector, RunOptions, RunResult, textOfError } from './run';
import {
  Disturbance,
  DisturbedStandIn,
  StandInSystem,
  startDisturbed,
} from './standIn';
import {
  inventedValues,
  leavesOfAnswers,
  nameOf,
  recordAnswers,
  repeatedIds,
  untracedValues,
  vary,
} from './tracing';

/** What the bench needs to try a collector. @public */
export interface CollectorBenchOptions {
  /** Makes the collector for a system at `baseUrl`; `credential` is to be sent the way the collector sends its own. */
  create(system: {
    baseUrl: string;
    credential: string;
  }): EvidenceCollector | Promise<EvidenceCollector>;
  /** Serves the documented API with at least one fact about `subject`. The same question MUST get the same answer. */
  system: StandInSystem;
  subject: CollectorSubject;
  /** A subject that the collector has nothing to ask about. */
  otherSubject: CollectorSubject;
  /** A moment after everything that the system tells of, epoch milliseconds. */
  nowMs: number;
  /** Start of the last good run, for collectors that ask for what is new since. */
  lastSuccessMs?: number;
  /** Entity refs other than the subject that facts may be about. */
  otherSubjectRefs?: readonly string[];
  /** Another value for one that cannot take any, for example `{ READY: 'FAILED_REGISTRATION' }`. */
  otherValues?: Readonly<Record<string, JsonValue>>;
  /** JSON pointers into payloads that hold what the collector itself knows, such as a unit; `*` stands for any index. */
  constants?: readonly string[];
  /** JSON pointers into payloads that are counted or summed, and so may follow a value that is gone; `*` as above. */
  derived?: readonly string[];
  /** The same system with more facts than anybody wants, page after page without end. */
  endless?: StandInSystem;
}

const credential = 'bench-credential-4f1d9c0e';
/** How soon a run must have ended, and let go of its socket, once it was told to. */
const endsWithinMs = 1000;
const maxVariations = 400;

/**
 * Registers the sentences that hold for every collector, with a stand-in that serves the system's API and misbehaves in
 * every way that systems do. To be called at the top of a test file. Nothing in it waits for a clock to pass.
 * @public
 */
export function benchCollector(
  name: string,
  options: CollectorBenchOptions,
): void {
  describe(`${name}, on the bench for collectors`, () => {
    let standIn: DisturbedStandIn;
    let collector: EvidenceCollector;
    const { subject, nowMs } = options;

    const run = (more: Partial<RunOptions> = {}): Promise<RunResult> =>
      runCollector({
        collector,
        subject,
        nowMs,
        lastSuccessMs: options.lastSuccessMs,
        ...more,
      });
    /** A run that has no reason to fail. */
    const goodRun = async (more: Partial<RunOptions> = {}) => {
      const result = await run(more);
      if (result.error !== undefined) throw result.error;
      return result;
    };

    beforeAll(async () => {
      standIn = await startDisturbed(options.system);
      collector = await options.create({
        baseUrl: standIn.baseUrl,
        credential,
      });
    });
    beforeEach(() => {
      standIn.disturb(undefined);
      standIn.forgetRequests();
    });
    afterAll(() => standIn.close());

    it('says who it is and how often it asks', () => {
      expect(collector.id).toMatch(/^[a-z][a-z0-9-]{0,59}$/);
      expect(collector.title).toMatch(/^\S.{0,98}\S$/);
      expect(collector.version).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/);
      const { everySeconds, timeoutSeconds } = collector.schedule;
      expect(everySeconds).toBeGreaterThanOrEqual(10);
      expect(timeoutSeconds).toBeGreaterThanOrEqual(1);
      expect(timeoutSeconds).toBeLessThanOrEqual(600);
    });

    it('applies to its subject and leaves others alone, without asking anybody', () => {
      expect(collector.appliesTo(subject)).toBe(true);
      expect(collector.appliesTo(options.otherSubject)).toBe(false);
      expect(standIn.requests).toEqual([]);
    });

    it('brings facts, each of them evidence, each under its own id', async () => {
      const { facts } = await goodRun();
      expect(facts.length).toBeGreaterThan(0);
      expect(repeatedIds(facts)).toEqual([]);
      const about = [subject.entityRef, ...(options.otherSubjectRefs ?? [])];
      for (const fact of facts) {
        const reading = readFact(collector, fact, nowMs);
        expect(reading.ok ? [] : reading.problems).toEqual([]);
        expect(about).toContain(fact.subject);
        expect(fact.timeMs).toBeLessThanOrEqual(nowMs);
      }
    });

    it('is idempotent: asked again, an unchanged system gives the same facts and no new ones', async () => {
      const first = await goodRun();
      expect(await goodRun()).toEqual(first);
      const again = await goodRun({
        memory: first.memory,
        lastSuccessMs: nowMs,
      });
      expect(differences(first.facts, again.facts, 'no new')).toEqual([]);
    });

    it('is deterministic: whenever it asks, one id stands for one fact', async () => {
      const { facts } = await goodRun();
      for (const laterMs of [1, 1000, 60_000, 3_600_000, 86_400_000]) {
        const later = await goodRun({ nowMs: nowMs + laterMs });
        expect(differences(facts, later.facts, 'no other')).toEqual([]);
      }
    });

    it('is bounded: it stops at as many facts as it may bring', async () => {
      const { facts } = await goodRun();
      for (const maxFacts of [1, Math.max(1, facts.length - 1)]) {
        const bounded = await goodRun({ maxFacts });
        expect(bounded.facts.length).toBeLessThanOrEqual(maxFacts);
      }
    });

    const { endless } = options;
    if (endless) {
      it('is bounded: it ends although the system does not', async () => {
        const bottomless = await startDisturbed(endless);
        try {
          const result = await runCollector({
            collector: await options.create({
              baseUrl: bottomless.baseUrl,
              credential,
            }),
            subject,
            nowMs,
            maxFacts: 50,
          });
          expect(result.facts.length).toBeLessThanOrEqual(50);
          expect(bottomless.requests.length).toBeLessThanOrEqual(200);
          // Ending by itself is well, and so is saying that there is more.
          expect(
            result.error === undefined
              ? 'partial-answer'
              : codeOf(result.error),
          ).toBe('partial-answer');
        } finally {
          await bottomless.close();
        }
      });
    }

    it('is cancellable: told before it began, it asks nothing', async () => {
      await run({ signal: AbortSignal.abort(new Error('time is up')) });
      expect(standIn.requests).toEqual([]);
    });

    it.each<[string, Disturbance]>([
      ['waiting for an answer', silent],
      ['in the middle of an answer', stalling],
    ])(
      'is cancellable: told while %s, it ends and leaves no socket open',
      async (_, disturbance) => {
        const abort = new AbortController();
        const asked = new Promise<void>(resolve => {
          standIn.disturb((request, response, answer) => {
            const handled = disturbance(request, response, answer);
            setImmediate(resolve);
            return handled;
          });
        });
        const running = run({ signal: abort.signal });
        await asked;
        abort.abort(new Error('time is up'));
        const ended = await Promise.race([
          running.then(() => 'ended'),
          wait(endsWithinMs, 'still running', { ref: false }),
        ]);
        expect(ended).toBe('ended');
        await until(() => standIn.busySocketCount() === 0);
        expect(standIn.busySocketCount()).toBe(0);
      },
    );

    it.each(failures.map(failure => [failure.name, failure] as const))(
      'is honest: it fails with its code when the system %s, and never ends well',
      async (_, failure) => {
        const before = standIn.sentBytes();
        standIn.disturb(failure.disturb);
        const result = await run();
        expect(failure.codes).toContain(codeOf(result.error));
        expect(secretsIn(result)).toEqual([]);
        expect(result.facts).toEqual([]);
        await until(() => standIn.busySocketCount() === 0);
        expect(standIn.sentBytes() - before).toBeLessThan(floodBytes / 2);
      },
      30_000,
    );

    it('is honest: it fails with its code when nobody listens', async () => {
      const gone = await startDisturbed(options.system);
      await gone.close();
      const result = await runCollector({
        collector: await options.create({ baseUrl: gone.baseUrl, credential }),
        subject,
        nowMs,
      });
      expect(codeOf(result.error)).toBe('unreachable');
      expect(secretsIn(result)).toEqual([]);
    });

    it('is honest: whichever of its questions fails, the run fails', async () => {
      await goodRun();
      const questions = [...new Set(standIn.requests.map(nameOf))];
      for (const question of questions) {
        standIn.disturb((request, _response, answer) =>
          nameOf(request) === question ? { status: 500, text: '' } : answer,
        );
        const { error } = await run();
        expect([question, codeOf(error)]).toEqual([question, 'server-error']);
      }
    });

    it('is honest: it does not follow a redirect with its credential', async () => {
      const seen: string[] = [];
      const stranger = createServer((request, response) => {
        seen.push(JSON.stringify(request.headers));
        response.end('{}');
      });
      await new Promise<void>(done => stranger.listen(0, '127.0.0.1', done));
      const { port } = stranger.address() as AddressInfo;
      standIn.disturb(() => ({
        status: 307,
        headers: { location: `http://127.0.0.1:${port}/` },
      }));
      const result = await run();
      stranger.close();
      expect(seen.filter(holdsSecret)).toEqual([]);
      expect(codeOf(result.error)).toBe('misconfigured');
    });

    it('never invents: each value of a fact follows a value of an answer', async () => {
      const { result, answers } = await recordAnswers(standIn, () => goodRun());
      const variations = await vary({
        standIn,
        leaves: leavesOfAnswers(answers, maxVariations),
        how: 'changed',
        otherValues: options.otherValues ?? {},
        run,
      });
      const constants = options.constants ?? [];
      expect(untracedValues(result.facts, variations, constants)).toEqual([]);
      expect(variations.flatMap(v => uncodedErrors(v.at, v.result))).toEqual(
        [],
      );
    }, 60_000);

    it('never invents: what an answer leaves out, the fact leaves out', async () => {
      const { result, answers } = await recordAnswers(standIn, () => goodRun());
      const variations = await vary({
        standIn,
        leaves: leavesOfAnswers(answers, maxVariations),
        how: 'taken out',
        otherValues: {},
        run,
      });
      const derived = options.derived ?? [];
      expect(inventedValues(result.facts, variations, derived)).toEqual([]);
      expect(variations.flatMap(v => uncodedErrors(v.at, v.result))).toEqual(
        [],
      );
      for (const { at, result: without } of variations) {
        for (const fact of without.facts) {
          const reading = readFact(collector, fact, nowMs);
          expect([at, reading.ok ? [] : reading.problems]).toEqual([at, []]);
        }
      }
    }, 60_000);

    it('keeps its credential out of facts, memory and logs', async () => {
      expect(secretsIn(await goodRun())).toEqual([]);
    });
  });
}

function codeOf(error: unknown): string {
  if (error instanceof CollectorError) return error.code;
  return error === undefined ? 'no error' : `no code: ${textOfError(error)}`;
}

function uncodedErrors(at: string, { error }: RunResult): string[] {
  return error === undefined || error instanceof CollectorError
    ? []
    : [`${at}: ${textOfError(error)}`];
}

/** The ways in which a credential could be written down. */
function holdsSecret(text: string): boolean {
  const decoded = (text.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? []).map(word =>
    Buffer.from(word, 'base64').toString('utf8'),
  );
  return [text, decodeURIComponentSafely(text), ...decoded].some(form =>
    form.includes(credential),
  );
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function secretsIn(result: RunResult): string[] {
  return [
    ...result.facts.map(fact => JSON.stringify(fact)),
    ...result.logged,
    JSON.stringify(result.memory ?? null),
    result.error === undefined ? '' : textOfError(result.error),
  ].filter(holdsSecret);
}

/**
 * Where two runs disagree about an id. With `no new`, an id that only the second knows is a difference too.
 */
function differences(
  first: AnyCollectedFact[],
  second: AnyCollectedFact[],
  rule: 'no new' | 'no other',
): string[] {
  const byId = new Map(first.map(fact => [fact.id, JSON.stringify(fact)]));
  return second.flatMap(fact => {
    const before = byId.get(fact.id);
    if (before === undefined)
      return rule === 'no new' ? [`new: ${fact.id}`] : [];
    const now = JSON.stringify(fact);
    return before === now ? [] : [`${before}\n${now}`];
  });
}

/** Lets the event loop turn until a condition holds, or the time that a run has for ending is over. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < endsWithinMs / 10 && !holds(); turn += 1)
    await wait(10);
}
