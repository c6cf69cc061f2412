import { sha256, textOf, toHex, utf8 } from '../../bytes/bytes';
import type { PackFile } from '../../pack/format';
import {
  type PackManifest,
  signManifest,
  writeManifest,
} from '../../pack/manifest';
import { verifyPack, type VerifyPackOptions } from '../verifyPack';
import { examplePack, logSigner, packFilesOf } from './examplePack';

export const trusted: VerifyPackOptions = {
  expectedVerifierKey: logSigner.verifierKey,
};

export async function failureOf(
  files: PackFile[],
  options = trusted,
): Promise<{ code?: string; where?: string }> {
  const { failure } = await verifyPack(packFilesOf(files), options);
  return { code: failure?.code, where: failure?.where };
}

/** The pack with one file changed by hand, after it was signed. */
export function withFile(
  files: PackFile[],
  name: string,
  change: (text: string) => string,
): PackFile[] {
  return files.map(file =>
    file.name === name
      ? { name, bytes: utf8(change(textOf(file.bytes)!)) }
      : file,
  );
}

/** The pack with another manifest, signed again by the same key: a dishonest exporter. */
export function withManifest(
  change: (manifest: PackManifest) => PackManifest,
): PackFile[] {
  const files = examplePack();
  const manifest = JSON.parse(
    textOf(files.find(f => f.name === 'manifest.json')!.bytes)!,
  );
  const text = writeManifest(change(manifest));
  return withFile(
    withFile(files, 'manifest.json', () => text),
    'manifest.sig',
    () => signManifest(manifest.packId, text, logSigner),
  );
}

/** The pack with one file changed and everything listed and signed anew. */
export function withSignedFile(
  name: string,
  change: (text: string) => string,
): PackFile[] {
  const files = withFile(examplePack(), name, change);
  const changed = files.find(f => f.name === name)!.bytes;
  const signed = withManifest(m => ({
    ...m,
    files: m.files.map(f =>
      f.name === name
        ? { name, size: changed.length, sha256: toHex(sha256(changed)) }
        : f,
    ),
  }));
  return signed.map(file =>
    file.name === name ? { name, bytes: changed } : file,
  );
}
