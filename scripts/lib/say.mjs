/** What the commands print. Progress goes to standard output, faults to standard error. */
const started = Date.now();

const elapsed = () =>
  `${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s`;

export const say = text => process.stdout.write(`${elapsed()}  ${text}\n`);

/** A fault the user can do something about: one clear sentence, no stack. */
export class Stop extends Error {}

/** Runs `work`; a {@link Stop} becomes one sentence and exit code 1, anything else keeps its stack. */
export async function runMain(work) {
  try {
    await work();
  } catch (error) {
    process.stderr.write(
      error instanceof Stop
        ? `\n${error.message}\n`
        : `\n${error.stack ?? error}\n`,
    );
    process.exitCode = 1;
  }
}
