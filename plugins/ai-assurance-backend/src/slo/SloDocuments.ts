import { ANNOTATION_SLO } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { digestOf, utf8 } from '@ai-assurance/evidence';
import { basename, dirname, resolve } from 'node:path';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { createLimiter, instantOf, UrlFiles } from '../platform';
import { parseOpenSlo } from './core/openSlo';
import { readSource, Source, SourceContent, sourceOf } from './readSource';
import { SloStore, StoredDocuments } from './SloStore';

const rereadAfterMs = 60_000;

/** Documents of files read, and of any origin kept, at the same time. */
const atOnce = 8;

interface NamedSource {
  source: Source;
  /** What people are shown of it: a URL in full, a file by its path beside the catalog file. */
  shown: string;
  /** Where it is named. */
  from: string;
}

/** Keeps the documents of every annotated subject, read again at most once a minute. */
export class SloDocuments {
  readonly #store: SloStore;
  readonly #subjects: SubjectAnswers;
  readonly #urlFiles: UrlFiles;
  readonly #engines: readonly string[];
  readonly #targets: ReadonlyMap<string, string>;
  readonly #readingFiles = createLimiter(atOnce);
  readonly #saving = createLimiter(atOnce);
  /** Of the text that each subject's documents were read from, since this process began. */
  readonly #digests = new Map<string, string>();

  constructor(options: {
    store: SloStore;
    subjects: SubjectAnswers;
    urlFiles: UrlFiles;
    /** Names of the metrics engines in the config. */
    engines: readonly string[];
    /** Addresses of documents by the config, for subjects that name none themselves. */
    targets: ReadonlyMap<string, string>;
  }) {
    this.#store = options.store;
    this.#subjects = options.subjects;
    this.#urlFiles = options.urlFiles;
    this.#engines = options.engines;
    this.#targets = options.targets;
  }

  /** Reads what is due and answers the documents of all subjects. A source that fails keeps its last good documents. */
  async refresh(nowMs: number): Promise<StoredDocuments[]> {
    const stored = new Map(
      (await this.#store.allDocuments()).map(d => [d.subject, d]),
    );
    const declared = (await this.#subjects.list()).flatMap(record => {
      const named = this.#sourceOf(record);
      return named ? [{ record, named }] : [];
    });
    const refs = new Set(declared.map(({ record }) => record.entityRef));
    for (const subject of stored.keys()) {
      if (refs.has(subject)) continue;
      await this.#store.forget(subject, nowMs);
      this.#digests.delete(subject);
    }
    const same: string[] = [];
    // All at once: documents of a slow host must not hold up those of others.
    const current = await Promise.all(
      declared.map(async ({ record, named }) => {
        const { documents, isSame } = await this.#refreshOne(
          record.entityRef,
          named,
          stored.get(record.entityRef),
          nowMs,
        );
        if (isSame) same.push(record.entityRef);
        return documents;
      }),
    );
    await this.#store.touch(same, nowMs);
    return current;
  }

  #sourceOf(record: SubjectRecord): NamedSource | undefined {
    const annotation = record.annotations[ANNOTATION_SLO]?.trim();
    if (annotation) {
      const source = sourceOf(annotation, record);
      return {
        source,
        shown: source.kind === 'url' ? source.url : annotation,
        from: `Annotation ${ANNOTATION_SLO}`,
      };
    }
    const target = this.#targets.get(record.entityRef);
    if (target === undefined) return undefined;
    const source: Source = /^https?:\/\//.test(target)
      ? { kind: 'url', url: target }
      : {
          kind: 'file',
          directory: dirname(resolve(target)),
          path: basename(target),
        };
    return {
      source,
      // Where on the server a file is, is nobody's business.
      shown: source.kind === 'url' ? target : basename(target),
      from: 'aiAssurance.slo.documents',
    };
  }

  async #refreshOne(
    subject: string,
    { source, shown, from }: NamedSource,
    last: StoredDocuments | undefined,
    nowMs: number,
  ): Promise<{ documents: StoredDocuments; isSame: boolean }> {
    // Another address is another source, and what was read from the last one is void.
    const known = last?.source === shown ? last : undefined;
    if (known && nowMs - known.attemptedAtMs < rereadAfterMs)
      return { documents: known, isSame: false };
    const { isSame, isLate, ...documents } = await this.#read(
      subject,
      shown,
      source,
      from,
      known,
      nowMs,
    );
    // Nothing is known yet that was not known before: the next round asks for it again.
    if (isLate) return { documents: known ?? documents, isSame: false };
    const isUntouched =
      isSame && known !== undefined && known.readProblem === undefined;
    if (!isUntouched)
      await this.#saving.run(() => this.#store.saveDocuments(documents));
    return { documents, isSame: isUntouched };
  }

  async #content(
    source: Exclude<Source, { kind: 'unusable' }>,
    etag: string | undefined,
    namedBy: string,
  ): Promise<SourceContent> {
    const read = () => readSource(source, this.#urlFiles, etag, namedBy);
    return source.kind === 'url' ? read() : this.#readingFiles.run(read);
  }

  async #read(
    subject: string,
    shown: string,
    source: Source,
    from: string,
    known: StoredDocuments | undefined,
    nowMs: number,
  ): Promise<StoredDocuments & { isSame: boolean; isLate?: boolean }> {
    const base: StoredDocuments = known
      ? { ...known, attemptedAtMs: nowMs, readProblem: undefined }
      : {
          subject,
          source: shown,
          etag: undefined,
          definitions: [],
          parseProblems: [],
          lost: [],
          readProblem: undefined,
          attemptedAtMs: nowMs,
          readAtMs: undefined,
        };
    if (source.kind === 'unusable') {
      return {
        ...base,
        definitions: [],
        lost: [],
        readProblem: `${from}: ${source.why}`,
        isSame: false,
      };
    }
    // What was read before this process began was read by another version, or with other engines in the config.
    const digest = known && this.#digests.get(subject);
    const content = await this.#content(
      source,
      digest === undefined ? undefined : base.etag,
      `${from.replace('Annotation', 'the annotation')} of ${subject}`,
    );
    if (content.state === 'late')
      return { ...base, isSame: false, isLate: true };
    if (content.state === 'unchanged')
      return { ...base, readAtMs: nowMs, isSame: true };
    if (content.state === 'failed') {
      const kept =
        base.readAtMs === undefined
          ? ''
          : `; the version read at ${instantOf(base.readAtMs)} is still in use`;
      return {
        ...base,
        readProblem: `${shown}: ${content.why}${kept}`,
        isSame: false,
      };
    }
    const read = digestOf(utf8(content.text));
    if (read === digest && content.etag === base.etag)
      return { ...base, readAtMs: nowMs, isSame: true };
    this.#digests.set(subject, read);
    const { definitions, problems, lost } = parseOpenSlo(
      content.text,
      basename(new URL(shown, 'file:///').pathname),
      this.#engines,
    );
    return {
      ...base,
      etag: content.etag,
      definitions,
      parseProblems: problems,
      lost,
      readAtMs: nowMs,
      isSame: false,
    };
  }
}
