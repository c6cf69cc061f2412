import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { say, Stop } from './say.mjs';

export const root = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../..',
);

const NODE_VERSION = '24.21.0';
const NODE_MAJORS = [22, 24];
const YARN_VERSION = '4.13.0';
const isWindows = process.platform === 'win32';
const toolchainDir = path.join(root, '.toolchain');
const setupLog = path.join(root, '.cache', 'setup.log');

const inRoot = (...parts) => path.join(root, ...parts);

function answerOf(command, args, env) {
  try {
    return execFileSync(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: isWindows,
    })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** The registry that npm is set up to use, so that yarn asks the same one. */
function npmRegistry() {
  return answerOf('npm', ['config', 'get', 'registry'], process.env) ?? '';
}

/** Turns what a package manager printed into one sentence for the user. */
export function explainSetupFailure(output, registry, doing) {
  if (/ENOSPC|no space left/i.test(output)) {
    return `The disk is full: ${doing} needs about 4 GB below ${root}. Free some space and run the same command again.`;
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|EHOSTUNREACH|RequestError|network/i.test(
      output,
    )
  ) {
    return `No network: ${doing} could not reach the package registry${
      registry ? ` ${registry}` : ''
    }. Connect (or set npm's registry and proxy) and run the same command again.`;
  }
  if (/EACCES|EPERM/.test(output)) {
    return `${doing} may not write below ${root}. Give yourself the right to write there and run the same command again.`;
  }
  return `${doing} failed. The last lines were:\n${output
    .trim()
    .split('\n')
    .slice(-12)
    .join('\n')}\nThe whole log is ${path.relative(process.cwd(), setupLog)}.`;
}

function checkDisk(neededBytes, doing) {
  if (!fs.statfsSync) return;
  const { bavail, bsize } = fs.statfsSync(root);
  const free = Number(bavail) * Number(bsize);
  if (free < neededBytes) {
    throw new Stop(
      `Not enough disk space: ${doing} needs about ${Math.ceil(
        neededBytes / 1e9,
      )} GB, ${(free / 1e9).toFixed(
        1,
      )} GB are free at ${root}. Free some space and run the same command again.`,
    );
  }
}

const withPath = (env, ...dirs) => ({
  ...env,
  PATH: [...dirs, env.PATH ?? env.Path].join(path.delimiter),
});

/**
 * Finds a Node and a yarn that serve, or fetches them from the npm registry into `.toolchain`. Returns the environment to
 * run everything else in, and the path of that Node.
 */
export async function ensureToolchain() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 18) {
    throw new Stop(
      `Node.js ${process.versions.node} is too old to begin with. Install Node.js 18 or newer (24 is best) and run the same command again.`,
    );
  }
  const nodeServes = NODE_MAJORS.includes(major);
  const yarnServes =
    nodeServes &&
    /^4\./.test(
      answerOf('yarn', ['--version'], {
        ...process.env,
        COREPACK_ENABLE_NETWORK: '0',
        COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
      }) ?? '',
    );
  const packages = [
    ...(nodeServes
      ? []
      : [
          `node-${isWindows ? 'win' : process.platform}-${
            process.arch
          }@${NODE_VERSION}`,
        ]),
    ...(yarnServes ? [] : [`@yarnpkg/cli-dist@${YARN_VERSION}`]),
  ];
  const nodeDir = inRoot(
    '.toolchain',
    'node_modules',
    `node-${isWindows ? 'win' : process.platform}-${process.arch}`,
  );
  let env = { ...process.env };
  let node = process.execPath;
  if (packages.length > 0) {
    const stamp = path.join(toolchainDir, 'stamp');
    const wanted = packages.join(' ');
    if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
      checkDisk(5e8, 'Setting up Node.js and yarn');
      say(
        `Fetching ${packages
          .map(p =>
            p
              .replace(/^@yarnpkg\/cli-dist/, 'yarn')
              .replace(/^node-[^@]*/, 'Node.js'),
          )
          .join(' and ')} …`,
      );
      fs.rmSync(toolchainDir, { recursive: true, force: true });
      fs.mkdirSync(toolchainDir, { recursive: true });
      fs.mkdirSync(path.dirname(setupLog), { recursive: true });
      // A package.json of its own keeps npm from walking up into the workspace.
      fs.writeFileSync(
        path.join(toolchainDir, 'package.json'),
        '{ "private": true }\n',
      );
      const { code, output } = await run(
        'npm',
        [
          'install',
          '--no-audit',
          '--no-fund',
          '--ignore-scripts',
          '--no-save',
          // Without network npm would keep trying for minutes before anybody is told.
          '--fetch-retries=1',
          '--fetch-retry-mintimeout=2000',
          '--prefix',
          toolchainDir,
          ...packages,
        ],
        { cwd: toolchainDir, env: process.env, logFile: setupLog },
      );
      if (code !== 0)
        throw new Stop(
          explainSetupFailure(
            output,
            npmRegistry(),
            'Fetching Node.js and yarn',
          ),
        );
      fs.writeFileSync(stamp, wanted);
    }
    env = withPath(
      env,
      ...(nodeServes ? [] : [path.join(nodeDir, 'bin')]),
      inRoot('.toolchain', 'node_modules', '.bin'),
    );
    if (!nodeServes) {
      node = path.join(nodeDir, 'bin', isWindows ? 'node.exe' : 'node');
      // Should anything ever be compiled, it must see the headers of this Node and not of another one.
      env.npm_config_nodedir = nodeDir;
    }
  }
  const home = env.HOME ?? env.USERPROFILE ?? os.homedir();
  const hasYarnSettings =
    env.YARN_NPM_REGISTRY_SERVER ||
    fs.existsSync(path.join(home, '.yarnrc.yml'));
  const registry = hasYarnSettings ? '' : npmRegistry();
  if (registry) env.YARN_NPM_REGISTRY_SERVER = registry.replace(/\/$/, '');
  return { env, node, registry };
}

function installStamp() {
  const hash = crypto.createHash('sha256');
  for (const file of ['yarn.lock', '.yarnrc.yml', 'package.json'])
    hash.update(fs.readFileSync(inRoot(file)));
  return hash.digest('hex');
}

/** Installs what `yarn.lock` names, unless that is already there. Safe to repeat and to interrupt. */
export async function ensureInstalled({ env, registry }) {
  const stampFile = inRoot('node_modules', '.ai-assurance-install');
  const stamp = installStamp();
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp)
    return;
  checkDisk(4e9, 'Installing the dependencies');
  say('Installing dependencies (about a minute or two the first time) …');
  fs.mkdirSync(path.dirname(setupLog), { recursive: true });
  let result;
  // A fetch that hiccups can crash yarn; a second try continues from its cache.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    result = await run('yarn', ['install', '--immutable'], {
      cwd: root,
      env: {
        ...env,
        CI: '',
        YARN_ENABLE_PROGRESS_BARS: '0',
        YARN_ENABLE_COLORS: '0',
      },
      logFile: setupLog,
      onLine: line => {
        const step = line.match(/┌ (Resolution|Fetch|Link) step/);
        if (step)
          say(
            `  ${
              { Resolution: 'resolving', Fetch: 'fetching', Link: 'linking' }[
                step[1]
              ]
            } …`,
          );
      },
    });
    if (result.code === 0 || /YN0028|ENOSPC/.test(result.output)) break;
    if (attempt === 1) say('  the first try failed, trying once more …');
  }
  if (result.code !== 0) {
    const faults =
      result.output
        .split('\n')
        .filter(line => /YN0001|YN0028|YN0035|YN0082|rror/.test(line))
        .join('\n') || result.output;
    throw new Stop(
      explainSetupFailure(faults, registry, 'Installing the dependencies'),
    );
  }
  fs.writeFileSync(stampFile, stamp);
}
