import {
  carefulVersion,
  guarded,
  hearDiagnostics,
  logger,
  openRuntime,
  otlpExporter,
  PLAIN_WORK,
  PortalGate,
  portalSettings,
  prepareModels,
  watchScenario,
} from '@ai-assurance/example-digit-reader';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { parse } from 'yaml';
import { tellDeployment } from './deployment';
import { LiveVersion, Plan, ServedVersion } from './liveVersion';
import { Load } from './load';
import { Rollbacks } from './rollbacks';
import { openScrapedMetrics } from './scraped';
import { createService, ROUTE } from './service';
import { openServiceMetrics } from './serviceMetrics';

// This program runs from its source and is never built.
// eslint-disable-next-line no-restricted-syntax
const HERE = __dirname;
const nowMs = () => Date.now();
const say = logger('inference-service', nowMs);

/** How long the end of the program may wait for a portal that does not answer. */
const LAST_WORDS_MS = 4_000;

function portFrom(text: string | undefined): number {
  const port = Number(text || '7010');
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(
      `AI_ASSURANCE_SERVICE_PORT is '${text}', which is no port number`,
    );
  return port;
}

async function main(): Promise<void> {
  const stopped = new Promise<void>(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        say(`${signal}: sending what is measured and ending`);
        resolve();
      });
    }
  });

  hearDiagnostics(say, nowMs);
  const port = portFrom(process.env.AI_ASSURANCE_SERVICE_PORT);
  const settings = portalSettings(process.env, join(HERE, '..'));
  if (!settings.token)
    say(
      'AI_ASSURANCE_TOKEN is not set: a portal that asks for a token will refuse what is reported',
    );
  // The same scenarios as the devices play, so that one word changes the whole demo.
  const scenarios = watchScenario({
    file: settings.scenarioFile,
    directory: join(HERE, '../../edge-agent/scenarios'),
    parse: text => parse(text),
    say,
  });
  const reader = await prepareModels({
    directory: settings.modelDirectory,
    nowMs: nowMs(),
    say,
  });
  const served = reader.versions.find(
    version => version.precision === 'float32',
  );
  if (!served) throw new Error('There is no float32 version to serve');

  const metricsPort = process.env.AI_ASSURANCE_METRICS_PORT;
  const scraped = metricsPort
    ? await openScrapedMetrics(Number(metricsPort))
    : undefined;
  const runtime = openRuntime();
  // One gate for all versions: they report to the same portal.
  const gate = new PortalGate(say, nowMs);
  const plans: Plan[] = [
    { version: served, work: PLAIN_WORK },
    carefulVersion(served),
  ];
  const versions: ServedVersion[] = [];
  for (const { version, work } of plans) {
    const model = await runtime.load(version.bytes);
    say(
      `Version ${version.version} (${version.precision}) loaded in ${(
        model.loadSeconds * 1000
      ).toFixed(0)} ms, ${version.digest}`,
    );
    versions.push({
      version: version.version,
      digest: version.digest,
      model,
      work,
      metrics: openServiceMetrics(
        version,
        guarded(otlpExporter(settings), gate),
        undefined,
        scraped,
      ),
    });
  }
  const scenario = () => scenarios.current();
  const live = new LiveVersion(versions, {
    nowMs,
    onSwitch(change) {
      say(
        `Version ${change.to.version} takes all traffic (${change.cause}); it was version ${change.from.version}`,
      );
      void tellDeployment(change, settings, say);
    },
  });
  live.follow(String(scenario().service.version));
  const following = setInterval(
    () => live.follow(String(scenario().service.version)),
    1_000,
  );
  const secret = process.env.AI_ASSURANCE_ROLLBACK_SECRET;
  const server = createServer(
    createService({
      live: () => live.current,
      rollbacks: secret ? new Rollbacks(live, { secret, nowMs }) : undefined,
      scenario,
      say,
    }),
  );

  let progress: NodeJS.Timeout | undefined;
  let load: Load | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          error.code === 'EADDRINUSE'
            ? new Error(
                `Port ${port} is in use by another program; choose another with AI_ASSURANCE_SERVICE_PORT`,
              )
            : error,
        );
      });
      server.listen(port, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${port}${ROUTE}`;
    say(`Reading digits at POST ${url}; reporting to ${settings.otlpUrl}`);
    const sending = new Load({ url, reader, scenario });
    load = sending;
    sending.start();
    progress = setInterval(() => {
      const { sent, right, wrong, refused, failed, held } = sending.takeTally();
      say(
        `Last minute, scenario '${
          scenario().name
        }': ${sent} requests, ${right} read right, ${wrong} wrong, ${refused} refused, ${failed} failed, ${held} held back`,
      );
    }, 60_000);
    await stopped;
  } finally {
    clearInterval(progress);
    clearInterval(following);
    await load?.stop();
    server.closeAllConnections();
    server.close();
    // The portal may be gone already; its absence must not hold up the end.
    await Promise.race([
      Promise.all(versions.map(({ metrics }) => metrics.close())),
      rest(LAST_WORDS_MS, undefined, { ref: false }),
    ]);
    await scraped?.close();
    await runtime.close();
    scenarios.stop();
  }
  say('Ended');
  process.exit();
}

main().catch(error => {
  say(`Ended by an error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
