import {
  AnswerOf,
  Drift,
  DriftCoverage,
  QueryOf,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotFoundError } from '@backstage/errors';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { AsOf, Clock, wholeMinuteMs, withCode } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { byRiskTier, coverageInWords, coverageOf } from './core/coverage';
import { Declaration, MonitorDeclarations } from './MonitorDeclarations';
import { DriftSettings } from './settings';
import { DriftAnswers } from './types';

const watchedKinds = ['ai-service', 'ai-model', 'edge-model'];

/** What the drift tab and the coverage page show. */
export class DriftPages {
  readonly #answers: DriftAnswers;
  readonly #subjects: SubjectAnswers;
  readonly #telemetry: TelemetryAnswers;
  readonly #declarations: MonitorDeclarations;
  readonly #settings: DriftSettings;
  readonly #clock: Clock;

  constructor(deps: {
    answers: DriftAnswers;
    subjects: SubjectAnswers;
    telemetry: TelemetryAnswers;
    declarations: MonitorDeclarations;
    settings: DriftSettings;
    clock: Clock;
  }) {
    this.#answers = deps.answers;
    this.#subjects = deps.subjects;
    this.#telemetry = deps.telemetry;
    this.#declarations = deps.declarations;
    this.#settings = deps.settings;
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
    const coverage = await this.#coverage(record, monitors, declaration, nowMs);
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
    };
  }

  async coverage(
    asOf: AsOf | undefined,
  ): Promise<AnswerOf<'getDriftCoverage'>> {
    asOf?.limit('catalog-of-today');
    const nowMs = asOf?.atMs ?? this.#clock.nowMs();
    const declarations = await this.#declarations.all();
    const subjects: DriftCoverage[] = [];
    for (const record of await this.#subjects.list()) {
      if (!watchedKinds.includes(record.kind)) continue;
      subjects.push(
        await this.#coverage(
          record,
          await this.#answers.monitors(record.entityRef, nowMs, asOf),
          declarations.get(record.entityRef),
          nowMs,
        ),
      );
    }
    return {
      sentence: coverageInWords(subjects),
      subjects,
      byRiskTier: byRiskTier(subjects),
    };
  }

  async #coverage(
    record: SubjectRecord,
    monitors: readonly Drift[],
    declaration: Declaration | undefined,
    nowMs: number,
  ): Promise<DriftCoverage> {
    const toMs = wholeMinuteMs(nowMs);
    const points = await this.#telemetry.latencyPoints(
      record.entityRef,
      toMs - this.#settings.currentWindowMs,
      toMs,
    );
    const trafficCount = points.reduce((sum, { count }) => sum + count, 0);
    return coverageOf({
      subject: record.entityRef,
      title: record.title,
      riskTier: record.riskTier,
      tier: record.tier,
      features: [
        ...(declaration?.declared?.features ?? []),
        ...(declaration?.declared?.monitors ?? []).map(m => m.feature),
      ],
      monitors,
      trafficCount: trafficCount === 0 ? undefined : trafficCount,
    });
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
