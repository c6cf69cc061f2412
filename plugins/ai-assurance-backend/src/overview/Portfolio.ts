import {
  AnswerOf,
  Attention,
  QueryOf,
  severityRank,
  SubjectScore,
  VerdictRollUp,
  VerdictStatus,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ApprovalAnswers } from '../approvals';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { LedgerAnswers, LedgerHistory } from '../ledger';
import { pageOf } from '../platform';
import { ScorecardAnswers } from '../scorecards';
import { TelemetryAnswers } from '../telemetry';
import { attentionOf } from './core/attention';
import { overviewSentence } from './core/sentences';
import { subjectOf } from './core/subject';
import { Moment } from './moment';

export interface PortfolioDeps {
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  ledger: LedgerAnswers & LedgerHistory;
  /** What somebody has to look at in the ledger itself; see its status. */
  ledgerStatus?: (asOfMs?: number) => Promise<{ problem?: string }>;
  scorecards: ScorecardAnswers;
  approvals: ApprovalAnswers;
}

type OverviewQuery = QueryOf<'getOverview'>;

const hourMs = 3_600_000;
const mostAttention = 100;
const mostReleases = 20;
const noTier = '-';

// What nobody has judged yet is not known; it must never read as a pass.
export const notJudged: VerdictRollUp = {
  status: 'inconclusive',
  measuredCount: 0,
  inScopeCount: 0,
  unknownCount: 0,
};

interface Row {
  record: SubjectRecord;
  score: SubjectScore | undefined;
  status: VerdictStatus;
}

/**
 * Everything that is assured, in one answer of bounded size: all subjects are counted, and of subjects, what needs attention
 * and open releases a part is told, with how many there are.
 */
export class Portfolio {
  readonly #deps: PortfolioDeps;

  constructor(deps: PortfolioDeps) {
    this.#deps = deps;
  }

  /** Throws InputError `INVALID_CURSOR`. */
  async overview(
    query: OverviewQuery,
    { atMs, asOf }: Moment,
  ): Promise<AnswerOf<'getOverview'>> {
    const { subjects, scorecards, approvals, telemetry, ledger } = this.#deps;
    asOf?.limit('catalog-of-today');
    const [records, scores, waiting, head, intake, ledgerStatus] =
      await Promise.all([
        subjects.list(),
        scorecards.scores(asOf),
        approvals.waiting(mostReleases, asOf),
        (asOf ? await ledger.asOf(asOf) : ledger).head(),
        telemetry.intake(atMs - hourMs, asOf?.atMs),
        this.#deps.ledgerStatus?.(asOf?.atMs),
      ]);
    const rows = records.map((record): Row => {
      const score = scores.get(record.entityRef);
      return { record, score, status: (score?.rollUp ?? notJudged).status };
    });
    const attention = worstFirst(
      rows.flatMap(({ record, score }) =>
        attentionOf(subjectOf(record), score),
      ),
    );
    const matching = rows.filter(row => isMeant(row, query));
    const { rows: shown, nextCursor } = pageOf(
      matching,
      ({ record, status }) => [
        severityRank(status),
        record.title,
        record.entityRef,
      ],
      query,
    );
    return {
      sentence: overviewSentence(
        rows.map(({ record, status }) => ({
          status,
          isOwned: record.ownerRef !== undefined,
        })),
      ),
      status: worstOf(
        (attention.length > 0 ? attention : rows).map(({ status }) => status),
      ),
      subjectCount: rows.length,
      matchingCount: matching.length,
      ...(nextCursor === undefined ? {} : { nextCursor }),
      matrix: matrixOf(rows),
      attentionCount: attention.length,
      openReleaseCount: waiting.count,
      subjects: shown.map(({ record, score }) => ({
        subject: subjectOf(record),
        rollUp: score?.rollUp ?? notJudged,
        level: score?.level ?? null,
      })),
      attention: attention.slice(0, mostAttention),
      openReleases: waiting.releases,
      ledger: {
        size: head?.size ?? 0,
        rootHash: head?.rootHash ?? '',
        headAtMs: head?.signedAtMs ?? null,
        problem: ledgerStatus?.problem,
      },
      telemetry: {
        lastBatchAtMs: intake.lastBatchAtMs ?? null,
        pointsLastHour: intake.acceptedPoints,
        refusedPointsLastHour: intake.refusedPoints,
      },
    };
  }
}

/** The worst, and of these the oldest, first. */
function worstFirst(attention: Attention[]): Attention[] {
  return attention.sort(
    (a, b) =>
      severityRank(a.status) - severityRank(b.status) ||
      (a.sinceMs ?? 0) - (b.sinceMs ?? 0),
  );
}

function isMeant({ record, status }: Row, query: OverviewQuery): boolean {
  if (query.kind && record.kind !== query.kind) return false;
  if (query.verdict && status !== query.verdict) return false;
  if (query.tier && (record.riskTier ?? noTier) !== query.tier) return false;
  const wanted = query.search?.trim().toLocaleLowerCase('en-US') ?? '';
  return (
    wanted === '' ||
    `${record.title} ${record.entityRef}`
      .toLocaleLowerCase('en-US')
      .includes(wanted)
  );
}

function matrixOf(rows: readonly Row[]): AnswerOf<'getOverview'>['matrix'] {
  const cells = new Map<string, AnswerOf<'getOverview'>['matrix'][number]>();
  for (const { record, status } of rows) {
    const riskTier = record.riskTier ?? null;
    const key = `${status} ${riskTier ?? ''}`;
    const cell = cells.get(key) ?? { riskTier, status, count: 0 };
    cell.count += 1;
    cells.set(key, cell);
  }
  return [...cells.values()];
}
