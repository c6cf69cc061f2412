import { errorCodeOf } from './core/errorCode';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Request, Response } from 'express';
import { once } from 'node:events';
import { EvidenceIntake } from '../ledger';
import { parseJson } from './arrivals';
import { openBody } from './body';
import { counted, noOutcomes } from './core/outcome';
import { IntakeService } from './IntakeService';
import { Line, LineSplitter } from './lines';
import { IntakeSettings } from './settings';
import { Arrival, ItemResult, ReadArrival, Sender } from './types';

/** Longest line, in bytes: an item may not be longer in its shortest form. */
const maxLineBytes = 256 * 1024;

/** A group is recorded when it holds this many lines or bytes; the next ones are read and judged meanwhile. */
const maxGroupLines = 1000;
const maxGroupBytes = 1024 * 1024;

/**
 * Groups that are read, judged or recorded at the same time; nothing more is taken in until the first of them is answered. With
 * fewer, the thread that reads them stands idle while a slow disk holds up the one that writes.
 */
const maxGroups = 6;

/**
 * Answers that wait for the sender to read them. Many senders read only when they have sent all: waiting for those at once
 * would end in each waiting for the other, so that answers are held up to here.
 */
const maxHeldAnswerBytes = 32 * 1024 * 1024;
const maxAnswerWaitMs = 60_000;

/** The last line of the answer. */
interface Summary {
  isComplete: boolean;
  code?: string;
  message?: string;
}

function arrivalOf(line: Line): Arrival {
  if ('bytes' in line) return parseJson(line.bytes);
  return {
    bytes: line.beginning,
    sizeBytes: line.sizeBytes,
    digest: line.digest,
    code: 'TOO_LARGE',
    message: `The line has ${line.sizeBytes} bytes, ${maxLineBytes} are allowed. Store larger facts elsewhere and name them by digest.`,
  };
}

/** What the lines of a group are: read in a thread of its own where that could be done, else here. */
async function arrivalsOf(
  lines: Line[],
  ledger: Pick<EvidenceIntake, 'readLines'>,
): Promise<(Arrival | ReadArrival)[]> {
  const whole = lines.flatMap(line => ('bytes' in line ? [line.bytes] : []));
  const readings = await ledger.readLines(whole);
  let at = 0;
  return lines.map(line => {
    if (!('bytes' in line)) return arrivalOf(line);
    const read = readings[at];
    at += 1;
    return read ? { read, again: () => arrivalOf(line) } : arrivalOf(line);
  });
}

/**
 * Takes a stream of lines, one event each, in groups: memory holds {@link maxGroups} and the one that comes in, however long
 * the stream is. They are judged and recorded in their order. Every answer is written once its item is committed; what was
 * answered stays, whatever happens to the rest.
 */
export async function takeStream(
  request: Request,
  response: Response,
  deps: {
    service: IntakeService;
    ledger: Pick<EvidenceIntake, 'readLines'>;
    sender: Sender;
    settings: IntakeSettings;
    logger: LoggerService;
  },
): Promise<void> {
  const { service, ledger, sender, settings, logger } = deps;
  const body = openBody(request);
  const splitter = new LineSplitter(maxLineBytes);
  let counts = noOutcomes;
  let streamBytes = 0;
  let group: Line[] = [];
  let groupBytes = 0;
  let begunCount = 0;
  /** Ends when the group that was handed over last stands in line, and so when all before it do. */
  let beginning: Promise<unknown> = Promise.resolve();
  /** Ends with the answers of a group, and so with those of all before it; the last ones, in order. */
  const answering: Promise<void>[] = [];

  const begin = () => {
    if (response.headersSent) return;
    response.status(200);
    response.setHeader('content-type', 'application/x-ndjson');
    // Compression would hold answers back until there are many.
    response.setHeader('cache-control', 'no-store, no-transform');
  };
  const write = async (text: string) => {
    begin();
    response.write(text);
    if (response.writableLength > maxHeldAnswerBytes && !response.destroyed)
      await Promise.race([
        once(response, 'drain', {
          signal: AbortSignal.timeout(maxAnswerWaitMs),
        }),
        once(response, 'close'),
      ]);
  };
  const answer = async (
    first: number,
    recording: Promise<ItemResult[]>,
    before: Promise<void> | undefined,
  ) => {
    // Both are waited for, whichever fails.
    const [earlier, recorded] = await Promise.allSettled([before, recording]);
    if (earlier.status === 'rejected') throw earlier.reason;
    if (recorded.status === 'rejected') throw recorded.reason;
    const results = recorded.value;
    counts = counted(counts, results);
    let text = '';
    for (const result of results)
      text += `${JSON.stringify({ ...result, index: first + result.index })}\n`;
    await write(text);
  };
  const record = async (
    reading: Promise<(Arrival | ReadArrival)[]>,
    before: Promise<unknown>,
  ) => {
    const arrivals = await reading;
    await before;
    return service.begin(arrivals, sender);
  };
  /** Hands the group over as soon as few others are under way; its failure comes up with a later call. */
  const flush = async () => {
    if (group.length === 0) return;
    if (answering.length >= maxGroups) await answering.shift();
    const first = begunCount;
    begunCount += group.length;
    const recording = record(arrivalsOf(group, ledger), beginning);
    recording.catch(() => {});
    beginning = recording;
    group = [];
    groupBytes = 0;
    const answered = answer(
      first,
      recording.then(({ results }) => results),
      answering.at(-1),
    );
    answered.catch(() => {});
    answering.push(answered);
  };
  const take = async (lines: Line[]) => {
    for (const line of lines) {
      group.push(line);
      groupBytes += 'bytes' in line ? line.bytes.length : maxLineBytes;
      if (group.length >= maxGroupLines || groupBytes >= maxGroupBytes)
        await flush();
    }
  };

  let summary: Summary = { isComplete: true };
  try {
    for await (const chunk of body.chunks) {
      streamBytes += chunk.length;
      if (streamBytes > settings.maxStreamBytes) {
        body.stop();
        summary = {
          isComplete: false,
          code: 'BODY_TOO_LARGE',
          message: `The stream is longer than ${settings.maxStreamBytes} bytes after decompression. What was answered is recorded; send the rest in another request.`,
        };
        break;
      }
      await take(splitter.push(chunk));
    }
    // A line that was cut off by our own limit is no line of the sender's.
    if (summary.isComplete) await take(splitter.end());
    await flush();
    await answering.at(-1);
  } catch (error) {
    body.stop();
    await answering.at(-1)?.catch(() => {});
    if (!response.headersSent) throw error;
    const code = errorCodeOf(error);
    // What went wrong inside is for the log, not for strangers.
    const why = code === 'INTERNAL' ? '' : `: ${(error as Error).message}`;
    summary = {
      isComplete: false,
      code,
      message: `The stream broke off${why}. What was answered is recorded; send the rest again, which is safe to repeat.`,
    };
    if (code === 'INTERNAL')
      logger.error(
        `A stream of evidence from ${sender.caller} broke off after ${counts.receivedCount} items`,
        error as Error,
      );
  }
  begin();
  response.end(`${JSON.stringify({ summary: { ...counts, ...summary } })}\n`);
}
