import { Readable } from 'node:stream';
import { run } from '../run';
import type { Surroundings } from '../server/surroundings';

/** One run of the command line, with what it wrote and how long it would have waited. */
export interface ShellRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly waitsMs: readonly number[];
}

/** Runs a command line with an environment and a standard input of its own, and without waiting between attempts. */
export async function shellIn(
  world: {
    env?: Record<string, string>;
    stdin?: Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>;
    random?: () => number;
  },
  ...args: string[]
): Promise<ShellRun> {
  let out = '';
  let err = '';
  const waitsMs: number[] = [];
  const surroundings: Surroundings = {
    env: world.env ?? {},
    stdin: Readable.from(world.stdin ?? [], { objectMode: false }),
    sleep: async ms => {
      waitsMs.push(ms);
    },
    random: world.random ?? (() => 0),
    nowMs: () => 1_763_816_400_000,
  };
  const code = await run(
    args,
    {
      write: text => (out += text),
      writeError: text => (err += text),
    },
    surroundings,
  );
  return { code, out, err, waitsMs };
}

/** Runs a command line that needs nothing of its surroundings. */
export async function shell(
  ...args: string[]
): Promise<Pick<ShellRun, 'code' | 'out' | 'err'>> {
  const { code, out, err } = await shellIn({}, ...args);
  return { code, out, err };
}
