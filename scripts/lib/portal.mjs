import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { run, startNode } from './processes.mjs';
import { say, Stop } from './say.mjs';
import { root } from './toolchain.mjs';

const transform = path.join(
  root,
  'node_modules/@backstage/cli/config/nodeTransform.cjs',
);

/** Resolves when nobody listens on the port; a {@link Stop} otherwise. */
export async function demandFreePort(port, flag) {
  await new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', error =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Stop(
              `Port ${port} is in use by another program. Stop that program, or choose another port: npm start -- ${flag} ${
                port + 10
              }`,
            )
          : new Stop(
              `Port ${port} cannot be opened (${
                error.code
              }). Choose another one: npm start -- ${flag} ${port + 1000}`,
            ),
      ),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(resolve));
  });
}

const frontendDirs = [
  'packages/app',
  'packages/evidence',
  'plugins/ai-assurance',
  'plugins/ai-assurance-react',
  'plugins/ai-assurance-common',
];

function hashOfSources() {
  const hash = crypto.createHash('sha256');
  const visit = dir => {
    for (const entry of fs
      .readdirSync(dir, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (['node_modules', 'dist', 'dist-types'].includes(entry.name)) continue;
      const file = path.join(dir, entry.name);
      if (entry.isDirectory()) visit(file);
      else hash.update(path.relative(root, file)).update(fs.readFileSync(file));
    }
  };
  for (const dir of frontendDirs) visit(path.join(root, dir));
  for (const file of ['yarn.lock', 'app-config.yaml'])
    hash.update(fs.readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** Builds the browser bundle unless the one that is there was built from the same sources. */
export async function ensureFrontend() {
  const dist = path.join(root, 'packages/app/dist');
  const stampFile = path.join(dist, '.ai-assurance-build');
  const stamp = hashOfSources();
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp)
    return;
  say('Building the portal for the browser …');
  const { code, output } = await run('yarn', ['workspace', 'app', 'build'], {
    cwd: root,
    env: process.env,
  });
  if (code !== 0)
    throw new Error(`The portal did not build:\n${output.slice(-4000)}`);
  fs.writeFileSync(stampFile, stamp);
}

/** Secrets of this data folder: made once, readable by its owner alone, never printed. */
export function secretsOf(dataDir) {
  const file = path.join(dataDir, 'secrets.json');
  const secret = () => crypto.randomBytes(24).toString('base64url');
  const known = fs.existsSync(file)
    ? JSON.parse(fs.readFileSync(file, 'utf8'))
    : {};
  // A folder of an earlier release lacks what came since.
  const secrets = {
    agentToken: secret(),
    rollbackSecret: secret(),
    ...known,
  };
  if (Object.keys(secrets).some(name => !(name in known)))
    fs.writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

/** Environment of the backend and of the programs that report to it. */
export function demoEnv({ dataDir, port, servicePort }) {
  const { agentToken, rollbackSecret } = secretsOf(dataDir);
  const baseUrl = `http://localhost:${port}`;
  return {
    ...process.env,
    NODE_ENV: 'production',
    AI_ASSURANCE_DATA_DIR: dataDir,
    AI_ASSURANCE_AGENT_TOKEN: agentToken,
    AI_ASSURANCE_PORT: String(port),
    APP_CONFIG_app_baseUrl: JSON.stringify(baseUrl),
    APP_CONFIG_backend_baseUrl: JSON.stringify(baseUrl),
    APP_CONFIG_backend_listen_port: String(port),
    AI_ASSURANCE_URL: `http://127.0.0.1:${port}/api/ai-assurance`,
    AI_ASSURANCE_OTLP_URL: `http://127.0.0.1:${port}/api/ai-assurance/otlp/v1/metrics`,
    AI_ASSURANCE_TOKEN: agentToken,
    AI_ASSURANCE_SCENARIO_FILE: path.join(dataDir, 'scenario'),
    AI_ASSURANCE_MODEL_DIR: path.join(dataDir, 'models'),
    AI_ASSURANCE_SERVICE_PORT: String(servicePort),
    AI_ASSURANCE_ROLLBACK_SECRET: rollbackSecret,
  };
}

/** Configuration of one's own for the demo, which git ignores: laid over the demo's where the folder has it. */
export const localConfig = 'app-config.local.yaml';

/** The files of configuration that the portal of a folder reads, the later over the earlier. */
export const configsIn = folder => [
  'app-config.yaml',
  'app-config.demo.yaml',
  ...(fs.existsSync(path.join(folder, localConfig)) ? [localConfig] : []),
];

/** Starts the backend, which serves the portal too. */
export function startPortal({
  env,
  logDir,
  entry = path.join(root, 'packages/backend/src/index.ts'),
  cwd = root,
  configs = configsIn(cwd),
}) {
  const isSource = entry.endsWith('.ts');
  return startNode(
    [
      ...(isSource ? ['--require', transform] : []),
      entry,
      ...configs.flatMap(config => ['--config', path.resolve(cwd, config)]),
    ],
    { cwd, env, logFile: path.join(logDir, 'portal.log') },
  );
}

/** Starts one of the example programs. */
export function startExample(name, { env, logDir }) {
  return startNode(
    ['--require', transform, path.join(root, 'examples', name, 'src/main.ts')],
    {
      cwd: path.join(root, 'examples', name),
      env,
      logFile: path.join(logDir, `${name}.log`),
    },
  );
}

/** Why the portal ended, if it could say so itself; otherwise its last lines. */
function lastWords(file, lines = 15) {
  const text = fs.readFileSync(file, 'utf8').trim();
  const reason = text.lastIndexOf('The portal could not start.');
  return reason >= 0
    ? text.slice(reason)
    : text.split('\n').slice(-lines).join('\n');
}

/** Waits until the portal answers that it is ready; stops early with its last words when it ends instead. */
export async function portalReady(
  child,
  { port, logDir, timeoutMs = 120_000 },
) {
  const logFile = path.join(logDir, 'portal.log');
  let ended;
  child.ended.then(result => {
    ended = result;
  });
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (ended)
      throw new Stop(
        `The portal ended while starting. Its last words (${path.relative(
          root,
          logFile,
        )}):\n${lastWords(logFile)}`,
      );
    if (Date.now() > deadline)
      throw new Stop(
        `The portal was not ready after ${
          timeoutMs / 1000
        } s. Its last words (${path.relative(root, logFile)}):\n${lastWords(
          logFile,
        )}`,
      );
    try {
      const answer = await fetch(
        `http://127.0.0.1:${port}/.backstage/health/v1/readiness`,
      );
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise(resolve => setTimeout(resolve, 300));
  }
}
