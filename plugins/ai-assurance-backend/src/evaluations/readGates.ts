import { ANNOTATION_EVALUATION_GATES } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SubjectRecord } from '../cohorts';
import { readYaml, UrlFiles } from '../platform';
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

/** `undefined`: its host has not answered yet. */
async function readUrl(
  url: string,
  entityRef: string,
  urlFiles: UrlFiles,
): Promise<string | undefined> {
  const file = await urlFiles.read(url, {
    largestBytes,
    namedBy: `the annotation ${ANNOTATION_EVALUATION_GATES} of ${entityRef}`,
  });
  if (file.state === 'failed') throw new Error(file.why);
  return file.state === 'read' ? file.text : undefined;
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
 * the reason in words, and with file and line where the content is wrong. `undefined`: the
 * host has not answered yet, and whoever asks again soon is given its answer.
 */
export async function readAnnotatedGates(
  annotation: string,
  { location, entityRef }: Pick<SubjectRecord, 'location' | 'entityRef'>,
  urlFiles: UrlFiles,
): Promise<Gates | undefined> {
  const file = basename(annotation);
  const from = async () => {
    if (/^https?:\/\//.test(annotation))
      return readUrl(annotation, entityRef, urlFiles);
    if (/^[a-z][a-z0-9+.-]*:/i.test(annotation))
      throw new Error(
        'is neither an http(s) URL nor a path relative to the catalog file',
      );
    if (location?.startsWith('url:')) {
      const base = location.slice('url:'.length);
      return readUrl(new URL(annotation, base).toString(), entityRef, urlFiles);
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
  let text: string | undefined;
  try {
    text = await from();
  } catch (error) {
    throw new Error(`${annotation} ${(error as Error).message}`);
  }
  return text === undefined ? undefined : parseGates(text, file);
}
