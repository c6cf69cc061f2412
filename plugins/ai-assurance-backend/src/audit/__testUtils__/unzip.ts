import { fromBuffer, ZipFile } from 'yauzl';
import { PackFiles } from '@ai-assurance/evidence';

/** Files in memory, as a verifier reads them. */
export function filesOf(
  bytes: Map<string, Uint8Array>,
): PackFiles & { bytes: Map<string, Uint8Array>; text(name: string): string } {
  return {
    bytes,
    names: [...bytes.keys()],
    text: name => Buffer.from(bytes.get(name)!).toString('utf8'),
    async *read(name) {
      yield bytes.get(name)!;
    },
  };
}

/** Reads a ZIP with an independent reader. */
export async function unzip(zip: Buffer) {
  const archive = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(zip, { lazyEntries: true }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  );
  const bytes = new Map<string, Uint8Array>();
  await new Promise<void>((resolve, reject) => {
    archive.on('entry', entry => {
      archive.openReadStream(entry, async (error, stream) => {
        if (error) {
          reject(error);
          return;
        }
        const parts: Buffer[] = [];
        for await (const part of stream) parts.push(part as Buffer);
        bytes.set(entry.fileName, Buffer.concat(parts));
        archive.readEntry();
      });
    });
    archive.on('end', () => resolve());
    archive.on('error', reject);
    archive.readEntry();
  });
  return filesOf(bytes);
}
