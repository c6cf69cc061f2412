import {
  Release,
  ReleaseState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { UserInfoService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { LedgerHistory, LedgerNewest } from '../ledger';
import { AsOf, Caller, Clock, withCode } from '../platform';
import { ScorecardAnswers } from '../scorecards';
import { mayVote } from './core/mayVote';
import { Policy } from './core/policy';
import { CurrentVerdicts } from './CurrentVerdicts';
import { ReleaseReader } from './ReleaseReader';
import { ReleaseVerdict, StoredRelease } from './tables';
import { ApprovalAnswers, ReleaseQuery } from './types';

export interface ApprovalAnswersDeps {
  clock: Clock;
  ledgerAnswers: LedgerHistory & LedgerNewest;
  scorecards: ScorecardAnswers;
  userInfo: UserInfoService;
  policies: Policy[];
  reader: ReleaseReader;
}

/** Groups of a caller, themselves included; none for a machine. */
export async function groupsOf(
  userInfo: UserInfoService,
  caller: Caller,
): Promise<string[]> {
  return caller.isUser
    ? (await userInfo.getUserInfo(caller.credentials)).ownershipEntityRefs
    : [];
}

const inThePast = {
  allowed: false as const,
  reason:
    'This is how the release was then. Go back to now to decide about it.',
};

const withoutCode = ({
  question,
  status,
  reason,
  evidenceId,
}: ReleaseVerdict) => ({ question, status, reason, evidenceId });

/** Releases as the wire shows them, with today's verdicts beside the frozen ones. */
export class StoredApprovalAnswers implements ApprovalAnswers {
  readonly #deps: ApprovalAnswersDeps;

  constructor(deps: ApprovalAnswersDeps) {
    this.#deps = deps;
  }

  async releasesOf(
    modelRef: string,
    caller: Caller,
    asOf?: AsOf,
  ): Promise<Release[]> {
    return (await this.page({ modelRef, limit: 100 }, caller, asOf)).releases;
  }

  async waiting(limit: number, asOf?: AsOf) {
    const { reader } = this.#deps;
    const [{ releases }, count] = await Promise.all([
      reader.page({ state: 'in-review', limit }, asOf?.atMs),
      reader.count('in-review', asOf?.atMs),
    ]);
    return {
      count,
      releases: releases.map(release => ({
        releaseId: release.releaseId,
        modelRef: release.modelRef,
        version: release.version,
        state: release.state,
        proposedBy: release.proposedBy,
        proposedAtMs: release.proposedAtMs,
        deadlineMs: release.deadlineMs,
      })),
    };
  }

  stateOf(
    modelRef: string,
    digest: string,
  ): Promise<{ releaseId: string; state: ReleaseState } | undefined> {
    return this.#deps.reader.stateOf(modelRef, digest);
  }

  /** Throws `NotFoundError` `UNKNOWN_RELEASE`, also for one that was not proposed yet. */
  async get(releaseId: string, caller: Caller, asOf?: AsOf): Promise<Release> {
    const release = await this.stored(releaseId, asOf);
    return (await this.#show([release], caller, asOf))[0];
  }

  async page(
    query: ReleaseQuery,
    caller: Caller,
    asOf?: AsOf,
  ): Promise<{ releases: Release[]; nextCursor?: string }> {
    const { releases, nextCursor } = await this.#deps.reader.page(
      query,
      asOf?.atMs,
    );
    return {
      releases: await this.#show(releases, caller, asOf),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    };
  }

  /** Throws `NotFoundError` `UNKNOWN_RELEASE`. */
  async stored(releaseId: string, asOf?: AsOf): Promise<StoredRelease> {
    const release = await this.#deps.reader.byId(releaseId, asOf?.atMs);
    if (!release)
      throw withCode(
        new NotFoundError(
          asOf
            ? `There was no release ${releaseId} then.`
            : `There is no release ${releaseId}.`,
        ),
        'UNKNOWN_RELEASE',
      );
    return release;
  }

  async #show(
    releases: StoredRelease[],
    caller: Caller,
    asOf: AsOf | undefined,
  ): Promise<Release[]> {
    const { clock, ledgerAnswers, scorecards, userInfo, policies } = this.#deps;
    if (releases.length === 0) return [];
    const nowMs = asOf?.atMs ?? clock.nowMs();
    const current = new CurrentVerdicts(
      asOf ? await ledgerAnswers.asOf(asOf) : ledgerAnswers,
      scorecards,
      nowMs,
      asOf,
    );
    const voter = {
      ref: caller.ref,
      isUser: caller.isUser,
      groups: await groupsOf(userInfo, caller),
    };
    return Promise.all(
      releases.map(async release => {
        const policy = policies.find(
          ({ policyId }) => policyId === release.policyId,
        );
        if (policy?.digest !== release.policyDigest)
          asOf?.limit('policy-of-today');
        const hint = asOf ? inThePast : mayVote({ release, voter, nowMs });
        const { votes, frozenVerdicts, decidedAtMs, ...rest } = release;
        return {
          ...rest,
          frozenVerdicts: frozenVerdicts.map(withoutCode),
          currentVerdicts: (await current.of({ ...release, policy })).map(
            withoutCode,
          ),
          votes: votes.map(({ votedBy, vote, reason, votedAtMs }) => ({
            votedBy,
            vote,
            reason,
            votedAtMs,
          })),
          ...(decidedAtMs === undefined ? {} : { decidedAtMs }),
          mayVote: hint.allowed
            ? { allowed: true }
            : { allowed: false, reason: hint.reason },
          mayWithdraw:
            !asOf &&
            release.state === 'in-review' &&
            caller.isUser &&
            caller.ref === release.proposedBy,
        };
      }),
    );
  }
}
