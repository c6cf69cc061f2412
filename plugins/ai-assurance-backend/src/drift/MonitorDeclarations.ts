import { ANNOTATION_MONITORS } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SubjectRecord } from '../cohorts';
import {
  createLimiter,
  Db,
  insertRows,
  readBigint,
  readYaml,
  UrlFiles,
} from '../platform';
import { Declared, declaredOf, monitorsFile } from './core/monitors';
import { DriftDeclarationRow } from './tables';

const rereadAfterMs = 60_000;
const largestBytes = 512 * 1024;
/** Files of this machine that are open at once. */
const atOnce = 8;
/** Names in one statement. */
const mostNamed = 500;

/** What a subject declares, as last read. */
export interface Declaration {
  subject: string;
  source: string;
  etag: string | undefined;
  /** `undefined`: nothing was readable yet. */
  declared: Declared | undefined;
  problem: string | undefined;
  attemptedAtMs: number;
  readAtMs: number | undefined;
}

function fromRow(row: DriftDeclarationRow): Declaration {
  return {
    subject: row.subject,
    source: row.source,
    etag: row.etag ?? undefined,
    declared: row.declared === null ? undefined : JSON.parse(row.declared),
    problem: row.problem ?? undefined,
    attemptedAtMs: readBigint(row.attempted_at_ms),
    readAtMs: row.read_at_ms === null ? undefined : readBigint(row.read_at_ms),
  };
}

/** Keeps the monitors of every annotated subject, read again at most once a minute. A file that fails keeps its last good monitors. */
export class MonitorDeclarations {
  readonly #db: Db;
  readonly #urlFiles: UrlFiles;
  readonly #readingFiles = createLimiter(atOnce);

  constructor(deps: { db: Db; urlFiles: UrlFiles }) {
    this.#db = deps.db;
    this.#urlFiles = deps.urlFiles;
  }

  async kept(subject: string): Promise<Declaration | undefined> {
    const row: DriftDeclarationRow | undefined = await this.#db
      .knex('drift_declaration')
      .where({ subject })
      .first('drift_declaration.*');
    return row && fromRow(row);
  }

  async all(): Promise<Map<string, Declaration>> {
    const rows: DriftDeclarationRow[] = await this.#db
      .knex('drift_declaration')
      .select('drift_declaration.*');
    return new Map(rows.map(row => [row.subject, fromRow(row)]));
  }

  /** Reads what is due of these subjects, and forgets what is declared no longer. */
  async refresh(
    records: readonly SubjectRecord[],
    nowMs: number,
  ): Promise<Map<string, Declaration>> {
    const known = await this.all();
    const current = new Map<string, Declaration>();
    const due: { record: SubjectRecord; annotation: string }[] = [];
    for (const record of records) {
      const annotation = record.annotations[ANNOTATION_MONITORS]?.trim();
      if (!annotation) continue;
      const last = known.get(record.entityRef);
      if (
        last?.source === annotation &&
        nowMs - last.attemptedAtMs < rereadAfterMs
      )
        current.set(record.entityRef, last);
      else due.push({ record, annotation });
    }
    // All at once: the files of a slow host must not hold up those of others.
    const tried = await Promise.all(
      due.map(async ({ record, annotation }) => {
        const last = known.get(record.entityRef);
        const same = last?.source === annotation ? last : undefined;
        const next = await this.#read(record, annotation, same, nowMs);
        // The host takes its time: the next round asks for it again, and what is known stays until then.
        if (!next && last) current.set(record.entityRef, last);
        return { same, next };
      }),
    );
    const read = tried.flatMap(({ same, next }) =>
      next ? [{ same, next }] : [],
    );
    for (const { next } of read) current.set(next.subject, next);
    await this.#save(read, nowMs);
    for (const subject of known.keys())
      if (!current.has(subject))
        await this.#db.knex('drift_declaration').where({ subject }).delete();
    return current;
  }

  /** What was read anew; of what has not changed only when it was looked at. */
  async #save(
    read: { same: Declaration | undefined; next: Declaration }[],
    nowMs: number,
  ): Promise<void> {
    const isSame = ({ same, next }: (typeof read)[number]) =>
      same !== undefined &&
      next.readAtMs === nowMs &&
      next.declared === same.declared &&
      next.etag === same.etag &&
      next.problem === same.problem;
    const unchanged = read.filter(isSame).map(({ next }) => next.subject);
    const changed = read.filter(one => !isSame(one)).map(({ next }) => next);
    await this.#db.transaction(async tx => {
      for (let at = 0; at < unchanged.length; at += mostNamed)
        await tx('drift_declaration')
          .whereIn('subject', unchanged.slice(at, at + mostNamed))
          .update({ attempted_at_ms: nowMs, read_at_ms: nowMs });
      await insertRows(
        tx,
        'drift_declaration',
        changed.map(next => ({
          subject: next.subject,
          source: next.source,
          etag: next.etag ?? null,
          declared: next.declared ? JSON.stringify(next.declared) : null,
          problem: next.problem ?? null,
          attempted_at_ms: next.attemptedAtMs,
          read_at_ms: next.readAtMs ?? null,
        })),
        `ON CONFLICT (subject) DO UPDATE SET source = excluded.source, etag = excluded.etag, declared = excluded.declared,
          problem = excluded.problem, attempted_at_ms = excluded.attempted_at_ms, read_at_ms = excluded.read_at_ms`,
      );
    });
  }

  /** `undefined`: its host has not answered yet. */
  async #read(
    record: SubjectRecord,
    annotation: string,
    last: Declaration | undefined,
    nowMs: number,
  ): Promise<Declaration | undefined> {
    const base: Declaration = {
      subject: record.entityRef,
      source: annotation,
      etag: last?.etag,
      declared: last?.declared,
      problem: undefined,
      attemptedAtMs: nowMs,
      readAtMs: last?.readAtMs,
    };
    try {
      const content = await this.#content(annotation, record, base.etag);
      if (content === 'late') return undefined;
      if (content === 'unchanged') return { ...base, readAtMs: nowMs };
      const files = readYaml(content.text, annotation, monitorsFile).map(
        declaredOf,
      );
      return {
        ...base,
        etag: content.etag,
        declared: {
          features: files.flatMap(file => file.features),
          monitors: files.flatMap(file => file.monitors),
        },
        readAtMs: nowMs,
      };
    } catch (error) {
      const { message } = error as Error;
      const kept = last?.declared
        ? '; the last good version is still in use'
        : '';
      return {
        ...base,
        problem: `${
          message.startsWith(annotation) ? message : `${annotation}: ${message}`
        }${kept}`,
      };
    }
  }

  async #content(
    annotation: string,
    record: SubjectRecord,
    etag: string | undefined,
  ): Promise<
    { text: string; etag: string | undefined } | 'unchanged' | 'late'
  > {
    const { location } = record;
    const url = urlOf(annotation, location);
    if (url) {
      const file = await this.#urlFiles.read(url, {
        largestBytes,
        namedBy: `the annotation ${ANNOTATION_MONITORS} of ${record.entityRef}`,
        ...(etag === undefined ? {} : { etag }),
      });
      if (file.state === 'failed') throw new Error(file.why);
      return file.state === 'read' ? file : file.state;
    }
    if (!location?.startsWith('file:'))
      throw new Error(
        'is relative, but the entity comes from a place that has no directory',
      );
    const directory = dirname(
      location.startsWith('file://')
        ? fileURLToPath(location)
        : location.slice('file:'.length),
    );
    return this.#readingFiles.run(async () => ({
      text: await localText(directory, annotation),
      etag: undefined,
    }));
  }
}

function urlOf(
  annotation: string,
  location: string | undefined,
): string | undefined {
  if (/^https?:\/\//.test(annotation)) return annotation;
  if (/^[a-z][a-z0-9+.-]*:/i.test(annotation))
    throw new Error(
      'is neither an http(s) URL nor a path relative to the catalog file',
    );
  if (!location?.startsWith('url:')) return undefined;
  const base = location.slice('url:'.length);
  if (!URL.canParse(annotation, base))
    throw new Error(`cannot be resolved against ${base}`);
  return new URL(annotation, base).toString();
}

async function localText(directory: string, path: string): Promise<string> {
  try {
    // Follows symbolic links before it compares: neither `..` nor a link leads out of the catalog file's directory.
    const safePath = resolveSafeChildPath(directory, path);
    if ((await stat(safePath)).size > largestBytes)
      throw new Error(`is larger than ${largestBytes} bytes`);
    return await readFile(safePath, 'utf8');
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    if (name === 'NotAllowedError')
      throw new Error('lies outside the directory of the catalog file');
    // The system's message would show where on the server the file is.
    if (code === 'ENOENT') throw new Error('does not exist');
    if (code) throw new Error(`cannot be read (${code})`);
    throw new Error(message);
  }
}
