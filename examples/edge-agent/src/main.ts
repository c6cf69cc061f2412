import {
  hearDiagnostics,
  logger,
  PortalGate,
  portalSettings,
  prepareModels,
  watchScenario,
} from '@ai-assurance/example-digit-reader';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { parse } from 'yaml';
import {
  importReport,
  keptEvidence,
  PushOutcome,
  pushEvidence,
} from './evidence';
import { DEVICES_PER_CLASS, Fleet } from './fleet';

// This program runs from its source and is never built.
// eslint-disable-next-line no-restricted-syntax
const HERE = __dirname;
const nowMs = () => Date.now();
const say = logger('edge-agent', nowMs);

/** How long devices wait for the portal to take the evidence. Then they start all the same: a portal without it is still worth reporting to. */
const EVIDENCE_PATIENCE_MS = 60_000;

/** How long the end of the program may wait for a portal that does not answer. */
const LAST_WORDS_MS = 4_000;

/** Sends until the portal has taken it, or until it will not. */
async function deliver(
  what: string,
  send: () => Promise<PushOutcome>,
  stopping: AbortSignal,
): Promise<void> {
  let waitMs = 1_000;
  let lastWhy = '';
  while (!stopping.aborted) {
    const outcome = await send();
    if (outcome.done) {
      say(
        `The portal holds ${what}: ${outcome.acceptedCount} new, ${outcome.knownCount} known already`,
      );
      return;
    }
    if (!outcome.retry) {
      say(`The portal did not take ${what} and will not: ${outcome.why}`);
      return;
    }
    if (outcome.why !== lastWhy)
      say(`Not delivered yet, ${what}: ${outcome.why}. Trying again.`);
    lastWhy = outcome.why;
    await rest(waitMs, undefined, { signal: stopping }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, 30_000);
  }
}

async function main(): Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<void>(resolve =>
    stopping.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!stopping.signal.aborted)
        say(`${signal}: sending what is measured and ending`);
      stopping.abort();
    });
  }

  hearDiagnostics(say, nowMs);
  const settings = portalSettings(process.env, join(HERE, '..'));
  if (!settings.token)
    say(
      'AI_ASSURANCE_TOKEN is not set: a portal that asks for a token will refuse what is reported',
    );
  const scenarios = watchScenario({
    file: settings.scenarioFile,
    directory: join(HERE, '../scenarios'),
    parse: text => parse(text),
    say,
  });
  const reader = await prepareModels({
    directory: settings.modelDirectory,
    nowMs: nowMs(),
    say,
  });
  for (const { version, precision, bytes, digest } of reader.versions)
    say(`Version ${version} (${precision}): ${bytes.length} bytes, ${digest}`);

  const { events, reports } = await keptEvidence(
    reader,
    settings.modelDirectory,
    nowMs,
  );
  const deliverAll = async () => {
    await deliver(
      'the evidence about all versions',
      () => pushEvidence(events, settings),
      stopping.signal,
    );
    for (const report of reports)
      await deliver(
        'the results of every held-out digit',
        () => importReport(report, settings),
        stopping.signal,
      );
  };
  const delivery = deliverAll();
  await Promise.race([
    delivery,
    stopped,
    rest(EVIDENCE_PATIENCE_MS, undefined, {
      ref: false,
      signal: stopping.signal,
    }).catch(() => undefined),
  ]);

  if (!stopping.signal.aborted) {
    const gate = new PortalGate(say, nowMs);
    const fleet = new Fleet({
      reader,
      settings,
      gate,
      scenario: () => scenarios.current(),
      say,
    });
    fleet.start();
    say(
      `${DEVICES_PER_CLASS * 3} devices are running; they report to ${
        settings.otlpUrl
      }`,
    );
    const progress = setInterval(() => {
      const tally = fleet.takeTally();
      const trouble = tally.lastTrouble
        ? `; last trouble: ${tally.lastTrouble}`
        : '';
      say(
        `Last minute, scenario '${scenarios.current().name}': ${
          tally.sessions
        } sessions (${tally.crashed} crashed), ${tally.readings} digits read, ${
          tally.failedLoads
        } failed loads${trouble}`,
      );
    }, 60_000);
    await stopped;
    clearInterval(progress);
    const isSent = await Promise.race([
      fleet.stop().then(() => true),
      rest(LAST_WORDS_MS, false, { ref: false }),
    ]);
    if (!isSent) {
      say('The portal did not take the last batches in time; ending without');
      process.exit();
    }
  }
  scenarios.stop();
  await delivery;
  say('Ended');
}

main().catch(error => {
  say(`Ended by an error: ${error instanceof Error ? error.stack : error}`);
  process.exitCode = 1;
});
