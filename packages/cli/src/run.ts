import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { inspectCommand } from './commands/inspect';
import { verifyCommand } from './commands/verify';
import { exitCodes, Output, UsageError } from './words';

/** Runs one command line (without node and script) and answers its exit code: 0 good, 1 failed, 2 not checked. */
export async function run(args: string[], output: Output): Promise<number> {
  let code: number = exitCodes.ok;
  const program = new Command('ai-assurance')
    .description('Verify and inspect audit packs of AI Assurance, offline')
    .version(version)
    // Of two packs the second would go unchecked, and the answer would sound as if both were good.
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: text => output.write(text),
      writeErr: text => output.writeError(text),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 the pack is not to be relied on, 2 nothing could be checked.',
    );

  program
    .command('verify')
    .description(
      'Check a pack to the last byte: container, signatures, files, and every item against the log',
    )
    .argument('<pack.zip>', 'the pack')
    .option(
      '--key <verifier key or file>',
      'the key you trust; without it the pack’s own is used, which proves less',
    )
    .option('--json', 'write the report as JSON')
    .action(async (path: string, options: { key?: string; json?: boolean }) => {
      code = await verifyCommand(path, options, output);
    });

  program
    .command('inspect')
    .description('Show what a pack says it holds, without verifying it')
    .argument('<pack.zip>', 'the pack')
    .option('--items', 'list every item')
    .action(async (path: string, options: { items?: boolean }) => {
      code = await inspectCommand(path, options, output);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.notChecked;
    if (error instanceof UsageError) {
      output.writeError(`${error.message}\n`);
      return exitCodes.notChecked;
    }
    output.writeError(
      `Nothing was checked: ${
        error instanceof Error ? error.message : String(error)
      }\n`,
    );
    return exitCodes.notChecked;
  }
  return code;
}
