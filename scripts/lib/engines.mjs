import fs from 'node:fs';
import path from 'node:path';
import { run, whereIs } from './processes.mjs';
import { say } from './say.mjs';
import { root } from './toolchain.mjs';

const folder = path.join(root, '.cache', 'engines');

/** The metric engines that contract tests run against: command, the variable that tests read, and Debian's package. */
const engines = [
  ['prometheus', 'AI_ASSURANCE_TEST_PROMETHEUS', 'prometheus'],
  ['promtool', 'AI_ASSURANCE_TEST_PROMTOOL', 'prometheus'],
  [
    'victoria-metrics',
    'AI_ASSURANCE_TEST_VICTORIA_METRICS',
    'victoria-metrics',
  ],
];

function find(command, variable) {
  if (process.env[variable]) return process.env[variable];
  const unpacked = path.join(folder, 'usr', 'bin', command);
  if (fs.existsSync(unpacked)) return unpacked;
  return whereIs(command);
}

/** Unpacks Debian's packages into the cache: nothing is installed, and no service of theirs is started. */
async function unpack(packages) {
  fs.mkdirSync(folder, { recursive: true });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (process.getuid?.() === 0) await run('apt-get', ['update'], { env });
  const { output } = await run('apt-get', ['download', ...packages], {
    cwd: folder,
    env,
  });
  for (const file of fs.readdirSync(folder)) {
    if (!file.endsWith('.deb')) continue;
    await run('dpkg-deb', ['-x', file, '.'], { cwd: folder, env });
    fs.rmSync(path.join(folder, file));
  }
  return output;
}

/**
 * Finds Prometheus, promtool and VictoriaMetrics: by their variable, in the cache, on the path, or from Debian's packages.
 * Answers the environment that tests read, and the names of those that are missing.
 */
export async function ensureEngines() {
  const absent = () =>
    engines.filter(([command, variable]) => !find(command, variable));
  if (absent().length > 0 && fs.existsSync('/usr/bin/apt-get')) {
    say('  fetching Prometheus and VictoriaMetrics from Debian …');
    const packages = new Set(absent().map(([, , name]) => name));
    const output = await unpack([...packages]);
    if (absent().length > 0)
      say(`  that did not work: ${output.trim().split('\n').pop()}`);
  }
  return {
    env: Object.fromEntries(
      engines
        .map(([command, variable]) => [variable, find(command, variable)])
        .filter(([, place]) => place),
    ),
    missing: absent().map(([command]) => command),
  };
}
