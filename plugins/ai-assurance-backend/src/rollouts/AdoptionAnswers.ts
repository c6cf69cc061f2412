import {
  AdoptionPoint,
  CohortAdoption,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectAnswers } from '../cohorts';
import { METRICS, TelemetryAnswers } from '../telemetry';
import { adoptionOf, adoptionOverTime } from './core/adoption';
import { AdoptionAnswers } from './types';

/** Counts adoption from telemetry as asked. */
export class TelemetryAdoptionAnswers implements AdoptionAnswers {
  readonly #telemetry: TelemetryAnswers;
  readonly #subjects: SubjectAnswers;

  constructor(telemetry: TelemetryAnswers, subjects: SubjectAnswers) {
    this.#telemetry = telemetry;
    this.#subjects = subjects;
  }

  async adoption(
    modelRef: string,
    fromMs: number,
    toMs: number,
  ): Promise<CohortAdoption[]> {
    const filter = { subject: modelRef, fromMs, toMs };
    const [sessions, loadAttempts] = await Promise.all([
      this.#telemetry.windows({ ...filter, metric: METRICS.sessions }),
      this.#telemetry.windows({ ...filter, metric: METRICS.loadAttempts }),
    ]);
    return Promise.all(
      adoptionOf(sessions, loadAttempts).map(async counts => ({
        ...counts,
        title: await this.#titleOf(counts.cohort),
      })),
    );
  }

  async overTime(
    modelRef: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ): Promise<AdoptionPoint[]> {
    const sessions = await this.#telemetry.windows({
      subject: modelRef,
      metric: METRICS.sessions,
      fromMs,
      toMs,
      ...(cohort === undefined ? {} : { cohort }),
    });
    return adoptionOverTime(sessions, fromMs, toMs);
  }

  async #titleOf(cohort: string | null): Promise<string> {
    if (cohort === null) return 'No cohort';
    return (await this.#subjects.get(cohort))?.title ?? cohort;
  }
}
