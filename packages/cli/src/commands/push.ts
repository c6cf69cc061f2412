import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { connectionOf, type ServerOptions } from '../server/connection';
import { Poster } from '../server/post';
import { sendWithRetries, tellWait } from '../server/retries';
import type { Surroundings } from '../server/surroundings';
import { batchesOf } from '../push/batches';
import {
  itemOf,
  maxItemBytes,
  type PushItem,
  type Unsendable,
} from '../push/items';
import { push, type PushProblem, type PushSummary } from '../push/push';
import { BrokenInput, type InputFormat, valuesOf } from '../push/values';
import { counted, exitCodes, Output, printable, UsageError } from '../words';
import { unreadable, wholeNumber } from './options';

export interface PushOptions extends ServerOptions {
  format?: string;
  json?: boolean;
  timeout?: string;
  attempts?: string;
}

/** The first input that broke off, and how; empty when all could be read to their end. */
type Broken = { where?: string; message?: string };

/** `ai-assurance push`: sends evidence to a server, as often as it takes, without doubling any. */
export async function pushCommand(
  paths: readonly string[],
  options: PushOptions,
  output: Output,
  surroundings: Surroundings,
): Promise<number> {
  const connection = await connectionOf(options, surroundings);
  const format = formatOption(options.format);
  const timeoutMs = 1000 * wholeNumber('--timeout', options.timeout, 60, 3600);
  const attempts = wholeNumber('--attempts', options.attempts, 6, 100);
  if (paths.filter(path => path === '-').length > 1)
    throw new UsageError('Standard input can be read only once');
  // Before the first item leaves: a mistyped second file is no reason to send half.
  for (const path of paths) await requireReadable(path);
  if (connection.warning) output.writeError(`${connection.warning}\n`);

  const broken: Broken = {};
  const poster = new Poster(connection, timeoutMs);
  try {
    const summary = await push(
      batchesOf(itemsOf(paths, format, surroundings, broken)),
      {
        api: connection.api,
        send: body =>
          sendWithRetries(
            () =>
              poster.post(
                '/evidence',
                'application/cloudevents-batch+json',
                body,
              ),
            {
              attempts,
              onWait: tellWait(output),
            },
            surroundings,
          ),
        onProblem: problem => output.write(lineOf(problem, options.json)),
      },
    );
    output.write(
      options.json ? jsonOf(summary, broken) : inWords(summary, broken),
    );
    return exitCodeOf(summary, broken.message !== undefined);
  } finally {
    poster.close();
  }
}

function formatOption(given: string | undefined): InputFormat | undefined {
  if (given === undefined || given === 'json' || given === 'ndjson')
    return given;
  throw new UsageError(`--format is json or ndjson, not ${given}`);
}

async function requireReadable(path: string): Promise<void> {
  if (path === '-') return;
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory())
      throw new UsageError(`${path} is a folder. Name the files in it`);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The items of all inputs, one after the other. An input that breaks off ends there, and is told in `broken`. */
async function* itemsOf(
  paths: readonly string[],
  format: InputFormat | undefined,
  { stdin }: Surroundings,
  broken: Broken,
): AsyncGenerator<PushItem | Unsendable> {
  for (const path of paths) {
    const name = path === '-' ? 'standard input' : path;
    const byName = /\.(ndjson|jsonl)$/i.test(path) ? 'ndjson' : undefined;
    const stream = path === '-' ? stdin : createReadStream(path);
    try {
      for await (const value of valuesOf(stream, {
        format: format ?? byName,
        maxBytes: maxItemBytes,
      })) {
        yield itemOf(value, `${name}:${value.number}`);
      }
    } catch (error) {
      const isReadError =
        (error as NodeJS.ErrnoException).syscall === 'read' ||
        error instanceof BrokenInput;
      if (!isReadError) throw error;
      broken.where ??= name;
      broken.message ??= (error as Error).message;
    }
  }
}

function lineOf(problem: PushProblem, json: boolean | undefined): string {
  if (json) return `${JSON.stringify({ type: 'item', ...problem })}\n`;
  const { where, source, id, outcome, code, message } = problem;
  const item = [source, id].filter(text => text !== undefined).join(' ');
  const why = [code, message].filter(text => text !== undefined).join(', ');
  return `${[where, item, outcome, why]
    .filter(text => text !== '')
    .map(printable)
    .join('  ')}\n`;
}

function jsonOf({ counts, stopped }: PushSummary, broken: Broken): string {
  return `${JSON.stringify({
    type: 'summary',
    acceptedCount: counts.accepted,
    alreadyKnownCount: counts['already-known'],
    conflictCount: counts.conflict,
    quarantinedCount: counts.quarantined,
    refusedCount: counts.refused,
    notSentCount: counts['not-sent'],
    ...(stopped !== undefined && { stopped }),
    ...(broken.message !== undefined && { broken }),
  })}\n`;
}

function inWords({ counts, stopped }: PushSummary, broken: Broken): string {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const parts = [
    `${counts.accepted.toLocaleString('en-US')} accepted`,
    `${counts['already-known'].toLocaleString('en-US')} already known`,
    ...(['conflict', 'quarantined', 'refused', 'not-sent'] as const)
      .filter(outcome => counts[outcome] > 0)
      .map(
        outcome =>
          `${counts[outcome].toLocaleString('en-US')} ${outcome.replace(
            '-',
            ' ',
          )}`,
      ),
  ];
  const lines = [`${counted(total, 'item')}: ${parts.join(', ')}`];
  if (broken.message !== undefined)
    lines.push(
      `${printable(broken.where!)} could not be read to its end: ${
        broken.message
      }.`,
    );
  if (stopped !== undefined)
    lines.push(
      `Stopped: ${printable(stopped)}.`,
      'The rest was not sent. Run the same command again: what is known already changes nothing.',
    );
  if (total === 0 && stopped === undefined && broken.message === undefined)
    lines.push('There was nothing to send.');
  return `${lines.join('\n')}\n`;
}

function exitCodeOf({ counts, stopped }: PushSummary, isBroken: boolean) {
  const { accepted, 'already-known': known, 'not-sent': unsent } = counts;
  const others = counts.conflict + counts.quarantined + counts.refused;
  if (accepted + known + others === 0) return exitCodes.notChecked;
  const isWhole =
    others === 0 && unsent === 0 && stopped === undefined && !isBroken;
  return isWhole ? exitCodes.ok : exitCodes.failed;
}
