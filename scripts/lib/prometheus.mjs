import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEngines } from './engines.mjs';
import { startNode } from './processes.mjs';
import { say, Stop } from './say.mjs';

const program = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  'program.cjs',
);

/** Configuration that has the charts of the demo's service answered by Prometheus, laid over the demo's. */
export const prometheusConfig = 'app-config.prometheus.yaml';

/**
 * Starts a Prometheus that scrapes the demo's inference service: the one that is installed, else Debian's, fetched into the
 * cache. Answers where it listens, and its end.
 */
export async function startPrometheus({
  dataDir,
  logDir,
  env,
  port,
  metricsPort,
}) {
  const { env: found } = await ensureEngines();
  const command = found.AI_ASSURANCE_TEST_PROMETHEUS;
  if (!command)
    throw new Stop(
      'There is no Prometheus on this machine and none could be fetched. Install it, or name its binary by AI_ASSURANCE_TEST_PROMETHEUS.',
    );
  const folder = path.join(dataDir, 'prometheus');
  fs.mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'prometheus.yml');
  fs.writeFileSync(
    config,
    `global:
  scrape_interval: 10s
scrape_configs:
  - job_name: inference-service
    static_configs:
      - targets: ['127.0.0.1:${metricsPort}']
`,
  );
  say(`Starting Prometheus at http://127.0.0.1:${port} …`);
  return startNode(
    [
      program,
      command,
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: dataDir, env, logFile: path.join(logDir, 'prometheus.log') },
  );
}
