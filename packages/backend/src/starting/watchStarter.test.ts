import { ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// Processes begin, on cores that much else runs on.
jest.setTimeout(60_000);

const watcher = resolve(__dirname, '../../../../scripts/lib/watchStarter.mjs');

/** Looks again and again until there is something. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise<void>(done => {
      setImmediate(done);
    });
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('what npm started', () => {
  let folder: string;
  let npm: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ai-assurance-starter-'));
    // As `npm start` does: a package whose script runs a program.
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({
        name: 'started',
        version: '1.0.0',
        scripts: { start: 'node program.mjs' },
      }),
    );
    writeFileSync(
      join(folder, 'program.mjs'),
      `import { writeFileSync } from 'node:fs';
      import { watchStarter } from ${JSON.stringify(
        pathToFileURL(watcher).href,
      )};
      // A supervisor may leave signals to us; they alone do not end it.
      setInterval(() => {}, 1000);
      watchStarter(() => { writeFileSync('stopped', 'yes'); process.exit(); });
      writeFileSync('pids', [process.pid, process.ppid].join(' '));`,
    );
  });
  afterEach(() => {
    npm?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const read = (name: string) => {
    const file = join(folder, name);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text === '' ? undefined : text;
  };
  const start = async (command: string, args: string[]) => {
    npm = spawn(command, args, { cwd: folder, stdio: 'ignore' });
    const [pid, parent] = (await until(() => read('pids')))
      .split(' ')
      .map(Number);
    return { pid, parent };
  };

  it.each<[string, NodeJS.Signals]>([
    ['is told to end', 'SIGTERM'],
    ['is killed outright', 'SIGKILL'],
  ])('ends when npm %s', async (_how, signal) => {
    const { pid } = await start('npm', ['start']);
    npm!.kill(signal);
    expect(await until(() => read('stopped'))).toBe('yes');
    await until(() => (isAlive(pid) ? undefined : true));
  });

  it('ends when the shell between is told to end', async () => {
    const { pid, parent } = await start('npm', ['start']);
    process.kill(parent, 'SIGTERM');
    expect(await until(() => read('stopped'))).toBe('yes');
    await until(() => (isAlive(pid) ? undefined : true));
  });
});
