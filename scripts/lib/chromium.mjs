import fs from 'node:fs';
import { run, whereIs } from './processes.mjs';
import { say, Stop } from './say.mjs';
import { root } from './toolchain.mjs';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function onThisMachine() {
  if (process.env.PLAYWRIGHT_CHROMIUM_PATH)
    return process.env.PLAYWRIGHT_CHROMIUM_PATH;
  for (const name of names) {
    const found = whereIs(name);
    if (found) return found;
  }
  return places.find(place => fs.existsSync(place));
}

/**
 * Finds a Chromium: one that is installed; Debian's package when we are root on such a system; otherwise Playwright's own
 * download, for which the path is `undefined` because Playwright knows it.
 */
export async function ensureChromium() {
  const present = onThisMachine();
  if (present) return present;
  if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    say('  installing Chromium from Debian …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const update = await run('apt-get', ['update'], { env });
    const install = await run(
      'apt-get',
      [
        'install',
        '-y',
        '--no-install-recommends',
        'chromium',
        'fonts-dejavu-core',
      ],
      { env },
    );
    const installed = onThisMachine();
    if (installed) return installed;
    say(
      `  Debian's package did not install: ${(update.output + install.output)
        .trim()
        .split('\n')
        .pop()}`,
    );
  }
  say("  downloading Playwright's Chromium …");
  const { code, output } = await run(
    'yarn',
    ['playwright', 'install', 'chromium'],
    { cwd: root, env: process.env },
  );
  if (code !== 0) {
    throw new Stop(
      `No Chromium for the browser walk: none is installed and none could be downloaded. Install Chromium, or set PLAYWRIGHT_CHROMIUM_PATH. (${output
        .trim()
        .split('\n')
        .pop()})`,
    );
  }
  return undefined;
}
