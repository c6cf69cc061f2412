import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of its own for the test file that calls this, gone once its tests have run. */
export function createFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'ai-assurance-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    /** Writes a file and answers where it is. */
    save(name: string, content: string | Uint8Array): string {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
