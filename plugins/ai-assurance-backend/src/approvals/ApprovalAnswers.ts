import {
  Release,
  ReleaseState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { UserInfoService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { LedgerAnswers } from '../ledger';
import { Caller, Clock, withCode } from '../platform';
import { ScorecardAnswers } from '../scorecards';
import { mayVote } from './core/mayVote';
import { Policy } from './core/policy';
import { CurrentVerdicts } from './CurrentVerdicts';
import { ReleaseReader } from './ReleaseReader';
import { ReleaseVerdict, StoredRelease } from './tables';
import { ApprovalAnswers, ReleaseQuery } from './types';

export interface ApprovalAnswersDeps {
  clock: Clock;
  ledgerAnswers: LedgerAnswers;
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

  async releasesOf(modelRef: string, caller: Caller): Promise<Release[]> {
    return (await this.page({ modelRef, limit: 100 }, caller)).releases;
  }

  async open(caller: Caller): Promise<Release[]> {
    return (await this.page({ state: 'in-review', limit: 200 }, caller))
      .releases;
  }

  stateOf(
    modelRef: string,
    digest: string,
  ): Promise<{ releaseId: string; state: ReleaseState } | undefined> {
    return this.#deps.reader.stateOf(modelRef, digest);
  }

  /** Throws `NotFoundError` `UNKNOWN_RELEASE`. */
  async get(releaseId: string, caller: Caller): Promise<Release> {
    const release = await this.stored(releaseId);
    return (await this.#show([release], caller))[0];
  }

  async page(
    query: ReleaseQuery,
    caller: Caller,
  ): Promise<{ releases: Release[]; nextCursor?: string }> {
    const { releases, nextCursor } = await this.#deps.reader.page(query);
    return {
      releases: await this.#show(releases, caller),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    };
  }

  /** Throws `NotFoundError` `UNKNOWN_RELEASE`. */
  async stored(releaseId: string): Promise<StoredRelease> {
    const release = await this.#deps.reader.byId(releaseId);
    if (!release)
      throw withCode(
        new NotFoundError(`There is no release ${releaseId}.`),
        'UNKNOWN_RELEASE',
      );
    return release;
  }

  async #show(releases: StoredRelease[], caller: Caller): Promise<Release[]> {
    const { clock, ledgerAnswers, scorecards, userInfo, policies } = this.#deps;
    if (releases.length === 0) return [];
    const nowMs = clock.nowMs();
    const current = new CurrentVerdicts(ledgerAnswers, scorecards, nowMs);
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
        const hint = mayVote({ release, voter, nowMs });
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
            release.state === 'in-review' &&
            caller.isUser &&
            caller.ref === release.proposedBy,
        };
      }),
    );
  }
}
