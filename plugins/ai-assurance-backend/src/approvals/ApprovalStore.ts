import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ConflictError } from '@backstage/errors';
import { Tx, withCode } from '../platform';
import { Vote } from './core/state';
import { rowFromRelease, StoredRelease } from './tables';

/** Writes releases and votes. */
export class ApprovalStore {
  /** Throws `ConflictError` `ALREADY_OPEN` when a release of the same digest is in review. */
  async insert(tx: Tx, release: StoredRelease): Promise<void> {
    const inserted = await tx('approval_release')
      .insert(rowFromRelease(release))
      .onConflict('open_key')
      .ignore()
      .returning('release_id');
    if (inserted.length !== 1) {
      throw withCode(
        new ConflictError(
          `A release of ${release.version} of ${release.modelRef} is in review already. Decide or withdraw it first.`,
        ),
        'ALREADY_OPEN',
      );
    }
  }

  /** Moves a release on, by the version that the caller saw. Throws `ConflictError` `STALE_VERSION` when it moved meanwhile. */
  async move(
    tx: Tx,
    release: StoredRelease,
    state: ReleaseState,
    nowMs: number,
  ): Promise<void> {
    const isDecided = state !== 'in-review';
    const moved = await tx('approval_release')
      .where({
        release_id: release.releaseId,
        row_version: release.rowVersion,
        state: 'in-review',
      })
      .update({
        state,
        row_version: release.rowVersion + 1,
        ...(isDecided ? { open_key: null, decided_at_ms: nowMs } : {}),
      });
    if (moved !== 1) throw staleVersion(release.releaseId);
  }

  async addVote(tx: Tx, releaseId: string, vote: Vote): Promise<void> {
    await tx('approval_vote').insert({
      release_id: releaseId,
      voted_by: vote.votedBy,
      vote: vote.vote,
      reason: vote.reason,
      digest: vote.digest,
      voted_at_ms: vote.votedAtMs,
    });
  }
}

export function staleVersion(
  releaseId: string,
): ConflictError & { code: string } {
  return withCode(
    new ConflictError(
      `The release ${releaseId} changed since you opened it. Load it again, look at what changed, then decide.`,
    ),
    'STALE_VERSION',
  );
}
