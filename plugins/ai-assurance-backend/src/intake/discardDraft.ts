import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { QuarantineRow } from './tables';

const sourceSystem = 'ai-assurance.intake';

// What a token's subject may hold beyond what evidence may.
const unnamable = /[^A-Za-z0-9._:/@+-]/g;

/** A sender as evidence names it: a machine by the subject of its token. */
function senderName(caller: string): string {
  return caller
    .replace(/^service:/, '')
    .replace(unnamable, '-')
    .slice(0, 200);
}

/** The evidence that somebody threw an item away. */
export function discardDraft(
  row: QuarantineRow,
  discard: {
    discardedBy: string;
    reason: string;
    nowMs: number;
    ownEntityRef: string;
  },
): EvidenceDraft<'io.ai-assurance.quarantine-discard.v1'> {
  return {
    type: 'io.ai-assurance.quarantine-discard.v1',
    source: '/ai-assurance/intake',
    id: `quarantine-discard:${row.id}`,
    subject: row.subject ?? discard.ownEntityRef,
    timeMs: discard.nowMs,
    envelope: {
      sourceSystem,
      collector: { id: sourceSystem, version: '1' },
      collectedAt: instantOf(discard.nowMs),
    },
    payload: {
      quarantineId: row.id,
      quarantinedAt: instantOf(row.received_at_ms),
      code: row.code,
      givenSource: row.source,
      givenId: row.given_id,
      givenType: row.type,
      givenSubject: row.subject,
      pushedBy: senderName(row.caller),
      contentDigest: row.digest,
      contentSizeBytes: row.size_bytes,
      discardedBy: discard.discardedBy,
      reason: discard.reason,
    },
  };
}
