/**
 * The command `ai-assurance`.
 *
 * @packageDocumentation
 */
import { run } from './run';

/** Runs the command line of this process and sets its exit code. */
export async function main(): Promise<void> {
  // A reader that closes early, such as head, is no failure of ours.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  });
  process.exitCode = await run(process.argv.slice(2), {
    write: text => process.stdout.write(text),
    writeError: text => process.stderr.write(text),
  });
}
