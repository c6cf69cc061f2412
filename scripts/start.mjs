// `npm start`: the demo portal on one port with the real model reporting to it. Run through scripts/run.mjs.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepareDataDir } from './lib/dataDir.mjs';
import {
  configsIn,
  demandFreePort,
  demoEnv,
  ensureFrontend,
  localConfig,
  portalReady,
  startExample,
  startPortal,
} from './lib/portal.mjs';
import { endAll, onStop } from './lib/processes.mjs';
import { prometheusConfig, startPrometheus } from './lib/prometheus.mjs';
import { scenarioNames } from './lib/scenarios.mjs';
import { runMain, say, Stop } from './lib/say.mjs';
import { root } from './lib/toolchain.mjs';

const usage = `Usage: npm start -- [--fresh] [--no-demo] [--port 7007] [--data-dir .demo] [--scenario clean] [--metrics prometheus]
  --fresh      forget everything recorded so far and begin anew
  --no-demo    the portal alone, without the model that reports to it
  --port       where the portal listens (the inference service takes the port 3 above)
  --data-dir   where databases, keys, packs and logs are kept
  --scenario   what the example model sees: ${scenarioNames().join(
    ', ',
  )} (later: npm run scenario dim)
  --metrics    prometheus: start a Prometheus that scrapes the service, and take its charts from there (ports 4 and 5 above)`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        port: { type: 'string', default: '7007' },
        'data-dir': { type: 'string', default: path.join(root, '.demo') },
        scenario: { type: 'string' },
        metrics: { type: 'string' },
        // For the checks: run the unpacked production bundle in this folder instead of the sources.
        bundle: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_000)
      throw new Error(`--port ${values.port} is not a port number`);
    if (values.scenario && !scenarioNames().includes(values.scenario))
      throw new Error(
        `There is no scenario "${
          values.scenario
        }". Choose one of: ${scenarioNames().join(', ')}`,
      );
    if (values.metrics !== undefined && values.metrics !== 'prometheus')
      throw new Error(`--metrics ${values.metrics}: there is only prometheus`);
    return {
      ...values,
      port,
      servicePort: port + 3,
      dataDir: path.resolve(values['data-dir']),
    };
  } catch (error) {
    throw new Stop(`${error.message}\n${usage}`);
  }
}

runMain(async () => {
  const {
    fresh,
    'no-demo': noDemo,
    port,
    servicePort,
    dataDir,
    scenario,
    metrics,
    bundle,
    help,
  } = options();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  await demandFreePort(port, '--port');
  if (!noDemo) await demandFreePort(servicePort, '--port');
  const prometheusPort = port + 4;
  const metricsPort = port + 5;
  if (metrics) {
    await demandFreePort(prometheusPort, '--port');
    await demandFreePort(metricsPort, '--port');
  }
  await prepareDataDir(dataDir, { fresh, port });
  if (scenario)
    fs.writeFileSync(path.join(dataDir, 'scenario'), `${scenario}\n`);

  let stopped = false;
  const stopping = new Promise(resolve => {
    onStop(() => {
      stopped = true;
      say('Stopping …');
      endAll().then(resolve);
    });
  });

  try {
    if (!bundle) await ensureFrontend();
    if (stopped) return;
    const logDir = path.join(dataDir, 'logs');
    fs.rmSync(logDir, { recursive: true, force: true });
    const env = demoEnv({ dataDir, port, servicePort });
    if (metrics) {
      env.AI_ASSURANCE_PROMETHEUS_URL = `http://127.0.0.1:${prometheusPort}`;
      env.AI_ASSURANCE_METRICS_PORT = String(metricsPort);
      const engine = await startPrometheus({
        dataDir,
        logDir,
        env,
        port: prometheusPort,
        metricsPort,
      });
      engine.ended.then(({ code }) => {
        if (!stopped)
          say(
            `Prometheus ended (code ${code}); see ${path.relative(
              root,
              path.join(logDir, 'prometheus.log'),
            )}.`,
          );
      });
    }
    say(
      configsIn(bundle ?? root).includes(localConfig)
        ? `Starting the portal, with your ${localConfig} …`
        : 'Starting the portal …',
    );
    const portal = startPortal({
      env,
      logDir,
      configs: [
        ...configsIn(bundle ?? root),
        ...(metrics ? [path.join(root, prometheusConfig)] : []),
      ],
      ...(bundle
        ? {
            cwd: bundle,
            entry: path.join(bundle, 'packages/backend/dist/index.cjs.js'),
          }
        : {}),
    });
    await portalReady(portal, { port, logDir });
    const children = [
      { name: 'the portal', log: 'portal', ended: portal.ended },
    ];
    if (!noDemo && !stopped) {
      say(
        'Starting the inference service and the edge agent (they train a small model the first time) …',
      );
      for (const name of ['inference-service', 'edge-agent']) {
        children.push({
          name: `the ${name}`,
          log: name,
          ended: startExample(name, { env, logDir }).ended,
        });
      }
    }
    if (stopped) return;
    const relativeLogs = path.relative(root, logDir) || logDir;
    process.stdout.write(`
  AI Assurance is at  http://localhost:${port}/ai-assurance
  Sign in as Mira (model team), Ada or Tomás (risk review), Ken (on call), Iris (audit), Noor (runs the suite) or Sam (nobody in particular).
${
  noDemo
    ? '  Nothing reports to it: --no-demo.\n'
    : '  A real model reports to it every few seconds; change what it sees with  npm run scenario dim  (and back: clean).\n'
}  Logs: ${relativeLogs}   Data: ${
      path.relative(root, dataDir) || dataDir
    } (npm start -- --fresh begins anew)   Stop: Ctrl-C

`);
    // A reporter that ends is worth a line; a portal that ends is the end.
    for (const child of children.slice(1)) {
      child.ended.then(({ code }) => {
        if (!stopped)
          say(
            `${child.name} ended (code ${code}); see ${path.join(
              relativeLogs,
              `${child.log}.log`,
            )}.`,
          );
      });
    }
    await Promise.race([portal.ended, stopping]);
    if (!stopped)
      throw new Stop(
        `The portal ended by itself; see ${path.join(
          relativeLogs,
          'portal.log',
        )}.`,
      );
  } finally {
    await endAll();
  }
});
