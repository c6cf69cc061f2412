import { ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Order } from './appendingChild';

/** What a child recorded and was answered for. */
export interface Answered {
  /** Evidence ids of each batch, by its number. */
  batches: Map<number, string[]>;
  outcomes: Set<string>;
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A ledger in a process of its own that has loaded its code and waits for orders. */
export interface ReadyChild {
  follow(order: Order): Promise<Answered>;
  stop(): void;
}

/** Starting one takes some seconds: start those that a test needs together. */
export function startChild(): Promise<ReadyChild> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(join(__dirname, 'appendingChild.ts'), [], {
      execArgv: ['--require', '@backstage/cli/config/nodeTransform.cjs'],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const stop = () => {
      child.kill('SIGKILL');
    };
    process.once('exit', stop);
    const answered: Answered = {
      batches: new Map(),
      outcomes: new Set(),
      code: null,
      signal: null,
    };
    const ended = new Promise<Answered>(done => {
      child.once('exit', (code, signal) => {
        process.off('exit', stop);
        done({ ...answered, code, signal });
      });
    });
    child.once('exit', code =>
      reject(
        new Error(`The child ended with code ${code} before it was ready`),
      ),
    );
    child.on('message', (message: any) => {
      if (message.isReady)
        resolve({
          stop,
          follow(order) {
            child.send(order);
            return ended;
          },
        });
      if (message.ids) {
        answered.batches.set(message.batch, message.ids);
        for (const outcome of message.outcomes) answered.outcomes.add(outcome);
      }
    });
  });
}
