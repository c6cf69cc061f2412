// Builds the production bundle the way a deployment would (docs/operating/deploying.md), installs only what production
// needs beside it, starts it and asks it three questions. The browser walk then runs against this very bundle.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  demandFreePort,
  demoEnv,
  portalReady,
  startPortal,
} from './lib/portal.mjs';
import { endAll, onStop, run } from './lib/processes.mjs';
import { runMain, say } from './lib/say.mjs';
import { root } from './lib/toolchain.mjs';

export const bundleDir = path.join(root, '.cache', 'bundle');
const port = 7197;

async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0)
    throw new Error(
      `${command} ${args.join(' ')} failed:\n${output.slice(-6000)}`,
    );
}

async function unpack() {
  fs.rmSync(bundleDir, { recursive: true, force: true });
  fs.mkdirSync(bundleDir, { recursive: true });
  const dist = path.join(root, 'packages/backend/dist');
  await must(
    'tar',
    ['xzf', path.join(dist, 'skeleton.tar.gz'), '-C', bundleDir],
    {},
  );
  for (const file of [
    'package.json',
    'yarn.lock',
    '.yarnrc.yml',
    'backstage.json',
    'app-config.yaml',
    'app-config.demo.yaml',
  ]) {
    fs.copyFileSync(path.join(root, file), path.join(bundleDir, file));
  }
  fs.cpSync(
    path.join(root, 'examples/catalog'),
    path.join(bundleDir, 'examples/catalog'),
    { recursive: true },
  );
  fs.copyFileSync(
    path.join(root, 'catalog-info.yaml'),
    path.join(bundleDir, 'catalog-info.yaml'),
  );
  // The CI variable would forbid the narrower lockfile that a focused install works out in memory.
  await must('yarn', ['workspaces', 'focus', '--all', '--production'], {
    cwd: bundleDir,
    env: { ...process.env, CI: '', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
  });
  await must(
    'tar',
    ['xzf', path.join(dist, 'bundle.tar.gz'), '-C', bundleDir],
    {},
  );
}

async function ask() {
  const dataDir = path.join(
    root,
    '.cache',
    `bundle-data-${crypto.randomBytes(4).toString('hex')}`,
  );
  fs.mkdirSync(path.join(dataDir, 'db'), { recursive: true });
  const logDir = path.join(dataDir, 'logs');
  await demandFreePort(port, '--port');
  const portal = startPortal({
    env: demoEnv({ dataDir, port, servicePort: port + 3 }),
    logDir,
    cwd: bundleDir,
    entry: path.join(bundleDir, 'packages/backend/dist/index.cjs.js'),
  });
  try {
    await portalReady(portal, { port, logDir });
    const page = await fetch(`http://127.0.0.1:${port}/ai-assurance`);
    if (!page.ok || !(await page.text()).includes('<div id="root">'))
      throw new Error(
        `The bundle does not serve the portal (status ${page.status}).`,
      );
    const stranger = await fetch(
      `http://127.0.0.1:${port}/api/ai-assurance/overview`,
    );
    if (stranger.status !== 401)
      throw new Error(
        `A stranger was answered ${stranger.status} instead of 401.`,
      );
    const document = await fetch(
      `http://127.0.0.1:${port}/api/ai-assurance/openapi.json`,
    );
    if (document.status !== 401)
      throw new Error(
        `The API answered a stranger ${document.status} instead of 401.`,
      );
  } finally {
    await endAll();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

runMain(async () => {
  onStop(() => endAll().then(() => process.exit(130)));
  say('building the backend with the portal inside …');
  await must('yarn', ['build:backend'], { cwd: root, env: process.env });
  say('installing what production needs …');
  await unpack();
  say('starting it …');
  await ask();
});
