import {
  type Hasher,
  type RunningHash,
  type VerificationReport,
  type VerificationStep,
  verificationFailureMeanings,
  verifyPack,
  type VerifyPackOptions,
} from '@ai-assurance/evidence';
import { createHash, hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  ContainerError,
  containerFailureMeanings,
  openPack,
} from '../zip/openPack';
import { counted, exitCodes, Output, printable, UsageError } from '../words';
import {
  readFileOption,
  readHeadOption,
  readKeyOption,
  unreadable,
} from './options';
import { verifyItemFile } from './verifyItem';

const sha256: Hasher = bytes => hash('sha256', bytes, 'buffer');

function startSha256(): RunningHash {
  const running = createHash('sha256');
  return {
    update: bytes => running.update(bytes),
    digest: () => new Uint8Array(running.digest()),
  };
}

/** A step or a failure of the library, or of the container, which only this program reads. */
interface Verification {
  ok: boolean;
  steps: (Omit<VerificationStep, 'id'> & {
    id: VerificationStep['id'] | 'container';
  })[];
  failure?: { code: string; where: string; message: string; meaning: string };
  key?: VerificationReport['key'];
  manifest?: VerificationReport['manifest'];
  unreadable?: VerificationReport['unreadable'];
  notices?: VerificationReport['notices'];
}

/** What the caller holds beside the pack. */
export interface VerifyOptions {
  key?: string;
  keys?: string;
  head?: string;
  consistency?: string;
  json?: boolean;
}

const CONTAINER_TITLE =
  'The ZIP container holds the files and not one byte more';

/** `ai-assurance verify`: everything that can be checked without network, server or trust. */
export async function verifyCommand(
  path: string,
  options: VerifyOptions,
  output: Output,
): Promise<number> {
  const item = await readIfItem(path);
  if (item !== undefined) {
    if (options.keys ?? options.head ?? options.consistency)
      throw new UsageError(
        '--keys, --head and --consistency are for packs: an item brings its own head',
      );
    return verifyItemFile(path, item, options, output);
  }
  const verification = await verify(path, {
    expectedVerifierKey: await readKeyOption(options.key),
    keyHistory: await readFileOption('--keys', options.keys),
    knownHead: await readHeadOption(options.head, options.consistency),
  });
  output.write(
    options.json
      ? `${JSON.stringify({ file: path, ...verification }, undefined, 2)}\n`
      : inWords(path, verification),
  );
  return verification.ok ? exitCodes.ok : exitCodes.failed;
}

// An item and its proof are a few kilobytes; evidence itself is bounded at 256 KiB, and a payload stands in it once.
const MAX_ITEM_FILE_LENGTH = 2 * 1024 * 1024;

/** The text of a file that begins as JSON; `undefined` for a container. */
async function readIfItem(path: string): Promise<string | undefined> {
  let file;
  try {
    file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    if (!/^\s*\{/.test(buffer.toString('utf8', 0, bytesRead))) return undefined;
    const { size } = await file.stat();
    if (size > MAX_ITEM_FILE_LENGTH)
      throw new UsageError(
        `${path} is larger than an item with its proof can be (${MAX_ITEM_FILE_LENGTH} bytes)`,
      );
    return await file.readFile('utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Opening it as a pack says what is wrong with it.
    return undefined;
  } finally {
    await file?.close();
  }
}

async function verify(
  path: string,
  held: VerifyPackOptions,
): Promise<Verification> {
  let pack;
  try {
    pack = await openPack(path);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw unreadable(path, error);
    const { code, where, message } = error;
    return {
      ok: false,
      steps: [
        {
          id: 'container',
          title: CONTAINER_TITLE,
          outcome: 'failed',
          detail: message,
        },
      ],
      failure: {
        code,
        where,
        message,
        meaning: containerFailureMeanings[code],
      },
    };
  }
  try {
    const report = await verifyPack(pack.files, {
      ...held,
      hashing: { hash: sha256, start: startSha256 },
    });
    const detail = `${counted(pack.files.names.length, 'file')}, ${counted(
      pack.sizeBytes,
      'byte',
    )}, all accounted for`;
    return {
      ...report,
      steps: [
        { id: 'container', title: CONTAINER_TITLE, outcome: 'passed', detail },
        ...report.steps,
      ],
      failure: report.failure && {
        ...report.failure,
        meaning: verificationFailureMeanings[report.failure.code],
      },
    };
  } finally {
    await pack.close();
  }
}

const marks = { passed: '✓', failed: '✕', 'not-run': '–' } as const;

function inWords(path: string, verification: Verification): string {
  const lines: string[] = [`${printable(path)}`, ''];
  for (const step of verification.steps) {
    lines.push(
      `  ${marks[step.outcome]} ${step.title}`,
      `      ${printable(step.detail)}`,
    );
  }
  lines.push('', ...verdict(verification), '');
  return lines.join('\n');
}

function verdict({
  failure,
  key,
  manifest,
  unreadable: ofNewerReleases = [],
  notices = [],
}: Verification): string[] {
  if (failure) {
    return [
      `NOT VERIFIED: ${failure.code}`,
      `  Where    ${printable(failure.where)}`,
      `  What     ${printable(failure.message)}`,
      `  Meaning  ${failure.meaning}`,
      '  Do not rely on this pack. Ask for a new copy from whoever made it.',
    ];
  }
  const items = counted(manifest!.counts.evidence, 'item');
  const about = `${items} about ${manifest!.subject}, observed from ${
    manifest!.period.start
  } up to ${manifest!.period.end}`;
  const signer = `Signed by ${printable(key!.name)}, key id ${
    key!.keyId
  }, fingerprint ${key!.fingerprint}`;
  const newer = ofNewerReleases.map(
    ({ type, count }) =>
      `  ${counted(count, 'item')} of ${printable(
        type,
      )}: kept, not readable by this release. Proven like all others; a newer ai-assurance reads what is said.`,
  );
  const known = [
    ...newer,
    ...notices.map(
      ({ count, message }) => `  ${counted(count, 'item')}: ${message}`,
    ),
  ];
  if (key!.handedOverFrom !== undefined)
    return [
      `VERIFIED by hand-over from the key you gave, ${
        key!.handedOverFrom
      }: ${about}.`,
      `  ${signer}`,
      ...known,
    ];
  return key!.isTrusted
    ? [`VERIFIED with the key you gave: ${about}.`, `  ${signer}`, ...known]
    : [
        `VERIFIED with the pack's own key: ${about}.`,
        `  ${signer}`,
        ...known,
        '  This proves that the pack is whole, not who made it. Compare the fingerprint with one from a source that you',
        '  trust, or run again with --key.',
      ];
}
