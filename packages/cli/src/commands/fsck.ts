import { wireShapes } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { fingerprintOf, parseVerifierKey } from '@ai-assurance/evidence';
import { connectionOf, type ServerOptions } from '../server/connection';
import { type Answer, jsonOf, NoAnswer, Poster } from '../server/post';
import { hopeless, problemOf, unreadableAnswer } from '../server/problem';
import { sendWithRetries, tellWait } from '../server/retries';
import type { Surroundings } from '../server/surroundings';
import { counted, exitCodes, Output, printable, UsageError } from '../words';
import { isFingerprint, readKeyOption, wholeNumber } from './options';

export interface FsckOptions extends ServerOptions {
  key?: string;
  json?: boolean;
  timeout?: string;
  attempts?: string;
}

/** `ai-assurance fsck`: has a server derive its whole ledger again from the stored bytes, and tells what it found. */
export async function fsckCommand(
  options: FsckOptions,
  output: Output,
  surroundings: Surroundings,
): Promise<number> {
  const connection = await connectionOf(options, surroundings);
  const expectedKey = await readKeyOption(options.key);
  const timeoutMs =
    1000 * wholeNumber('--timeout', options.timeout, 900, 86_400);
  const attempts = wholeNumber('--attempts', options.attempts, 3, 100);
  if (connection.warning) output.writeError(`${connection.warning}\n`);

  const poster = new Poster(connection, timeoutMs);
  let answer: Answer;
  try {
    answer = await sendWithRetries(
      () => poster.post('/ledger/check', 'application/json', '{}'),
      { attempts, onWait: tellWait(output) },
      surroundings,
    );
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new UsageError(
      `Nothing was checked. No answer from ${connection.api}: ${error.message}`,
    );
  } finally {
    poster.close();
  }
  const halt = hopeless(answer, connection.api);
  if (halt !== undefined)
    throw new UsageError(`Nothing was checked. ${printable(halt)}`);
  if (answer.status !== 200)
    throw new UsageError(
      `Nothing was checked. ${printable(problemOf(answer).message)}`,
    );
  const finding = findingOf(answer);
  if (!finding)
    throw new UsageError(
      `Nothing was checked. ${unreadableAnswer(connection.api)}`,
    );

  const keyProblem = keyProblemOf(expectedKey, finding.verifierKey);
  const isGood = finding.ok && keyProblem === undefined;
  output.write(
    options.json
      ? `${JSON.stringify(
          { ...finding, ok: isGood, ...(keyProblem && { keyProblem }) },
          undefined,
          2,
        )}\n`
      : inWords(finding, keyProblem, expectedKey !== undefined),
  );
  return isGood ? exitCodes.ok : exitCodes.failed;
}

type Finding = NonNullable<ReturnType<typeof findingOf>>;

function findingOf(answer: Answer) {
  return wireShapes.ledgerCheckShape.safeParse(jsonOf(answer)).data;
}

function keyProblemOf(
  expected: string | undefined,
  actual: string | undefined,
): string | undefined {
  if (expected === undefined || expected === actual) return undefined;
  if (isFingerprint(expected) && expected === fingerprintOfText(actual))
    return undefined;
  return actual === undefined
    ? 'The server names no key, so that yours could not be compared'
    : `The server signs with ${actual}, and you trust ${expected}`;
}

function fingerprintOfText(key: string | undefined): string | undefined {
  try {
    return key && fingerprintOf(parseVerifierKey(key));
  } catch {
    // What the server names is no key, and so not the one that is trusted.
    return undefined;
  }
}

function inWords(
  finding: Finding,
  keyProblem: string | undefined,
  wasCompared: boolean,
): string {
  const lines: string[] = [];
  const heads = counted(finding.headCount ?? 0, 'signed head');
  const items = counted(finding.itemCount ?? 0, 'item');
  const seconds = `${(finding.tookMs / 1000).toFixed(1)} s`;
  if (finding.ok) {
    const redacted = finding.redactedCount
      ? `, of which ${finding.redactedCount.toLocaleString('en-US')} redacted`
      : '';
    lines.push(
      `CLEAN: ${items}${redacted}, ${heads}, derived again from the stored bytes in ${seconds}.`,
    );
  } else {
    lines.push(
      'NOT CLEAN: the stored bytes do not give what the ledger says.',
      `  Table    ${printable(finding.table ?? 'not named')}`,
      `  Row      ${printable(finding.row ?? 'not named')}`,
      `  Problem  ${printable(finding.problem ?? 'not named')}`,
      '  It is the first wrong row. Keep the database as it is, and compare it with a backup and with published heads.',
    );
  }
  if (keyProblem !== undefined)
    lines.push(`NOT YOUR KEY: ${printable(keyProblem)}.`);
  else if (wasCompared) lines.push('The server signs with the key you gave.');
  else if (finding.verifierKey !== undefined)
    lines.push(`The server signs with ${printable(finding.verifierKey)}`);
  lines.push(
    'This is what the server found about itself. What it handed out earlier, packs and heads, shows whether it was rewritten.',
  );
  return `${lines.join('\n')}\n`;
}
