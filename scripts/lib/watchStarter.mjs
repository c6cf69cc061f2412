import { execFileSync } from 'node:child_process';

const everyMs = 500;

function lookUp(pid) {
  try {
    const [, ppid, args] = execFileSync(
      'ps',
      ['-o', 'ppid=,args=', '-p', String(pid)],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
      .toString()
      .match(/^\s*(\d+)\s+(.*)/);
    return { ppid: Number(ppid), args };
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Calls `stop` once when npm, or the shell that npm put between, is gone. npm hands a signal to its shell, the shell ends and
 * tells nobody, and of an outright kill nobody hears anything: what they started would live on without an owner. Does nothing
 * in a process that npm did not start: who starts it by hand may well go away. Never keeps the process alive.
 */
export function watchStarter(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  if (process.platform === 'win32') return;
  const parent = process.ppid;
  const found = lookUp(parent);
  const isShell = /^(\S*\/)?(ba|da|z|k)?sh -c /.test(found?.args ?? '');
  // Behind npm itself is whoever started npm, whose going away is not our matter.
  const watched = isShell ? [found.ppid] : [];
  const timer = setInterval(() => {
    if (process.ppid === parent && watched.every(isAlive)) return;
    clearInterval(timer);
    stop();
  }, everyMs);
  timer.unref();
}
