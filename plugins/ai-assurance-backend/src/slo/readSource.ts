import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SubjectRecord } from '../cohorts';
import { UrlFile, UrlFiles } from '../platform';

const largestBytes = 256 * 1024;

/** Where the documents of a subject are, as far as its annotation can be followed. */
export type Source =
  | { kind: 'url'; url: string }
  | { kind: 'file'; directory: string; path: string }
  | { kind: 'unusable'; why: string };

export type SourceContent = UrlFile;

/** The directory of a `file:` location, which catalogs write with one slash or with three. */
function directoryOf(location: string): string {
  const path = location.startsWith('file://')
    ? fileURLToPath(location)
    : location.slice('file:'.length);
  return dirname(path);
}

/** Resolves the annotation: an absolute URL, or a path relative to the catalog file of the entity. */
export function sourceOf(
  annotation: string,
  record: Pick<SubjectRecord, 'location'>,
): Source {
  if (/^https?:\/\//.test(annotation)) return { kind: 'url', url: annotation };
  if (/^[a-z][a-z0-9+.-]*:/i.test(annotation)) {
    return {
      kind: 'unusable',
      why: `${annotation} is neither an http(s) URL nor a path relative to the catalog file`,
    };
  }
  const { location } = record;
  if (location?.startsWith('url:')) {
    const base = location.slice('url:'.length);
    return URL.canParse(annotation, base)
      ? { kind: 'url', url: new URL(annotation, base).toString() }
      : {
          kind: 'unusable',
          why: `${annotation} cannot be resolved against ${base}`,
        };
  }
  if (location?.startsWith('file:')) {
    return { kind: 'file', directory: directoryOf(location), path: annotation };
  }
  return {
    kind: 'unusable',
    why: `${annotation} is relative, but the entity comes from ${
      location ?? 'an unknown place'
    }, which has no directory`,
  };
}

async function readLocalFile(
  directory: string,
  path: string,
): Promise<SourceContent> {
  try {
    // Follows symbolic links before it compares: neither `..` nor a link leads out of the catalog file's directory.
    const safePath = resolveSafeChildPath(directory, path);
    const { size } = await stat(safePath);
    if (size > largestBytes) {
      return { state: 'failed', why: `is larger than ${largestBytes} bytes` };
    }
    return {
      state: 'read',
      text: await readFile(safePath, 'utf8'),
      etag: undefined,
    };
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    if (name === 'NotAllowedError') {
      return {
        state: 'failed',
        why: 'lies outside the directory of the catalog file',
      };
    }
    // The system's message would show where on the server the file is.
    return {
      state: 'failed',
      why:
        code === 'ENOENT'
          ? 'does not exist'
          : `cannot be read (${code ?? name})`,
    };
  }
}

/** Reads a source. A failure is an answer, since documents of other subjects go on; so is a host that takes its time. */
export async function readSource(
  source: Exclude<Source, { kind: 'unusable' }>,
  urlFiles: UrlFiles,
  etag: string | undefined,
  namedBy: string,
): Promise<SourceContent> {
  return source.kind === 'url'
    ? urlFiles.read(source.url, {
        largestBytes,
        namedBy,
        ...(etag === undefined ? {} : { etag }),
      })
    : readLocalFile(source.directory, source.path);
}
