import { defineConfig } from '@playwright/test';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');
const port = Number(process.env.AI_ASSURANCE_E2E_PORT ?? 7107);
const dataDir = path.join(root, '.cache', 'e2e-demo');
const bundleDir = path.join(root, '.cache', 'bundle');
// `npm test` builds the production bundle before the walk; a developer may walk the sources.
const bundle =
  fs.existsSync(path.join(bundleDir, 'packages/backend/dist/index.cjs.js')) &&
  process.env.AI_ASSURANCE_E2E_SOURCES !== '1';

export default defineConfig({
  testDir: './walks',
  outputDir: './results',
  // The walk is one story: each part stands on what the part before did.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 8 * 60_000,
  expect: { timeout: 30_000 },
  reporter: process.env.CI ? [['list'], ['json']] : [['list']],
  use: {
    baseURL: `http://localhost:${port}`,
    actionTimeout: 45_000,
    viewport: { width: 1280, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.PLAYWRIGHT_CHROMIUM_PATH,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node scripts/start.mjs --fresh --port ${port} --data-dir ${dataDir} --scenario clean${
      bundle ? ` --bundle ${bundleDir}` : ''
    }`,
    cwd: root,
    url: `http://localhost:${port}/.backstage/health/v1/readiness`,
    timeout: 180_000,
    // For writing walks: a demo that already runs on this port is used as it is.
    reuseExistingServer: process.env.AI_ASSURANCE_E2E_REUSE === '1',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    stdout: 'pipe',
  },
});
