import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError } from '@backstage/errors';
import { Knex } from 'knex';
import { Db, readBigint, withCode } from '../platform';
import { releaseAt } from './core/releaseAt';
import {
  ApprovalReleaseRow,
  ApprovalVoteRow,
  releaseFromRow,
  StoredRelease,
} from './tables';
import { ReleaseQuery } from './types';

interface Cursor {
  proposedAtMs: number;
  releaseId: string;
}

function parseCursor(text: string): Cursor {
  const match = /^([0-9]{1,15})\.([A-Za-z0-9_]{1,100})$/.exec(text);
  if (!match)
    throw withCode(
      new InputError('query.cursor: is not one that this server handed out'),
      'INVALID_INPUT',
    );
  return { proposedAtMs: Number(match[1]), releaseId: match[2] };
}

/**
 * Leaves out what was not so at an instant. A release has two times that are set once: when it was proposed and when it was
 * decided, so that its state then is a matter of comparing.
 */
function narrowTo(
  rows: Knex.QueryBuilder,
  state: ReleaseState | undefined,
  asOfMs: number | undefined,
): void {
  if (asOfMs === undefined) {
    if (state) rows.where('approval_release.state', state);
    return;
  }
  rows.where('approval_release.proposed_at_ms', '<=', asOfMs);
  if (state === 'in-review') {
    rows.where(open =>
      open
        .whereNull('approval_release.decided_at_ms')
        .orWhere('approval_release.decided_at_ms', '>', asOfMs),
    );
  } else if (state) {
    rows
      .where('approval_release.state', state)
      .andWhere('approval_release.decided_at_ms', '<=', asOfMs);
  }
}

/** Reads stored releases with their votes; with `asOfMs` as they were then. */
export class ReleaseReader {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async byId(
    releaseId: string,
    asOfMs?: number,
  ): Promise<StoredRelease | undefined> {
    return (
      await this.#read(query => query.where({ release_id: releaseId }), asOfMs)
    )[0];
  }

  /** Newest first, with the cursor of the next page when there is one. */
  async page(
    query: ReleaseQuery,
    asOfMs?: number,
  ): Promise<{ releases: StoredRelease[]; nextCursor?: string }> {
    const after =
      query.cursor === undefined ? undefined : parseCursor(query.cursor);
    const releases = await this.#read(rows => {
      narrowTo(rows, query.state, asOfMs);
      if (query.modelRef)
        rows.where('approval_release.model_ref', query.modelRef);
      if (after) {
        rows.where(older =>
          older
            .where('approval_release.proposed_at_ms', '<', after.proposedAtMs)
            .orWhere(same =>
              same
                .where('approval_release.proposed_at_ms', after.proposedAtMs)
                .andWhere('approval_release.release_id', '<', after.releaseId),
            ),
        );
      }
      return rows.limit(query.limit + 1);
    }, asOfMs);
    if (releases.length <= query.limit) return { releases };
    const shown = releases.slice(0, query.limit);
    const last = shown[shown.length - 1];
    return {
      releases: shown,
      nextCursor: `${last.proposedAtMs}.${last.releaseId}`,
    };
  }

  /** How many there are in a state. */
  async count(state: ReleaseState, asOfMs?: number): Promise<number> {
    const rows = this.#db.knex('approval_release');
    narrowTo(rows, state, asOfMs);
    const [{ count }] = await rows.count({ count: '*' });
    return readBigint(count);
  }

  /** Releases in review whose deadline has come, the most overdue first. */
  async overdue(nowMs: number, limit: number): Promise<StoredRelease[]> {
    const rows: ApprovalReleaseRow[] = await this.#db
      .knex('approval_release')
      .where({ state: 'in-review' })
      .andWhere('approval_release.deadline_ms', '<=', nowMs)
      .orderBy('approval_release.deadline_ms')
      .limit(limit)
      .select('approval_release.*');
    return this.#withVotes(rows);
  }

  async stateOf(
    modelRef: string,
    digest: string,
  ): Promise<{ releaseId: string; state: ReleaseState } | undefined> {
    const [release] = await this.#read(rows =>
      rows.where({ model_ref: modelRef, digest }).limit(1),
    );
    return release && { releaseId: release.releaseId, state: release.state };
  }

  async #read(
    narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
    asOfMs?: number,
  ): Promise<StoredRelease[]> {
    const query = this.#db
      .knex('approval_release')
      .select('approval_release.*');
    const rows: ApprovalReleaseRow[] = await narrow(query)
      .orderBy('approval_release.proposed_at_ms', 'desc')
      .orderBy('approval_release.release_id', 'desc');
    const releases = await this.#withVotes(rows);
    return asOfMs === undefined
      ? releases
      : releases.flatMap(release => releaseAt(release, asOfMs) ?? []);
  }

  async #withVotes(rows: ApprovalReleaseRow[]): Promise<StoredRelease[]> {
    if (rows.length === 0) return [];
    const votes: ApprovalVoteRow[] = await this.#db
      .knex('approval_vote')
      .whereIn(
        'approval_vote.release_id',
        rows.map(row => row.release_id),
      )
      .orderBy('approval_vote.voted_at_ms')
      .orderBy('approval_vote.voted_by')
      .select('approval_vote.*');
    return rows.map(row => releaseFromRow(row, votes));
  }
}
