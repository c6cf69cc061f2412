import {
  resolveSafeChildPath,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SubjectRecord } from '../cohorts';
import { readYaml } from '../platform';
import { Gates, gatesSchema } from './core/gates';

const largestBytes = 256 * 1024;

/** Parses a file of gates. Throws `BAD_FILE` with file, line and field. */
export function parseGates(text: string, file: string): Gates {
  const documents = readYaml(text, file, gatesSchema);
  if (documents.length > 1)
    throw new Error(
      `${file}: holds ${documents.length} documents; one is read`,
    );
  const [{ metadata, spec }] = documents;
  return {
    gatesId: metadata.name,
    title: metadata.title,
    digest: digestOf(utf8(canonicalize({ metadata, spec } as never))),
    gates: spec.gates,
  };
}

async function readUrl(url: string, urlReader: UrlReaderService) {
  const response = await urlReader.readUrl(url);
  const content = await response.buffer();
  if (content.length > largestBytes)
    throw new Error(`is larger than ${largestBytes} bytes`);
  return content.toString('utf8');
}

async function readLocal(directory: string, path: string): Promise<string> {
  let safePath: string;
  try {
    // Follows symbolic links before it compares: neither `..` nor a link leads out of the directory.
    safePath = resolveSafeChildPath(directory, path);
  } catch {
    throw new Error('lies outside the directory of the catalog file');
  }
  try {
    const { size } = await stat(safePath);
    if (size > largestBytes)
      throw new Error(`is larger than ${largestBytes} bytes`);
    return await readFile(safePath, 'utf8');
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    // The system's message would show where on the server the file is.
    if (code === 'ENOENT') throw new Error('does not exist');
    throw new Error(code ? `cannot be read (${code})` : message);
  }
}

/**
 * Reads the gates that an annotation names: an http(s) URL, or a path relative to the catalog file of the entity. Throws with
 * the reason in words, and with file and line where the content is wrong.
 */
export async function readAnnotatedGates(
  annotation: string,
  { location }: Pick<SubjectRecord, 'location'>,
  urlReader: UrlReaderService,
): Promise<Gates> {
  const file = basename(annotation);
  const from = async () => {
    if (/^https?:\/\//.test(annotation)) return readUrl(annotation, urlReader);
    if (/^[a-z][a-z0-9+.-]*:/i.test(annotation))
      throw new Error(
        'is neither an http(s) URL nor a path relative to the catalog file',
      );
    if (location?.startsWith('url:')) {
      const base = location.slice('url:'.length);
      return readUrl(new URL(annotation, base).toString(), urlReader);
    }
    if (location?.startsWith('file:')) {
      const path = location.startsWith('file://')
        ? fileURLToPath(location)
        : location.slice('file:'.length);
      return readLocal(dirname(path), annotation);
    }
    throw new Error(
      `is relative, but the entity comes from ${
        location ?? 'an unknown place'
      }, which has no directory`,
    );
  };
  let text: string;
  try {
    text = await from();
  } catch (error) {
    throw new Error(`${annotation} ${(error as Error).message}`);
  }
  return parseGates(text, file);
}
