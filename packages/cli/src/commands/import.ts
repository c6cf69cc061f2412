import { wireShapes } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { readFile, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { connectionOf, type ServerOptions } from '../server/connection';
import { type Answer, jsonOf, NoAnswer, Poster } from '../server/post';
import { hopeless, problemOf, unreadableAnswer } from '../server/problem';
import { sendWithRetries, tellWait } from '../server/retries';
import type { Surroundings } from '../server/surroundings';
import { counted, exitCodes, Output, printable, UsageError } from '../words';
import { unreadable, wholeNumber } from './options';

export interface ImportOptions extends ServerOptions {
  subject?: string;
  subjectVersion?: string;
  subjectDigest?: string;
  datasetId?: string;
  datasetDigest?: string;
  windowStart?: string;
  windowEnd?: string;
  preview?: boolean;
  json?: boolean;
  timeout?: string;
  attempts?: string;
}

/** As much as a server may be told to take. */
const mostBytes = 64 * 1024 * 1024;

const statements = [
  'subject',
  'subjectVersion',
  'subjectDigest',
  'datasetId',
  'datasetDigest',
  'windowStart',
  'windowEnd',
] as const;

/** `ai-assurance import`: has a server turn the report of another tool into evidence, once however often it is sent. */
export async function importCommand(
  format: string,
  path: string,
  options: ImportOptions,
  output: Output,
  surroundings: Surroundings,
): Promise<number> {
  const connection = await connectionOf(options, surroundings);
  const timeoutMs = 1000 * wholeNumber('--timeout', options.timeout, 60, 3600);
  const attempts = wholeNumber('--attempts', options.attempts, 6, 100);
  if (!options.subject)
    throw new UsageError(
      'About which subject? Give --subject resource:default/my-model',
    );
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(format))
    throw new UsageError(`${format} cannot be a format`);
  const bytes = await bytesOf(path);
  if (connection.warning) output.writeError(`${connection.warning}\n`);

  const query = new URLSearchParams();
  for (const name of statements) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  if (options.preview) query.set('preview', 'true');
  const poster = new Poster(connection, timeoutMs);
  let answer: Answer;
  try {
    answer = await sendWithRetries(
      () =>
        poster.post(
          `/imports/${format}?${query}`,
          'application/octet-stream',
          bytes,
        ),
      { attempts, onWait: tellWait(output) },
      surroundings,
    );
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new UsageError(
      `Nothing is known to be imported. No answer from ${connection.api}: ${error.message}. Run it again: what is known already changes nothing`,
    );
  } finally {
    poster.close();
  }
  return tell(path, answer, connection.api, options.json, output);
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw new UsageError(
        `${path} is larger than ${mostBytes / 1024 / 1024} MiB`,
      );
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

type Result = z.output<typeof wireShapes.importResultShape>;

function tell(
  path: string,
  answer: Answer,
  api: string,
  json: boolean | undefined,
  output: Output,
): number {
  if (answer.status === 200) {
    const { data } = wireShapes.importResultShape.safeParse(jsonOf(answer));
    if (!data) throw new UsageError(unreadableAnswer(api));
    output.write(
      json ? `${JSON.stringify(data, undefined, 2)}\n` : inWords(data),
    );
    return exitCodes.ok;
  }
  const { code, message } = problemOf(answer);
  // The one 404 that is about what was asked for, not about the address.
  const halt = code === 'UNKNOWN_FORMAT' ? undefined : hopeless(answer, api);
  if (halt !== undefined) throw new UsageError(printable(halt));
  output.write(
    json
      ? `${JSON.stringify({ file: path, code, message }, undefined, 2)}\n`
      : `${[path, code, message].map(printable).join('  ')}\n`,
  );
  return exitCodes.failed;
}

function inWords({ items, notes, reportDigest }: Result): string {
  const of = (outcome: Result['items'][number]['outcome']) =>
    items.filter(item => item.outcome === outcome).length;
  const lines = items.map(item =>
    [
      item.outcome,
      item.type,
      item.metric,
      item.status,
      item.sampleCount === null ? 'n not stated' : `n = ${item.sampleCount}`,
      item.evidenceId === null ? null : `evidence ${item.evidenceId}`,
    ]
      .filter(part => part !== null)
      .map(printable)
      .join('  '),
  );
  const preview = of('preview');
  const summary =
    preview > 0
      ? `${counted(preview, 'item')} would be recorded`
      : `${counted(items.length, 'item')}: ${of('accepted')} accepted, ${of(
          'already-known',
        )} already known`;
  return `${[
    ...lines,
    ...notes.map(note => `Note: ${printable(note)}`),
    `${summary}, from ${reportDigest}`,
  ].join('\n')}\n`;
}
