import { EvidenceItem } from '@ai-assurance/evidence';
import { AppendOutcome } from '../../ledger';
import { ItemResult } from '../types';

/** Code and words of a conflict. */
export function conflictOf(
  item: Pick<EvidenceItem, 'id' | 'source'>,
  evidenceId: string,
): { code: 'ID_CONFLICT'; message: string } {
  return {
    code: 'ID_CONFLICT',
    message: `id: ${item.id} of ${item.source} is already recorded with other content, as evidence ${evidenceId}. Evidence is never changed: send the new fact under a new id.`,
  };
}

/** What the sender of a good item is told. */
export function recordedResult(
  index: number,
  item: Pick<EvidenceItem, 'id' | 'source'>,
  { outcome, evidenceId }: AppendOutcome,
): ItemResult {
  if (outcome !== 'conflict') return { index, outcome, evidenceId };
  return { index, outcome, evidenceId, ...conflictOf(item, evidenceId) };
}

/** How many items had each outcome. */
export interface OutcomeCounts {
  receivedCount: number;
  acceptedCount: number;
  alreadyKnownCount: number;
  conflictCount: number;
  quarantinedCount: number;
  refusedCount: number;
}

export const noOutcomes: OutcomeCounts = {
  receivedCount: 0,
  acceptedCount: 0,
  alreadyKnownCount: 0,
  conflictCount: 0,
  quarantinedCount: 0,
  refusedCount: 0,
};

const counterOf: Record<ItemResult['outcome'], keyof OutcomeCounts> = {
  accepted: 'acceptedCount',
  'already-known': 'alreadyKnownCount',
  conflict: 'conflictCount',
  quarantined: 'quarantinedCount',
  refused: 'refusedCount',
};

/** The counts with the results of one more group. */
export function counted(
  counts: OutcomeCounts,
  results: readonly ItemResult[],
): OutcomeCounts {
  const sum = {
    ...counts,
    receivedCount: counts.receivedCount + results.length,
  };
  for (const { outcome } of results) sum[counterOf[outcome]] += 1;
  return sum;
}
