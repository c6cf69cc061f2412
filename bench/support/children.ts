import { ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A server in a process of its own, so that it does not share a thread with the load generator. */
export interface Served {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts `support/<file>`, which sends `{ url }` once it listens. Throws when it ends before that. */
export function serve(
  file: string,
  env: Record<string, string> = {},
): Promise<Served> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(join(__dirname, file), [], {
      execArgv: ['--require', '@backstage/cli/config/nodeTransform.cjs'],
      env: { ...process.env, ...env },
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    });
    const ended = new Promise<void>(done => {
      child.once('exit', () => done());
    });
    // The server must not outlive a benchmark that is cut short.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', code =>
      reject(new Error(`${file} ended with code ${code} before it listened`)),
    );
    child.on('message', message => {
      // The transform that loads TypeScript talks on the same channel.
      const { url } = message as { url?: string };
      if (url === undefined) return;
      resolve({
        url,
        pid: child.pid!,
        async stop() {
          child.kill('SIGTERM');
          const forced = setTimeout(kill, 5_000);
          await ended;
          clearTimeout(forced);
          process.off('exit', kill);
        },
      });
    });
  });
}
