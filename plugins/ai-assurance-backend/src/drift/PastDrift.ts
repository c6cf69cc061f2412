import { Drift } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectAnswers } from '../cohorts';
import { LedgerAnswers, LedgerHistory, StoredEvidence } from '../ledger';
import { AsOf, Clock } from '../platform';
import {
  cohortPointThen,
  historyPointOf,
  monitorThen,
  RecordedReport,
} from './core/monitorThen';
import { HistoryPoint } from './core/thin';
import { CohortHistory } from './CohortHistory';
import { keepHistoryMs } from './DriftService';
import { DriftStore, MonitorAnswer } from './DriftStore';
import { groupSizesOf } from './groupSizes';
import { KnownReferences } from './KnownReferences';
import { MonitorDeclarations } from './MonitorDeclarations';
import { SignalJudge } from './SignalJudge';

const reportTypes = [
  'io.ai-assurance.drift-report.v1',
  'io.ai-assurance.drift-report.v2',
] as const;
const pageSize = 100;
/** Reports looked through for the signals of one subject, and for the points of a chart. */
const itemLimit = 1000;

function recordedOf(stored: StoredEvidence): RecordedReport {
  const { evidenceId, timeMs, expiresAtMs, item } = stored;
  return {
    evidenceId,
    timeMs,
    expiresAtMs,
    envelope: item.data.envelope,
    payload: item.data.payload as RecordedReport['payload'],
  };
}

/**
 * Watched signals as they were. A signal with an approved reference is told from the report that was recorded last; for one
 * without, nothing is recorded because nothing is compared, and it is judged again: that it had no reference, and how much
 * it reported.
 */
export class PastDrift {
  readonly #deps: {
    store: DriftStore;
    cohorts: CohortHistory;
    subjects: SubjectAnswers;
    ledgerAnswers: LedgerHistory;
    judge: SignalJudge;
    clock: Clock;
    known: KnownReferences;
    declarations: MonitorDeclarations;
  };

  constructor(deps: {
    store: DriftStore;
    cohorts: CohortHistory;
    subjects: SubjectAnswers;
    ledgerAnswers: LedgerHistory;
    judge: SignalJudge;
    clock: Clock;
    known: KnownReferences;
    declarations: MonitorDeclarations;
  }) {
    this.#deps = deps;
  }

  /** Each signal with its history since `historySinceMs`, oldest first and not thinned. */
  async monitors(
    subject: string,
    historySinceMs: number,
    asOf: AsOf,
  ): Promise<Drift[]> {
    const ledger = await this.#deps.ledgerAnswers.asOf(asOf);
    const monitors: Drift[] = [];
    const declared = (await this.#deps.declarations.kept(subject))?.declared;
    const judgedThen = await this.#deps.judge.judge(
      subject,
      declared,
      asOf.atMs,
      undefined,
      groupSizesOf(await this.#deps.subjects.list()),
    );
    const references = await this.#deps.known.newestOf([subject], asOf.atMs);
    const features = new Set([
      ...judgedThen.map(({ answer }) => answer.feature),
      ...(references.get(subject)?.keys() ?? []),
    ]);
    for (const feature of [...features].sort()) {
      const answer =
        (await this.#monitor(ledger, subject, feature, asOf)) ??
        judgedThen.find(signal => signal.answer.feature === feature)?.answer;
      if (!answer) continue;
      monitors.push({
        ...answer,
        history: await this.#history(
          ledger,
          subject,
          feature,
          historySinceMs,
          asOf,
        ),
      });
    }
    return monitors;
  }

  /** One cohort of each signal that is judged by cohorts, judged at an instant, with its history of that time. */
  async ofCohort(
    subject: string,
    cohort: string,
    historySinceMs: number,
    asOf: AsOf | undefined,
  ): Promise<Drift[]> {
    const { judge, declarations, subjects, cohorts, clock } = this.#deps;
    asOf?.limit('telemetry-late-points');
    const atMs = asOf?.atMs ?? clock.nowMs();
    const judged = await judge.judgeCohort(
      {
        subject,
        cohort,
        declared: (await declarations.kept(subject))?.declared,
        known: undefined,
      },
      atMs,
      groupSizesOf(await subjects.list()),
    );
    const ledger = asOf && (await this.#deps.ledgerAnswers.asOf(asOf));
    return Promise.all(
      judged.map(async ({ answer }) => {
        const of = { subject, cohort, feature: answer.feature };
        const kept = await cohorts.points(of, historySinceMs, atMs);
        const history =
          ledger && asOf
            ? await this.#before(ledger, of, kept, historySinceMs, asOf)
            : kept;
        return { ...answer, history };
      }),
    );
  }

  async #monitor(
    ledger: LedgerAnswers,
    subject: string,
    feature: string,
    asOf: AsOf,
  ): Promise<MonitorAnswer | undefined> {
    const { store } = this.#deps;
    if (await store.newestReference(subject, feature, asOf.atMs)) {
      for await (const report of this.#reports(ledger, subject, feature)) {
        asOf.limit('last-recorded');
        const { referenceId } = report.payload;
        const reference = await store.referenceById(referenceId);
        return monitorThen(report, reference?.approvedBy, asOf.atMs);
      }
    }
    return undefined;
  }

  /** Reports on a signal, newest first. */
  async *#reports(
    ledger: LedgerAnswers,
    subject: string,
    feature: string,
    range: { fromMs?: number; toMs?: number } = {},
  ): AsyncGenerator<RecordedReport> {
    let beforePosition: number | undefined;
    for (let seen = 0; seen < itemLimit; seen += pageSize) {
      const before = beforePosition;
      const pages = await Promise.all(
        reportTypes.map(type =>
          ledger.list({
            ...range,
            subject,
            type,
            limit: pageSize,
            beforePosition: before,
          }),
        ),
      );
      // Both versions, newest first; what lies beyond the page is asked for next.
      const page = pages
        .flat()
        .sort((a, b) => b.position - a.position)
        .slice(0, pageSize);
      for (const stored of page) {
        if (stored.isErased) continue;
        const report = recordedOf(stored);
        if (report.payload.feature === feature) yield report;
      }
      if (page.length < pageSize) return;
      beforePosition = page[page.length - 1].position;
    }
  }

  /** Minute by minute as long as that is kept, before it what was recorded. */
  async #history(
    ledger: LedgerAnswers,
    subject: string,
    feature: string,
    sinceMs: number,
    asOf: AsOf,
  ): Promise<HistoryPoint[]> {
    if (sinceMs > asOf.atMs) return [];
    const kept = await this.#deps.store.results(
      subject,
      feature,
      sinceMs,
      asOf.atMs,
    );
    return this.#before(ledger, { subject, feature }, kept, sinceMs, asOf);
  }

  /** What is kept, and before it what was recorded. */
  async #before(
    ledger: LedgerAnswers,
    of: { subject: string; feature: string; cohort?: string },
    kept: HistoryPoint[],
    sinceMs: number,
    asOf: AsOf,
  ): Promise<HistoryPoint[]> {
    const { clock } = this.#deps;
    const { subject, feature, cohort } = of;
    const keptFromMs = clock.nowMs() - keepHistoryMs;
    if (sinceMs >= keptFromMs) return kept;
    asOf.limit('history-thinned');
    const recorded: HistoryPoint[] = [];
    const firstKeptMs = kept[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const toMs = Math.min(keptFromMs, asOf.atMs + 1);
    for await (const report of this.#reports(ledger, subject, feature, {
      fromMs: sinceMs,
      toMs,
    })) {
      const point =
        cohort === undefined
          ? historyPointOf(report)
          : cohortPointThen(report, cohort);
      if (point && point.atMs >= sinceMs && point.atMs < firstKeptMs)
        recorded.push(point);
    }
    return [...recorded.reverse(), ...kept];
  }
}
