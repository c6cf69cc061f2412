import {
  RELATIONS,
  ReleaseState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { UserInfoService } from '@backstage/backend-plugin-api';
import { ConflictError, NotAllowedError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { EvidenceDraft, Ledger, LedgerAnswers, LedgerNewest } from '../ledger';
import { Caller, Clock, Db, Ids, Outbox, Tx, withCode } from '../platform';
import { ScorecardAnswers } from '../scorecards';
import { SloAnswers } from '../slo';
import { groupsOf, StoredApprovalAnswers } from './ApprovalAnswers';
import { ApprovalStore, staleVersion } from './ApprovalStore';
import { mayVote, VoteRefusal } from './core/mayVote';
import { Policy, policyInWords, quorumFor } from './core/policy';
import { decisionOf, stateAfter, Vote } from './core/state';
import { CurrentVerdicts } from './CurrentVerdicts';
import { decisionDraft, requestDraft, voteDraft } from './drafts';
import {
  Proposal,
  requireCohorts,
  requireKnownVersion,
  requireModel,
  requirePerson,
  requirePolicy,
} from './proposalRules';
import { ReleaseReader } from './ReleaseReader';
import { StoredRelease } from './tables';

export interface ApprovalServiceDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerAnswers & LedgerNewest;
  subjects: SubjectAnswers;
  scorecards: ScorecardAnswers;
  slo?: Pick<SloAnswers, 'blockades'>;
  userInfo: UserInfoService;
  policies: Policy[];
  answers: StoredApprovalAnswers;
  reader: ReleaseReader;
  store: ApprovalStore;
}

export interface Ballot {
  vote: 'approve' | 'reject';
  reason: string;
  digest: string;
  rowVersion: number;
}

type Decided = Exclude<ReleaseState, 'in-review'>;

const expireBatch = 100;

const conflicts: VoteRefusal[] = [
  'NOT_OPEN',
  'DEADLINE_PASSED',
  'ALREADY_VOTED',
];

/** Proposes and decides releases. Callers MUST have been authorised for the permission of each use case. */
export class ApprovalService {
  readonly #deps: ApprovalServiceDeps;

  constructor(deps: ApprovalServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Proposes a version and freezes what is known about it now. Throws `NOT_A_PERSON`, `UNKNOWN_MODEL`, `NOT_A_MODEL`,
   * `NO_COHORT`, `NOT_TARGETED`, `NO_POLICY`, `UNKNOWN_VERSION` or `ALREADY_OPEN`. Not safe to repeat: a second call
   * answers `ALREADY_OPEN`.
   */
  async propose(proposal: Proposal, caller: Caller): Promise<string> {
    const { clock, ids, subjects, policies, ledgerAnswers, scorecards, store } =
      this.#deps;
    const nowMs = clock.nowMs();
    requirePerson(caller);
    const model = await requireModel(subjects, proposal.modelRef);
    const cohorts = requireCohorts(model, proposal.cohorts);
    const policy = requirePolicy(policies, model);
    await requireKnownVersion(ledgerAnswers, proposal);
    const verdicts = new CurrentVerdicts(ledgerAnswers, scorecards, nowMs);
    const { modelRef, version, digest, reason } = proposal;
    const quorum = quorumFor(policy, model.riskTier);
    const release: StoredRelease = {
      releaseId: ids.next('rel'),
      modelRef,
      version,
      digest,
      cohorts,
      reason,
      quorum,
      state: 'in-review',
      rowVersion: 1,
      proposedBy: caller.ref,
      proposedAtMs: nowMs,
      deadlineMs: nowMs + policy.deadline,
      policyId: policy.policyId,
      policyDigest: policy.digest,
      policyText: policyInWords(policy, quorum),
      approverGroups: policy.approverGroups,
      frozenVerdicts: await verdicts.of({ modelRef, digest, policy }),
      decidedAtMs: undefined,
      votes: [],
    };
    await this.#commit(
      release,
      'release.proposed',
      [requestDraft(release)],
      tx => store.insert(tx, release),
    );
    return release.releaseId;
  }

  /**
   * Votes, and decides when the vote settles it. Throws `UNKNOWN_RELEASE`, the codes of {@link mayVote},
   * `DIGEST_CHANGED`, `STALE_VERSION`, and for an approval `POLICY_CHANGED`, `EVIDENCE_MISSING` or
   * `ERROR_BUDGET_EXHAUSTED`.
   */
  async vote(releaseId: string, ballot: Ballot, caller: Caller): Promise<void> {
    const { answers, clock, userInfo, store } = this.#deps;
    const nowMs = clock.nowMs();
    const release = await answers.stored(releaseId);
    const voter = {
      ref: caller.ref,
      isUser: caller.isUser,
      groups: await groupsOf(userInfo, caller),
    };
    const answer = mayVote({ release, voter, nowMs });
    if (!answer.allowed) {
      const error = conflicts.includes(answer.code)
        ? new ConflictError(answer.reason)
        : new NotAllowedError(answer.reason);
      throw withCode(error, answer.code);
    }
    if (ballot.digest !== release.digest) {
      const message = `The release ${releaseId} is about ${release.digest}, not about ${ballot.digest}. Load it again before you vote.`;
      throw withCode(new ConflictError(message), 'DIGEST_CHANGED');
    }
    if (ballot.rowVersion !== release.rowVersion) throw staleVersion(releaseId);
    if (ballot.vote === 'approve') {
      await this.#requireEvidence(release, nowMs);
      await this.#requireBudget(release);
    }

    const { vote: choice, reason, digest } = ballot;
    const vote: Vote = {
      votedBy: caller.ref,
      vote: choice,
      reason,
      digest,
      votedAtMs: nowMs,
    };
    const votes = [...release.votes, vote];
    const decision = decisionOf(votes, release.quorum);
    const state =
      decision === undefined
        ? release.state
        : stateAfter(release.state, decision)!;
    const drafts: EvidenceDraft[] = [voteDraft(release, vote)];
    if (state !== 'in-review')
      drafts.push(decisionDraft(release, state, votes, nowMs));
    await this.#commit(
      release,
      state === 'in-review' ? 'release.voted' : `release.${state}`,
      drafts,
      async tx => {
        await store.move(tx, release, state, nowMs);
        await store.addVote(tx, releaseId, vote);
      },
    );
  }

  /** Takes back one’s own proposal. Throws `UNKNOWN_RELEASE`, `NOT_PROPOSER`, `NOT_OPEN` or `STALE_VERSION`. */
  async withdraw(
    releaseId: string,
    rowVersion: number,
    caller: Caller,
  ): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const release = await this.#deps.answers.stored(releaseId);
    if (!caller.isUser || caller.ref !== release.proposedBy) {
      const message = `Only ${release.proposedBy}, who proposed the release, may withdraw it. An approver can reject it instead.`;
      throw withCode(new NotAllowedError(message), 'NOT_PROPOSER');
    }
    if (stateAfter(release.state, 'withdraw') === undefined) {
      throw withCode(
        new ConflictError(
          `This release is ${release.state}; it can no longer be withdrawn.`,
        ),
        'NOT_OPEN',
      );
    }
    if (rowVersion !== release.rowVersion) throw staleVersion(releaseId);
    await this.#decide(release, 'withdrawn', nowMs);
  }

  /** Expires releases whose deadline has come. Safe to repeat; a release that is decided meanwhile is left alone. */
  async expireOverdue(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    for (const release of await this.#deps.reader.overdue(nowMs, expireBatch)) {
      try {
        await this.#decide(release, 'expired', nowMs);
      } catch (error) {
        // Somebody withdrew it, or another replica was first: then it is decided, which is all that is wanted here.
        if ((error as { code?: string }).code !== 'STALE_VERSION') throw error;
      }
    }
  }

  async #decide(
    release: StoredRelease,
    state: Decided,
    nowMs: number,
  ): Promise<void> {
    const draft = decisionDraft(release, state, release.votes, nowMs);
    await this.#commit(release, `release.${state}`, [draft], tx =>
      this.#deps.store.move(tx, release, state, nowMs),
    );
  }

  /** State, message and evidence in one transaction. */
  async #commit(
    release: StoredRelease,
    topic: string,
    drafts: EvidenceDraft[],
    write: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const { db, outbox, ledger } = this.#deps;
    await db.transaction(async tx => {
      await write(tx);
      await outbox.queue(tx, { topic, subjects: [release.modelRef] });
      const outcomes = await ledger.append(tx, drafts);
      const refused = outcomes.findIndex(
        ({ outcome }) => outcome === 'conflict',
      );
      if (refused >= 0)
        throw new Error(
          `The ledger holds another item with the id ${drafts[refused].id}`,
        );
    });
  }

  /** An exhausted error budget of the model, or of a service that uses it, may block its approval; its policy says so. */
  async #requireBudget({ modelRef }: StoredRelease): Promise<void> {
    const { slo, subjects } = this.#deps;
    if (!slo) return;
    const model = await subjects.get(modelRef);
    const users = model?.relations[RELATIONS.modelUsedBy] ?? [];
    const blockade = (await slo.blockades([modelRef, ...users])).find(one =>
      one.blocks.includes('release-approval'),
    );
    if (!blockade) return;
    const objectives = blockade.objectives
      .map(one => `${one.sloName}/${one.objectiveName}`)
      .join(', ');
    throw withCode(
      new ConflictError(
        `The error-budget policy “${blockade.title}” (${blockade.policyId}) blocks approvals while the budget of ${objectives} is exhausted. Wait until it recovers, or correct it where time should not count.`,
      ),
      'ERROR_BUDGET_EXHAUSTED',
    );
  }

  async #requireEvidence(release: StoredRelease, nowMs: number): Promise<void> {
    const { ledgerAnswers, scorecards, policies } = this.#deps;
    const policy = policies.find(
      ({ policyId }) => policyId === release.policyId,
    );
    if (!policy || policy.digest !== release.policyDigest) {
      const message = `The policy ${release.policyId} changed after this release was proposed. Reject it or have it withdrawn, and propose it again.`;
      throw withCode(new ConflictError(message), 'POLICY_CHANGED');
    }
    const required = await new CurrentVerdicts(
      ledgerAnswers,
      scorecards,
      nowMs,
    ).required({ ...release, policy });
    const missing = required.filter(({ status }) => status !== 'pass');
    if (missing.length > 0) {
      const problems = missing
        .map(({ code, status, reason }) => `${code} is ${status} (${reason})`)
        .join(', ');
      throw withCode(
        new ConflictError(
          `The policy requires evidence that is not there: ${problems}.`,
        ),
        'EVIDENCE_MISSING',
      );
    }
  }
}
