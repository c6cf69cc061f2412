// `npm test`: every check of the house, cheapest first, on a fresh checkout. Run through scripts/run.mjs.
// It ends with one line `N passed, N failed` and leaves nothing running.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureEngines } from './lib/engines.mjs';
import { endAll, onStop, run } from './lib/processes.mjs';
import { startPostgres } from './lib/postgres.mjs';
import { runMain, say, Stop } from './lib/say.mjs';
import { root } from './lib/toolchain.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    'keep-going': { type: 'boolean', default: true },
  },
});

const minute = 60_000;
const logDir = path.join(root, '.cache', 'test');
const counts = { passed: 0, failed: 0 };
const failures = [];

const env = {
  ...process.env,
  CI: '1',
  FORCE_COLOR: '0',
  NO_COLOR: '1',
  BACKSTAGE_TEST_DISABLE_DOCKER: '1',
  NODE_OPTIONS: [process.env.NODE_OPTIONS, '--max-old-space-size=4096']
    .filter(Boolean)
    .join(' '),
};

const yarn = (...args) => ({ command: 'yarn', args });
const script = (name, ...args) => ({
  command: process.execPath,
  args: [path.join(root, 'scripts', name), ...args],
});

/** A step that is one check: a command that must end with 0. */
const check = (name, { command, args }, timeoutMs = 5 * minute) => ({
  name,
  async run(logFile) {
    const { code, output } = await run(command, args, {
      cwd: root,
      env,
      logFile,
      timeoutMs,
    });
    return code === 0
      ? { passed: 1, failed: 0 }
      : { passed: 0, failed: 1, output };
  },
});

const configFiles = ['app-config.demo.yaml', 'app-config.production.yaml'];

/**
 * Jest over every package, on SQLite, on a PostgreSQL that is started here, outside Jest, and against real metric engines.
 */
const jest = {
  name: 'unit and integration tests on SQLite and PostgreSQL, against Prometheus and VictoriaMetrics',
  async run(logFile) {
    const resultFile = path.join(logDir, 'jest.json');
    fs.rmSync(resultFile, { force: true });
    const engines = await ensureEngines();
    if (engines.missing.length > 0) {
      return {
        passed: 0,
        failed: 1,
        output: `Not found: ${engines.missing.join(
          ', ',
        )}. Contract tests need them: install them so that they are on the path, or name them by AI_ASSURANCE_TEST_PROMETHEUS, AI_ASSURANCE_TEST_PROMTOOL and AI_ASSURANCE_TEST_VICTORIA_METRICS.`,
      };
    }
    const postgres = await startPostgres();
    try {
      const { output } = await run(
        'yarn',
        [
          'backstage-cli',
          'repo',
          'test',
          '--json',
          '--outputFile',
          resultFile,
          '--maxWorkers',
          String(Math.max(1, Math.min(4, os.cpus().length))),
          // A test that hangs is to be found, not one that waits for a busy machine.
          '--testTimeout',
          String(minute),
        ],
        {
          cwd: root,
          env: {
            ...env,
            ...engines.env,
            BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING:
              postgres.connectionString,
          },
          logFile,
          timeoutMs: 30 * minute,
        },
      );
      if (!fs.existsSync(resultFile)) return { passed: 0, failed: 1, output };
      return judgeJest(JSON.parse(fs.readFileSync(resultFile, 'utf8')), output);
    } finally {
      await postgres.stop();
    }
  },
};

function judgeJest(result, output) {
  const tests = result.testResults.flatMap(file => file.assertionResults);
  const onPostgres = tests.filter(
    test => test.status === 'passed' && test.fullName.includes('POSTGRES'),
  );
  const problems = [];
  // PostgreSQL is skipped without a word when its connection string is missing: that would be a green run of half the tests.
  if (onPostgres.length === 0) problems.push('No test ran on PostgreSQL.');
  const skipped = tests.filter(
    test => test.status === 'pending' || test.status === 'todo',
  );
  if (skipped.length > 0)
    problems.push(
      `Skipped tests are not allowed: ${skipped
        .map(test => test.fullName)
        .join('; ')}`,
    );
  const suites = result.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.length === 0,
  );
  suites.forEach(file =>
    problems.push(
      `${path.relative(root, file.name)} did not run: ${file.message.slice(
        0,
        1500,
      )}`,
    ),
  );
  const failed = tests.filter(test => test.status === 'failed');
  return {
    passed: tests.filter(test => test.status === 'passed').length,
    failed: failed.length + problems.length,
    note: `${onPostgres.length} of them on PostgreSQL`,
    output:
      failed.length + problems.length > 0
        ? [
            ...problems,
            ...failed.map(
              test =>
                `✕ ${test.fullName}\n${test.failureMessages
                  .join('\n')
                  .slice(0, 3000)}`,
            ),
          ].join('\n\n') || output
        : '',
  };
}

/** The walks of the demo in a real browser, against the production bundle. */
const browser = {
  name: 'browser walk',
  async run(logFile) {
    const chromium = await ensureChromium();
    const resultFile = path.join(logDir, 'browser.json');
    fs.rmSync(resultFile, { force: true });
    const { output } = await run(
      'yarn',
      ['playwright', 'test', '--config', 'e2e/playwright.config.ts'],
      {
        cwd: root,
        env: {
          ...env,
          PLAYWRIGHT_JSON_OUTPUT_NAME: resultFile,
          ...(chromium ? { PLAYWRIGHT_CHROMIUM_PATH: chromium } : {}),
        },
        logFile,
        timeoutMs: 25 * minute,
      },
    );
    if (!fs.existsSync(resultFile)) return { passed: 0, failed: 1, output };
    const { stats } = JSON.parse(fs.readFileSync(resultFile, 'utf8'));
    const failed =
      stats.unexpected +
      stats.flaky +
      stats.skipped +
      (stats.expected === 0 ? 1 : 0);
    return { passed: stats.expected, failed, output: failed > 0 ? output : '' };
  },
};

/** What a run of the checks must not have changed: generated files are committed, or ignored. */
const cleanTree = {
  name: 'working tree is clean',
  async run() {
    const { code, output } = await run('git', ['status', '--porcelain'], {
      cwd: root,
      env,
    });
    if (code !== 0) return { passed: 1, failed: 0, note: 'not a git checkout' };
    const before = process.env.AI_ASSURANCE_TREE_BEFORE ?? treeBefore;
    return output === before
      ? { passed: 1, failed: 0 }
      : {
          passed: 0,
          failed: 1,
          output: `The checks changed these files; commit what they generate:\n${output}`,
        };
  },
};

const steps = {
  fix: check(
    'package metadata (repo fix)',
    yarn('backstage-cli', 'repo', 'fix', '--check', '--publish'),
  ),
  config: check(
    'configuration schema: app-config.yaml',
    yarn(
      'backstage-cli',
      'config:check',
      '--lax',
      '--strict',
      '--config',
      'app-config.yaml',
    ),
  ),
  ...Object.fromEntries(
    configFiles.map(file => [
      file,
      check(
        `configuration schema: ${file}`,
        yarn(
          'backstage-cli',
          'config:check',
          '--lax',
          '--strict',
          '--config',
          'app-config.yaml',
          '--config',
          file,
        ),
      ),
    ]),
  ),
  types: check('types', yarn('tsc:full'), 10 * minute),
  eslint: check('lint', yarn('backstage-cli', 'repo', 'lint'), 10 * minute),
  imports: check(
    'import rules',
    yarn(
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      'packages',
      'plugins',
      'examples',
    ),
  ),
  prettier: check('formatting', yarn('prettier:check')),
  wire: check(
    'wire contract (OpenAPI document)',
    script('wire.mjs', '--check'),
  ),
  kinds: check('reference of evidence kinds', script('kinds.mjs', '--check')),
  docs: check('documentation for TechDocs', script('docs.mjs')),
  reports: check(
    'API and SQL reports',
    yarn('api-reports', '--ci'),
    10 * minute,
  ),
  jest,
  build: check(
    'build of every package',
    yarn('backstage-cli', 'repo', 'build', '--all'),
    15 * minute,
  ),
  bundle: check('production bundle starts', script('bundle.mjs'), 10 * minute),
  browser,
  tree: cleanTree,
};

let treeBefore = '';

runMain(async () => {
  const only = options.only ?? Object.keys(steps);
  const unknown = only.filter(name => !steps[name]);
  if (unknown.length > 0)
    throw new Stop(
      `No such check: ${unknown.join(', ')}. There are: ${Object.keys(
        steps,
      ).join(', ')}`,
    );
  onStop(async () => {
    await endAll();
    process.exit(130);
  });
  fs.rmSync(logDir, { recursive: true, force: true });
  fs.mkdirSync(logDir, { recursive: true });
  treeBefore = (await run('git', ['status', '--porcelain'], { cwd: root, env }))
    .output;
  for (const name of only) {
    const step = steps[name];
    const startedMs = performance.now();
    let result;
    try {
      result = await step.run(path.join(logDir, `${name}.log`));
    } catch (error) {
      result = { passed: 0, failed: 1, output: String(error.stack ?? error) };
    }
    counts.passed += result.passed;
    counts.failed += result.failed;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    const total = result.passed + result.failed;
    say(
      `${result.failed === 0 ? '✓' : '✕'} ${step.name}${
        total > 1 ? `: ${result.passed} of ${total}` : ''
      }${result.note ? `, ${result.note}` : ''} (${seconds} s)`,
    );
    if (result.failed > 0) {
      failures.push(step.name);
      process.stdout.write(
        `${(result.output ?? '').trim().split('\n').slice(-80).join('\n')}\n`,
      );
    }
  }
  await endAll();
  if (failures.length > 0)
    process.stdout.write(
      `\nFailed: ${failures.join('; ')}. Logs: ${path.relative(
        root,
        logDir,
      )}\n`,
    );
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
});
