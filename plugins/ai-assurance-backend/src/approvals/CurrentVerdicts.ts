import { EvidenceType } from '@ai-assurance/evidence';
import { LedgerNewest } from '../ledger';
import { AsOf } from '../platform';
import { Fact, judge, readFacts, ScorecardAnswers } from '../scorecards';
import { Policy } from './core/policy';
import { ReleaseVerdict } from './tables';

/** What is asked: a version of a model under a policy. */
export interface VersionInQuestion {
  modelRef: string;
  digest: string;
  /** `undefined` when the policy of an old release is no longer configured: then nothing can be required. */
  policy: Policy | undefined;
}

/**
 * Asks today's verdicts on versions: the evidence that the policy requires, and the scorecard of the model as stored.
 * Make one for each request: it remembers what it read. For verdicts of then, hand in the ledger of then, that instant as
 * `nowMs`, and the question about the past for the scorecard.
 */
export class CurrentVerdicts {
  readonly #ledger: LedgerNewest;
  readonly #scorecards: ScorecardAnswers;
  readonly #nowMs: number;
  readonly #asOf: AsOf | undefined;
  readonly #facts = new Map<string, Promise<Fact[]>>();
  readonly #checks = new Map<string, Promise<ReleaseVerdict[]>>();

  constructor(
    ledger: LedgerNewest,
    scorecards: ScorecardAnswers,
    nowMs: number,
    asOf?: AsOf,
  ) {
    this.#asOf = asOf;
    this.#ledger = ledger;
    this.#scorecards = scorecards;
    this.#nowMs = nowMs;
  }

  /** Required evidence first, then the checks of the scorecard; checks that the policy leaves out or that do not apply are not there. */
  async of(version: VersionInQuestion): Promise<ReleaseVerdict[]> {
    const checks = await this.#checksOf(version.modelRef);
    const except = version.policy?.exceptChecks ?? [];
    return [
      ...(await this.required(version)),
      ...checks.filter(({ code }) => !except.includes(code)),
    ];
  }

  /** Only what the policy requires; an approval needs all of it to pass. */
  async required({
    modelRef,
    digest,
    policy,
  }: VersionInQuestion): Promise<ReleaseVerdict[]> {
    return Promise.all(
      (policy?.requiredEvidence ?? []).map(async rule => {
        const facts = await this.#factsOf(modelRef, rule.evidence.kind);
        const verdict = judge({
          rule,
          facts,
          digests: [digest],
          nowMs: this.#nowMs,
        });
        return {
          code: rule.id,
          question: rule.question,
          status: verdict.status,
          reason: verdict.reason,
          evidenceId: verdict.facts.evidenceId ?? null,
        };
      }),
    );
  }

  #factsOf(modelRef: string, kind: EvidenceType): Promise<Fact[]> {
    const key = `${modelRef} ${kind}`;
    const known =
      this.#facts.get(key) ??
      readFacts(this.#ledger, [
        { subject: modelRef, type: kind, sinceMs: 0 },
      ]).then(([facts]) => facts);
    this.#facts.set(key, known);
    return known;
  }

  #checksOf(modelRef: string): Promise<ReleaseVerdict[]> {
    const known = this.#checks.get(modelRef) ?? this.#readChecks(modelRef);
    this.#checks.set(modelRef, known);
    return known;
  }

  async #readChecks(modelRef: string): Promise<ReleaseVerdict[]> {
    const score = await this.#scorecards.score(modelRef, this.#asOf);
    if (!score) {
      const question = 'What does the scorecard say about the model?';
      return [
        {
          code: 'scorecard',
          question,
          status: 'inconclusive',
          reason: 'no-data',
          evidenceId: null,
        },
      ];
    }
    return score.checks
      .filter(({ verdict }) => verdict.status !== 'not-applicable')
      .map(({ checkId, question, verdict }) => ({
        code: checkId,
        question,
        status: verdict.status,
        reason: verdict.reason,
        evidenceId: verdict.facts.evidenceId ?? null,
      }));
  }
}
