import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readYaml } from '../platform';
import { BurnWindowFile, burnWindowFileSchema } from './core/burnWindows';

const packageName = '@ai-assurance/backstage-plugin-ai-assurance-backend';

/** Reads every windows file that comes with the plugin. One wrong file stops the start, named with its field. */
export async function loadBurnWindows(
  directory: string = resolvePackagePath(
    packageName,
    'data',
    'burn-rate-windows',
  ),
): Promise<BurnWindowFile[]> {
  const names = (await readdir(directory))
    .filter(name => name.endsWith('.yaml'))
    .sort();
  if (names.length === 0) {
    throw new Error(`No burn-rate windows in ${directory}`);
  }
  return Promise.all(
    names.map(async name => {
      const text = await readFile(join(directory, name), 'utf8');
      return readYaml(text, name, burnWindowFileSchema)[0];
    }),
  );
}
