import {
  CollectorSummary,
  SourceSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { EvidenceCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { SubjectAnswers } from '../cohorts';
import { AsOf } from '../platform';
import { CollectorsStore, StoredSource } from './CollectorsStore';
import { nextAskMs } from './core/due';
import { CollectorSettings } from './settings';

export interface ConfiguredCollector {
  collector: EvidenceCollector;
  settings: CollectorSettings;
}

export interface SourcesQuery {
  subject?: string;
  state?: SourceSummary['state'];
  limit: number;
  /** The last key of the page before. */
  cursor?: string;
}

/** What collectors there are, and how each is doing about each of its subjects. */
export class CollectorsAnswers {
  readonly #deps: {
    collectors: ConfiguredCollector[];
    store: CollectorsStore;
    subjects: SubjectAnswers;
  };

  constructor(deps: {
    collectors: ConfiguredCollector[];
    store: CollectorsStore;
    subjects: SubjectAnswers;
  }) {
    this.#deps = deps;
  }

  /** Sources in the order of subject and collector. A subject that nobody was asked about yet is `waiting`, never left out. */
  async list(
    query: SourcesQuery,
    asOf: AsOf | undefined,
  ): Promise<{
    collectors: CollectorSummary[];
    sources: SourceSummary[];
    nextCursor?: string;
  }> {
    const subjects = (await this.#deps.subjects.list()).filter(
      ({ entityRef }) =>
        query.subject === undefined || entityRef === query.subject,
    );
    const read = asOf
      ? await this.#then(query.subject, asOf)
      : await this.#now(query.subject);
    const all = subjects.flatMap(subject =>
      this.#deps.collectors
        .filter(
          ({ collector, settings }) =>
            settings.isEnabled && collector.appliesTo(subject),
        )
        .map(configured => read(configured, subject.entityRef)),
    );
    const wanted = all.filter(
      source =>
        (query.state === undefined || source.state === query.state) &&
        (query.cursor === undefined || keyOf(source) > query.cursor),
    );
    const sources = wanted.slice(0, query.limit);
    return {
      collectors: this.#deps.collectors.map(({ collector, settings }) => {
        const own = all.filter(one => one.collectorId === collector.id);
        const count = (state: SourceSummary['state']) =>
          own.filter(one => one.state === state).length;
        return {
          collectorId: collector.id,
          title: collector.title,
          version: collector.version,
          isEnabled: settings.isEnabled,
          everySeconds: settings.everySeconds,
          timeoutSeconds: settings.timeoutSeconds,
          workingCount: count('working'),
          failingCount: count('failing'),
          waitingCount: count('waiting'),
        };
      }),
      sources,
      ...(wanted.length > sources.length && {
        nextCursor: keyOf(sources[sources.length - 1]),
      }),
    };
  }

  async #now(subject: string | undefined) {
    const states = byKey(await this.#deps.store.list(subject));
    return (
      { collector, settings }: ConfiguredCollector,
      ref: string,
    ): SourceSummary => {
      const found = states.get(sourceKey(ref, collector.id));
      return found
        ? {
            ...summaryOf(found),
            title: collector.title,
            nextAskMs: nextAskMs(found.state.askedAtMs, settings.everySeconds),
          }
        : waiting(collector, ref);
    };
  }

  async #then(subject: string | undefined, asOf: AsOf) {
    asOf.limit('catalog-of-today');
    asOf.limit('collections-at-changes');
    const changes = byKey(
      await this.#deps.store.transitionsUpTo(asOf.atMs, subject),
    );
    return ({ collector }: ConfiguredCollector, ref: string): SourceSummary => {
      const found = changes.get(sourceKey(ref, collector.id));
      return found
        ? {
            collectorId: collector.id,
            title: collector.title,
            subject: ref,
            state: found.state,
            sinceMs: found.atMs,
            lastSuccessMs: found.successEndedAtMs,
            failureCode: found.failureCode,
            evidenceId: found.evidenceId,
          }
        : waiting(collector, ref);
    };
  }
}

function summaryOf({
  collectorId,
  subject,
  state,
  evidenceId,
}: StoredSource): Omit<SourceSummary, 'title'> {
  return {
    collectorId,
    subject,
    state: state.state,
    sinceMs: state.sinceMs,
    lastRunMs: state.endedAtMs,
    lastSuccessMs: state.successEndedAtMs,
    failureCode: state.failure?.code,
    failureMessage: state.failure?.message,
    failedRunCount: state.failedRunCount,
    factCount: state.factCount,
    evidenceId,
  };
}

function waiting(
  { id, title }: EvidenceCollector,
  subject: string,
): SourceSummary {
  return { collectorId: id, title, subject, state: 'waiting' };
}

function sourceKey(subject: string, collectorId: string): string {
  return `${subject} ${collectorId}`;
}

function keyOf(source: SourceSummary): string {
  return sourceKey(source.subject, source.collectorId);
}

function byKey<T extends { subject: string; collectorId: string }>(
  list: T[],
): Map<string, T> {
  return new Map(
    list.map(one => [sourceKey(one.subject, one.collectorId), one]),
  );
}
