import { formatCounted } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { Clock, withCode } from '../platform';
import { assign, AssignmentIndex, indexSubjects } from './core/assign';
import { subjectRecordOf } from './core/subjectRecord';
import { SubjectAnswers, SubjectRecord } from './types';

/** How old a snapshot of the catalog may be before it is read again, in milliseconds. */
export const SNAPSHOT_LIFETIME_MS = 10_000;

const subjectFilter = [
  { kind: 'component', 'spec.type': 'ai-service' },
  {
    kind: 'resource',
    'spec.type': ['ai-model', 'edge-model', 'device-cohort'],
  },
];

interface Snapshot {
  ordered: SubjectRecord[];
  byRef: Map<string, SubjectRecord>;
  index: AssignmentIndex;
}

/**
 * The subjects as the catalog has them, read with the plugin's own credentials: telemetry must be assigned whoever sends
 * it. Callers MUST authorise before they show what they got here.
 */
export class SubjectSnapshot implements SubjectAnswers {
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #clock: Clock;
  readonly #logger: LoggerService;
  #snapshot: Snapshot | undefined;
  #reading: Promise<void> | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #failing = false;

  constructor(deps: {
    catalog: CatalogService;
    auth: AuthService;
    clock: Clock;
    logger: LoggerService;
  }) {
    this.#catalog = deps.catalog;
    this.#auth = deps.auth;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  async list(): Promise<SubjectRecord[]> {
    return [...(await this.#current()).ordered];
  }

  async get(entityRef: string): Promise<SubjectRecord | undefined> {
    return (await this.#current()).byRef.get(
      entityRef.toLocaleLowerCase('en-US'),
    );
  }

  async assign(attributes: Record<string, string>) {
    return assign((await this.#current()).index, attributes);
  }

  /** Throws `ServiceUnavailableError` when the catalog has not answered even once. */
  async #current(): Promise<Snapshot> {
    const nowMs = this.#clock.nowMs();
    // The age is counted from the last attempt, so that a failing catalog is not asked by every signal.
    const due =
      nowMs - this.#triedAtMs >= SNAPSHOT_LIFETIME_MS || !this.#snapshot;
    if (due) {
      this.#reading ??= this.#read(nowMs).finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    if (!this.#snapshot) {
      throw withCode(
        new ServiceUnavailableError(
          'The catalog has not answered yet, so no subject is known. Try again in some seconds.',
        ),
        'CATALOG_UNAVAILABLE',
      );
    }
    return this.#snapshot;
  }

  async #read(nowMs: number): Promise<void> {
    this.#triedAtMs = nowMs;
    try {
      const credentials = await this.#auth.getOwnServiceCredentials();
      const { items } = await this.#catalog.getEntities(
        { filter: subjectFilter },
        { credentials },
      );
      const ordered = items
        .map(subjectRecordOf)
        .filter((record): record is SubjectRecord => record !== undefined)
        .sort((a, b) => (a.entityRef < b.entityRef ? -1 : 1));
      this.#snapshot = {
        ordered,
        byRef: new Map(ordered.map(record => [record.entityRef, record])),
        index: indexSubjects(ordered),
      };
      if (this.#failing)
        this.#logger.info('The catalog answers again; subjects are up to date');
      this.#failing = false;
    } catch (error) {
      // A stale snapshot assigns better than none; the warning comes once for each outage, not once for each signal.
      if (!this.#failing) {
        const kept = this.#snapshot
          ? `keeping what was last seen (${formatCounted(
              this.#snapshot.ordered.length,
              'subject',
            )})`
          : 'no subject is known yet';
        this.#logger.warn(
          `The catalog could not be read, ${kept}`,
          error as Error,
        );
      }
      this.#failing = true;
    }
  }
}
