import {
  AnswerOf,
  Drift,
  QueryOf,
  Reference,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { AsOf, Clock, Db, pageOf, withCode } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { byRiskTier, coverageInWords } from './core/coverage';
import { CoverageReads } from './CoverageReads';
import { KnownReferences } from './KnownReferences';
import { MonitorDeclarations } from './MonitorDeclarations';
import { DriftSettings } from './settings';
import { DriftAnswers } from './types';

const watchedKinds = ['ai-service', 'ai-model', 'edge-model'];

/** What the drift tab and the coverage page show. */
export class DriftPages {
  readonly #answers: DriftAnswers;
  readonly #known: KnownReferences;
  readonly #subjects: SubjectAnswers;
  readonly #declarations: MonitorDeclarations;
  readonly #coverage: CoverageReads;
  readonly #clock: Clock;

  constructor(deps: {
    db: Db;
    answers: DriftAnswers;
    known: KnownReferences;
    subjects: SubjectAnswers;
    telemetry: TelemetryAnswers;
    declarations: MonitorDeclarations;
    settings: DriftSettings;
    clock: Clock;
  }) {
    this.#answers = deps.answers;
    this.#known = deps.known;
    this.#subjects = deps.subjects;
    this.#declarations = deps.declarations;
    this.#coverage = new CoverageReads({
      ...deps,
      currentWindowMs: deps.settings.currentWindowMs,
    });
    this.#clock = deps.clock;
  }

  /**
   * With `cohort` what is told of that cohort alone, and of all else only which cohorts there are. Throws `NotFoundError` for
   * what is neither a service nor a model.
   */
  async drift(
    entityRef: string,
    { rangeMinutes, cohort }: QueryOf<'getDrift'>,
    asOf: AsOf | undefined,
  ): Promise<Omit<AnswerOf<'getDrift'>, 'mayApproveReference'>> {
    const record = await this.#subjects.get(entityRef);
    if (!record || !watchedKinds.includes(record.kind))
      throw withCode(
        new NotFoundError(
          `${entityRef} is no AI service or model in the catalog`,
        ),
        'UNKNOWN_SUBJECT',
      );
    asOf?.limit('catalog-of-today');
    const nowMs = asOf?.atMs ?? this.#clock.nowMs();
    const rangeStartMs = nowMs - rangeMinutes * 60_000;
    const monitors = await this.#answers.monitors(
      entityRef,
      cohort === undefined ? rangeStartMs : Number.MAX_SAFE_INTEGER,
      asOf,
    );
    const shown =
      cohort === undefined
        ? monitors
        : await this.#answers.ofCohort(entityRef, cohort, rangeStartMs, asOf);
    const declaration = await this.#declarations.kept(entityRef);
    const coverage = await this.#coverage.one(
      record,
      monitors,
      declaration,
      nowMs,
    );
    return {
      subject: {
        entityRef,
        kind: record.kind,
        title: record.title,
        ownerRef: record.ownerRef,
        riskTier: record.riskTier,
        tier: record.tier,
      },
      sentence: sentenceOf(shown, cohort),
      status: worstOf(shown.map(({ verdict }) => verdict.status)),
      rangeStartMs,
      rangeEndMs: nowMs,
      coverage,
      declarationProblems: declaration?.problem ? [declaration.problem] : [],
      cohort: cohort ?? null,
      cohorts: cohortsOf(monitors),
      monitors: shown,
      references: await this.#referencesOf(entityRef, shown, nowMs),
    };
  }

  /** Approved references of these monitors, without their histograms: those stand in the monitors. */
  async #referencesOf(
    subject: string,
    monitors: readonly Drift[],
    asOfMs: number,
  ): Promise<Reference[]> {
    const used = new Set(monitors.map(({ referenceId }) => referenceId));
    const newest = await this.#known.newestOf([subject], asOfMs);
    return [...(newest.get(subject)?.values() ?? [])]
      .filter(({ referenceId }) => used.has(referenceId))
      .map(
        ({
          boundaries: _boundaries,
          bins: _bins,
          categories: _categories,
          binsOf: _binsOf,
          ...reference
        }) => reference,
      );
  }

  /** Throws InputError `INVALID_CURSOR`. */
  async coverage(
    query: QueryOf<'getDriftCoverage'>,
    asOf: AsOf | undefined,
  ): Promise<AnswerOf<'getDriftCoverage'>> {
    asOf?.limit('catalog-of-today');
    const nowMs = asOf?.atMs ?? this.#clock.nowMs();
    const watched = (await this.#subjects.list()).filter(({ kind }) =>
      watchedKinds.includes(kind),
    );
    const all = await this.#coverage.all(watched, nowMs, asOf);
    const { rows, nextCursor } = pageOf(all, ({ subject }) => [subject], query);
    return {
      sentence: coverageInWords(all),
      subjectCount: all.length,
      incompleteCount: all.filter(({ unwatched }) => unwatched.length > 0)
        .length,
      ...(nextCursor === undefined ? {} : { nextCursor }),
      subjects: rows,
      byRiskTier: byRiskTier(all),
    };
  }
}

/** Cohorts that any signal is judged by. */
function cohortsOf(monitors: readonly Drift[]): string[] {
  const all = monitors.flatMap(({ cohorts = [] }) =>
    cohorts.map(({ cohort }) => cohort),
  );
  return [...new Set(all)].sort();
}

function sentenceOf(
  monitors: readonly Drift[],
  cohort: string | undefined,
): string {
  if (monitors.length === 0)
    return cohort === undefined
      ? 'Nothing is watched for drift yet'
      : `No watched signal is judged for ${cohort}`;
  const of = (status: string) =>
    monitors.filter(({ verdict }) => verdict.status === status);
  const names = (some: readonly Drift[]) =>
    some
      .slice(0, 3)
      .map(({ feature }) => feature)
      .join(', ') + (some.length > 3 ? ` and ${some.length - 3} more` : '');
  const failing = of('fail');
  const unknown = of('inconclusive');
  const tail = unknown.length
    ? `; ${unknown.length} of ${monitors.length} cannot be judged`
    : '';
  if (failing.length)
    return `${failing.length} of ${
      monitors.length
    } watched signals drifted: ${names(failing)}${tail}`;
  const warned = of('warn');
  if (warned.length)
    return `${warned.length} of ${
      monitors.length
    } watched signals began to drift: ${names(warned)}${tail}`;
  const passed = of('pass');
  if (passed.length === 0) return 'No watched signal can be judged';
  return `${passed.length} of ${monitors.length} watched signals look like their reference${tail}`;
}
