import {
  mkdtempSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UrlReaderService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { createUrlFiles } from '../platform';
import { readSource, Source, sourceOf } from './readSource';

const namedBy = 'the annotation ai-assurance.io/slo of component:default/api';
const urlFilesOf = (urlReader: UrlReaderService) =>
  createUrlFiles({ urlReader });
const noUrls = urlFilesOf(mockServices.urlReader.mock());

describe('where the documents of a subject are', () => {
  it.each<[string, string | undefined, Source]>([
    [
      'https://example.com/a.yaml',
      undefined,
      { kind: 'url', url: 'https://example.com/a.yaml' },
    ],
    [
      './objectives/a.yaml',
      'url:https://github.com/org/repo/blob/main/catalog-info.yaml',
      {
        kind: 'url',
        url: 'https://github.com/org/repo/blob/main/objectives/a.yaml',
      },
    ],
    [
      'objectives/a.yaml',
      'file:/srv/catalog/entities.yaml',
      { kind: 'file', directory: '/srv/catalog', path: 'objectives/a.yaml' },
    ],
    [
      'objectives/a.yaml',
      'file:///srv/catalog/entities.yaml',
      { kind: 'file', directory: '/srv/catalog', path: 'objectives/a.yaml' },
    ],
    [
      'file:///etc/passwd',
      'file:/srv/catalog/entities.yaml',
      {
        kind: 'unusable',
        why: 'file:///etc/passwd is neither an http(s) URL nor a path relative to the catalog file',
      },
    ],
    [
      'a.yaml',
      'bootstrap:bootstrap',
      {
        kind: 'unusable',
        why: 'a.yaml is relative, but the entity comes from bootstrap:bootstrap, which has no directory',
      },
    ],
    [
      'a.yaml',
      undefined,
      {
        kind: 'unusable',
        why: 'a.yaml is relative, but the entity comes from an unknown place, which has no directory',
      },
    ],
  ])('%p of an entity from %p', (annotation, location, expected) => {
    expect(sourceOf(annotation, { location })).toEqual(expected);
  });
});

describe('a file beside the catalog file', () => {
  const root = mkdtempSync(join(tmpdir(), 'slo-source-'));
  mkdirSync(join(root, 'catalog', 'objectives'), { recursive: true });
  writeFileSync(join(root, 'secret.yaml'), 'secret');
  writeFileSync(join(root, 'catalog', 'objectives', 'a.yaml'), 'kind: SLO');
  writeFileSync(join(root, 'catalog', 'large.yaml'), 'x'.repeat(262_145));
  symlinkSync(join(root, 'secret.yaml'), join(root, 'catalog', 'link.yaml'));
  const location = `file:${
    pathToFileURL(join(root, 'catalog', 'entities.yaml')).pathname
  }`;
  const read = (annotation: string) =>
    readSource(
      sourceOf(annotation, { location }) as Exclude<
        Source,
        { kind: 'unusable' }
      >,
      noUrls,
      undefined,
      namedBy,
    );

  afterAll(() => rmSync(root, { recursive: true }));

  it('is read', async () => {
    expect(await read('./objectives/a.yaml')).toEqual({
      state: 'read',
      text: 'kind: SLO',
      etag: undefined,
    });
  });

  it.each([
    ['../secret.yaml', 'lies outside the directory of the catalog file'],
    [
      'objectives/../../secret.yaml',
      'lies outside the directory of the catalog file',
    ],
    ['/etc/hostname', 'lies outside the directory of the catalog file'],
    ['link.yaml', 'lies outside the directory of the catalog file'],
    ['missing.yaml', 'does not exist'],
    ['objectives', 'cannot be read (EISDIR)'],
    ['large.yaml', 'is larger than 262144 bytes'],
  ])('named %p is not: it %s', async (annotation, why) => {
    expect(await read(annotation)).toEqual({ state: 'failed', why });
  });
});

describe('a document at a URL', () => {
  const source = { kind: 'url', url: 'https://example.com/a.yaml' } as const;

  it('is asked for changes only, once its tag is known', async () => {
    const asked: unknown[] = [];
    const urlReader = mockServices.urlReader.mock({
      readUrl: async (_, options) => {
        asked.push(options?.etag);
        if (options?.etag === 'one') {
          throw Object.assign(new Error('same'), { name: 'NotModifiedError' });
        }
        return { buffer: async () => Buffer.from('text'), etag: 'one' };
      },
    });
    expect(
      await readSource(source, urlFilesOf(urlReader), undefined, namedBy),
    ).toEqual({
      state: 'read',
      text: 'text',
      etag: 'one',
    });
    expect(
      await readSource(source, urlFilesOf(urlReader), 'one', namedBy),
    ).toEqual({
      state: 'unchanged',
    });
    expect(asked).toEqual([undefined, 'one']);
  });

  it('that is too large is refused', async () => {
    const urlReader = mockServices.urlReader.mock({
      readUrl: async () => ({ buffer: async () => Buffer.alloc(262_145) }),
    });
    expect(
      await readSource(source, urlFilesOf(urlReader), undefined, namedBy),
    ).toEqual({
      state: 'failed',
      why: 'is larger than 262144 bytes',
    });
  });
});
