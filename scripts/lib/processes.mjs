import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const running = new Set();
const watchParent = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  'watchParent.cjs',
);

/**
 * Starts a long-running Node process. It ends with this one, however this one ends: on a signal we end it, and if we are
 * killed outright it notices that its channel to us is gone.
 */
export function startNode(args, { cwd, env, logFile }) {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--require', watchParent, ...args], {
    cwd,
    env,
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own: Ctrl-C in the terminal reaches us alone, and we end our processes in order.
    detached: process.platform !== 'win32',
  });
  fs.closeSync(log);
  child.ended = new Promise(resolve => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
    child.once('error', error => {
      running.delete(child);
      resolve({ code: 1, signal: null, error });
    });
  });
  running.add(child);
  return child;
}

/**
 * Ends every process that we began, the newest first, so that a reporter hands in its last measurements while the portal
 * still listens; each politely first, then not. Resolves when they are gone.
 */
export async function endAll(graceMs = 8000) {
  for (const child of [...running].reverse()) {
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await child.ended;
    clearTimeout(impatient);
  }
}

/** Runs a command to its end; resolves with its exit code and everything it printed. */
export function run(
  command,
  args,
  { cwd, env, onLine, logFile, timeoutMs } = {},
) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.ended = new Promise(done => child.once('close', done));
    let output = '';
    let rest = '';
    const log = logFile
      ? fs.createWriteStream(logFile, { flags: 'a' })
      : undefined;
    const take = chunk => {
      const text = chunk.toString();
      output += text;
      log?.write(text);
      if (onLine) {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.forEach(onLine);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = timeoutMs
      ? setTimeout(() => {
          output += `\nstopped after ${timeoutMs / 1000} s\n`;
          child.kill('SIGKILL');
        }, timeoutMs)
      : undefined;
    const end = code => {
      running.delete(child);
      clearTimeout(timer);
      log?.end();
      resolve({ code, output });
    };
    child.once('error', error => {
      output += String(error);
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? (signal ? 128 : 1)));
  });
}

/** Where a command lies on the path; `undefined` when it does not. */
export function whereIs(command) {
  try {
    return execFileSync('which', [command], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** Calls `stop` once on Ctrl-C, termination or hang-up, and when the process that started this one was killed outright. */
export function onStop(stop) {
  let stopping = false;
  const once = signal => {
    if (stopping) return;
    stopping = true;
    stop(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => once(signal));
  if (process.channel) {
    process.once('disconnect', () => once('SIGTERM'));
    process.channel.unref();
  }
}
