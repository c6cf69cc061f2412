import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { fsckCommand, type FsckOptions } from './commands/fsck';
import { importCommand, type ImportOptions } from './commands/import';
import { inspectCommand } from './commands/inspect';
import { pushCommand, type PushOptions } from './commands/push';
import { verifyCommand, type VerifyOptions } from './commands/verify';
import { processSurroundings, type Surroundings } from './server/surroundings';
import { exitCodes, Output, UsageError } from './words';

/** Runs one command line (without node and script) and answers its exit code: 0 good, 1 failed, 2 not checked. */
export async function run(
  args: string[],
  output: Output,
  surroundings: Surroundings = processSurroundings,
): Promise<number> {
  let code: number = exitCodes.ok;
  const program = new Command('ai-assurance')
    .description(
      'AI Assurance: verify and inspect audit packs offline, push evidence, import reports, check a ledger',
    )
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
      '\nExit codes: 0 all is well; 1 something is wrong: a pack or a ledger is not to be relied on, or items were not taken;\n2 nothing was done: wrong usage, nothing readable, or no server.',
    );

  program
    .command('verify')
    .description(
      'Check a pack to the last byte: container, signatures, files, and every item against the log. Or check one item that was saved with its proof',
    )
    .argument('<file>', 'the pack, or the item with its proof')
    .option(
      '--key <key>',
      'the key you trust: verifier key, its fingerprint, or a file that holds one; without it the pack’s own is used, which proves less',
    )
    .option(
      '--keys <file>',
      'keys of the log with their hand-overs, as GET /ledger/keys answers them: for a pack signed with another key of the log than yours',
    )
    .option(
      '--head <file>',
      'a signed head of the log that you kept: shows whether the log was rewritten or cut short since',
    )
    .option(
      '--consistency <file>',
      'the proof between that head and the pack’s, as GET /ledger/consistency answers it',
    )
    .option('--json', 'write the report as JSON')
    .action(async (path: string, options: VerifyOptions) => {
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

  const withServer = (command: Command) =>
    command
      .option(
        '--server <address>',
        'base address of the Backstage backend; default: AI_ASSURANCE_SERVER',
      )
      .option(
        '--token-file <file>',
        'file that holds the token; default: AI_ASSURANCE_TOKEN. A token is never taken from the command line',
      );

  withServer(program.command('push'))
    .description(
      'Send evidence to a server: JSON objects, a JSON array or NDJSON. Safe to repeat: what is known already changes nothing',
    )
    .argument('<files...>', 'files of evidence; - reads standard input')
    .option('--format <json|ndjson>', 'how items stand; default: found out')
    .option('--timeout <seconds>', 'for one request; default 60')
    .option('--attempts <n>', 'how often one request is tried; default 6')
    .option(
      '--json',
      'write one line of JSON per item not taken, and a last one',
    )
    .addHelpText(
      'after',
      `
Prints a line for each item that was not accepted, and a summary.
An item without an id gets one from the SHA-256 of its content, so that sending it again is sending the same.
Exit codes: 0 all accepted or already known, 1 some were not, 2 nothing could be sent.`,
    )
    .action(async (files: string[], options: PushOptions) => {
      code = await pushCommand(files, options, output, surroundings);
    });

  withServer(program.command('import'))
    .description(
      'Have a server turn the report of another tool into evidence. Safe to repeat: the same file is known already',
    )
    .argument(
      '<format>',
      'evidently, nannyml, great-expectations, soda, garak, promptfoo, otel-genai, plain, or one that a module of the server adds',
    )
    .argument('<file>', 'the report, as the tool wrote it')
    .requiredOption(
      '--subject <ref>',
      'what it is about, in full: kind:namespace/name',
    )
    .option('--subject-version <label>', 'version that it is about')
    .option('--subject-digest <digest>', 'digest of that version, sha256:…')
    .option('--dataset-id <name>', 'what the data is called')
    .option('--dataset-digest <digest>', 'digest of the data, sha256:…')
    .option('--window-start <instant>', 'start of the stretch it is about, UTC')
    .option('--window-end <instant>', 'its end, which lies no more within')
    .option('--preview', 'only say what would be recorded')
    .option('--timeout <seconds>', 'for one request; default 60')
    .option('--attempts <n>', 'how often it is tried; default 6')
    .option('--json', 'write the answer as JSON')
    .addHelpText(
      'after',
      `
What the report does not say is not guessed: state it with the options, if it is true of this report.
Exit codes: 0 imported or known already, 1 the server refused the report and says where it is wrong, 2 nothing was sent.`,
    )
    .action(async (format: string, path: string, options: ImportOptions) => {
      code = await importCommand(format, path, options, output, surroundings);
    });

  withServer(program.command('fsck'))
    .description(
      'Have a server derive its whole ledger again from the stored bytes, and name the first wrong row',
    )
    .option(
      '--key <key>',
      'the key you trust: verifier key, its fingerprint, or a file that holds one; compared with the one the server signs with',
    )
    .option('--timeout <seconds>', 'for the check; default 900')
    .option('--attempts <n>', 'how often it is tried; default 3')
    .option('--json', 'write the finding as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 clean, 1 a row is wrong or the key is another, 2 nothing could be checked.',
    )
    .action(async (options: FsckOptions) => {
      code = await fsckCommand(options, output, surroundings);
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
