import { ANNOTATION_SLO } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { UrlReaderService } from '@backstage/backend-plugin-api';
import { basename } from 'node:path';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { instantOf } from '../platform';
import { parseOpenSlo } from './core/openSlo';
import { readSource, Source, sourceOf } from './readSource';
import { SloStore, StoredDocuments } from './SloStore';

const rereadAfterMs = 60_000;

/** What people are shown of a source: a URL in full, a file by its path beside the catalog file. */
function sourceInWords(annotation: string, source: Source): string {
  return source.kind === 'url' ? source.url : annotation;
}

/** Keeps the documents of every annotated subject, read again at most once a minute. */
export class SloDocuments {
  readonly #store: SloStore;
  readonly #subjects: SubjectAnswers;
  readonly #urlReader: UrlReaderService;
  readonly #engines: readonly string[];

  constructor(options: {
    store: SloStore;
    subjects: SubjectAnswers;
    urlReader: UrlReaderService;
    /** Names of the metrics engines in the config. */
    engines: readonly string[];
  }) {
    this.#store = options.store;
    this.#subjects = options.subjects;
    this.#urlReader = options.urlReader;
    this.#engines = options.engines;
  }

  /** Reads what is due and answers the documents of all subjects. A source that fails keeps its last good documents. */
  async refresh(nowMs: number): Promise<StoredDocuments[]> {
    const stored = new Map(
      (await this.#store.allDocuments()).map(d => [d.subject, d]),
    );
    const annotated = (await this.#subjects.list()).filter(record =>
      record.annotations[ANNOTATION_SLO]?.trim(),
    );
    const refs = new Set(annotated.map(record => record.entityRef));
    for (const subject of stored.keys()) {
      if (!refs.has(subject)) await this.#store.forget(subject, nowMs);
    }
    const current: StoredDocuments[] = [];
    for (const record of annotated) {
      current.push(
        await this.#refreshOne(record, stored.get(record.entityRef), nowMs),
      );
    }
    return current;
  }

  async #refreshOne(
    record: SubjectRecord,
    last: StoredDocuments | undefined,
    nowMs: number,
  ): Promise<StoredDocuments> {
    const annotation = record.annotations[ANNOTATION_SLO].trim();
    const source = sourceOf(annotation, record);
    const shown = sourceInWords(annotation, source);
    // Another annotation is another source, and what was read from the last one is void.
    const known = last?.source === shown ? last : undefined;
    if (known && nowMs - known.attemptedAtMs < rereadAfterMs) return known;
    const next = await this.#read(
      record.entityRef,
      shown,
      source,
      known,
      nowMs,
    );
    await this.#store.saveDocuments(next);
    return next;
  }

  async #read(
    subject: string,
    shown: string,
    source: Source,
    known: StoredDocuments | undefined,
    nowMs: number,
  ): Promise<StoredDocuments> {
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
        readProblem: `Annotation ${ANNOTATION_SLO}: ${source.why}`,
      };
    }
    const content = await readSource(source, this.#urlReader, base.etag);
    if (content.state === 'unchanged') return { ...base, readAtMs: nowMs };
    if (content.state === 'failed') {
      const kept =
        base.readAtMs === undefined
          ? ''
          : `; the version read at ${instantOf(base.readAtMs)} is still in use`;
      return { ...base, readProblem: `${shown}: ${content.why}${kept}` };
    }
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
    };
  }
}
