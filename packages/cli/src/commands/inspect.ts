import {
  isEvidenceType,
  packFileNames,
  type PackFiles,
  type PackManifest,
  readEvidenceLine,
  readManifest,
  titleOf,
} from '@ai-assurance/evidence';
import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { ContainerError, openPack } from '../zip/openPack';
import { counted, exitCodes, Output, printable } from '../words';
import { unreadable } from './options';

const MAX_MANIFEST_LENGTH = 1024 * 1024;

/** `ai-assurance inspect`: what a pack says it holds. Proves nothing, and says so. */
export async function inspectCommand(
  path: string,
  options: { items?: boolean },
  output: Output,
): Promise<number> {
  let pack;
  try {
    pack = await openPack(path);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw unreadable(path, error);
    output.writeError(
      `${printable(path)} is not a pack: ${error.code}, ${printable(
        error.where,
      )}. ${printable(error.message)}.\n`,
    );
    return exitCodes.failed;
  }
  try {
    const manifest = await manifestOf(pack.files);
    if (typeof manifest === 'string') {
      output.writeError(
        `${printable(path)} has no manifest that can be read: ${printable(
          manifest,
        )}.\n`,
      );
      return exitCodes.failed;
    }
    output.write(summaryOf(manifest));
    if (options.items) await writeItems(pack.files, output);
    output.write(
      '\nNot verified: this is what the pack says about itself. Run ai-assurance verify.\n',
    );
    return exitCodes.ok;
  } finally {
    await pack.close();
  }
}

async function manifestOf(files: PackFiles): Promise<PackManifest | string> {
  if (!files.names.includes(packFileNames.manifest))
    return `there is no ${packFileNames.manifest}`;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of files.read(packFileNames.manifest)) {
    length += piece.length;
    if (length > MAX_MANIFEST_LENGTH) return 'it is too large';
    pieces.push(piece);
  }
  return readManifest(Buffer.concat(pieces).toString('utf8'));
}

function summaryOf(manifest: PackManifest): string {
  const { counts, log, period } = manifest;
  const kinds = Object.entries(counts.byType).map(
    ([type, n]) =>
      `  ${String(n).padStart(8)}  ${printable(titleOf(type))}${noteOf(type)}`,
  );
  const files = manifest.files.map(
    f => `  ${String(f.size).padStart(12)}  ${f.sha256}  ${f.name}`,
  );
  return [
    `Pack ${manifest.packId}`,
    `  Subject   ${manifest.subject}`,
    `  Period    ${period.start} up to, not including, ${period.end}`,
    `  Exported  ${manifest.exportedAt} by ${manifest.exportedBy}`,
    `  Log       ${printable(log.origin)}, ${counted(
      log.size,
      'entry',
      'entries',
    )}, root ${log.rootHash}`,
    '',
    `${counted(counts.evidence, 'item')} of evidence, of which ${
      counts.redacted
    } redacted`,
    ...kinds,
    '',
    'Files (bytes, SHA-256, name)',
    ...files,
    '',
  ].join('\n');
}

async function writeItems(files: PackFiles, output: Output): Promise<void> {
  output.write('\nItems (position, observed, kind, verdict)\n');
  const lines = createInterface({
    input: Readable.from(files.read(packFileNames.evidence)),
    crlfDelay: Infinity,
  });
  for await (const line of lines) {
    const entry = readEvidenceLine(line);
    if (typeof entry === 'string') {
      output.write(`  a line that cannot be read: ${printable(entry)}\n`);
      continue;
    }
    const leaf = parsed(entry.leaf);
    const status =
      entry.payload === null ? 'redacted' : parsed(entry.payload).status ?? '';
    output.write(
      `  ${String(entry.position).padStart(8)}  ${printable(
        String(leaf.time),
      )}  ${printable(titleOf(String(leaf.type)))}  ${printable(
        String(status),
      )}${noteOf(String(leaf.type))}\n`,
    );
  }
}

/** What is said of an item that a newer release wrote: it is there, it can be verified, and only its meaning stays closed. */
function noteOf(type: string): string {
  return isEvidenceType(type) ? '' : '  (kept, not readable by this release)';
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
